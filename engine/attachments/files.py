"""Where the bytes lie: ``attachments/ab/cd/<sha256>`` below the data directory, and a thumbnail beside each photo."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.kit.config import Config

FOLDER = "attachments"
INCOMING = "incoming"
THUMBNAIL = ".thumb.jpg"


@dataclass(frozen=True)
class Keeping:
    """The folder of the files, and the zone of the city's cameras."""

    folder: Path
    zone: ZoneInfo


_keeping: Keeping | None = None


def keep_in(config: Config) -> None:
    """Keep files in the data directory of ``config``: whoever starts the program says this once."""
    global _keeping  # noqa: PLW0603 - deployment configuration, read once
    _keeping = Keeping(config.data_dir / FOLDER, config.time_zone)


def keeping() -> Keeping:
    """Where files are kept now; read from the environment unless ``keep_in`` was called."""
    if _keeping is None:
        keep_in(Config.from_env())
    assert _keeping is not None  # noqa: S101
    return _keeping


def original(sha256: str) -> Path:
    """Path of the file with this content."""
    return keeping().folder / sha256[:2] / sha256[2:4] / sha256


def thumbnail(sha256: str) -> Path:
    """Path of its thumbnail, a JPEG."""
    return original(sha256).with_name(sha256 + THUMBNAIL)


def incoming() -> Path:
    """The folder of files that are still being received."""
    folder = keeping().folder / INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    return folder
