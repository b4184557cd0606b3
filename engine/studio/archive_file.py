"""The file of a configuration archive: a zip that is written alike each time, and read with suspicion. Pure.

Its digests tell whether it is as it was made, not who made it: whoever takes one in compares its SHA-256 with what the
sender says by another way.
"""

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from math import isfinite
from typing import Any

from engine.kit.i18n import N_
from engine.studio.errors import ArchiveRefused

FORMAT = "cityloop-configuration"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
MOST_PACKED = 10 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_FILES = 500
MOST_DEPTH = 20
"""Brackets within brackets in one JSON file: a configuration has seven."""
LONGEST = {"name": 120, "version": 40, "issuer": 120, "city": 120, "made_by": 60, "made_at": 40}

_PATH = re.compile(r"[a-z][a-z0-9_]{0,79}(/[a-z][a-z0-9_]{0,79})?\.(json|bpmn|dmn)")
_ZERO = rb"\u0000"
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of every file inside: the earliest that a zip can say, so that the same content gives the same bytes."""
_READABLE_BY_ALL = 0o644 << 16
_UNIX = 3
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError,
           NotImplementedError, OverflowError)  # fmt: skip

Files = Mapping[str, bytes]
"""The content of files by their paths inside the archive."""


@dataclass(frozen=True)
class Origin:
    """What an archive says of itself: what it is called, who issues it, and where, when and by whom it was made."""

    name: str
    version: str = ""
    issuer: str = ""
    city: str = ""
    made_by: str = ""
    made_at: str = ""

    @classmethod
    def made(cls, name: str, version: str, issuer: str, *, city: str, by: str, at: datetime) -> "Origin":
        """The origin of an archive that is made now; what is too long is cut."""
        given = {"name": name, "version": version, "issuer": issuer, "city": city, "made_by": by}
        cut = {key: text.strip()[: LONGEST[key]] for key, text in given.items()}
        return cls(**cut, made_at=at.isoformat(timespec="seconds"))


@dataclass(frozen=True)
class Unpacked:
    """An archive that is as it was made: its origin, and the files of each part."""

    origin: Origin
    parts: Mapping[str, Files]
    digest: str
    """SHA-256 of the archive's own bytes."""


def written(value: Any) -> bytes:
    """A value as a readable JSON file, the same bytes each time."""
    return f"{json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def read_json(content: bytes) -> Any:
    """What a JSON file says. Raises ValueError for what is none, is too deep, or what no database keeps."""
    text = content.decode("utf-8")
    if _depth(text) > MOST_DEPTH:
        raise ValueError("too deep")
    value = json.loads(text, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite)
    # Half characters cannot be encoded, and a text with a zero cannot be stored.
    if _ZERO in json.dumps(value, ensure_ascii=False).encode():
        raise ValueError("a zero in a text")
    return value


def pack(origin: Origin, parts: Mapping[str, Files]) -> bytes:
    """The archive of these parts. The same origin and parts give the same bytes."""
    listed = {name: {path: _told(content) for path, content in files.items()} for name, files in parts.items()}
    manifest = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(origin), "parts": listed}
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _add(archive, MANIFEST, written(manifest))
        for path, content in sorted((path, content) for files in parts.values() for path, content in files.items()):
            _add(archive, path, content)
    return stream.getvalue()


def unpack(content: bytes) -> Unpacked:
    """Read an archive that a stranger may have made. Nothing is ever written to the disk.

    Raises ArchiveRefused for what is too large, broken, of another format, or not as its own list says.
    """
    if len(content) > MOST_PACKED:
        raise ArchiveRefused(N_("The archive is larger than %(most)s MB."), most=MOST_PACKED // 1024**2)
    try:
        files = dict(_files(content))
    except _BROKEN as error:
        raise ArchiveRefused(N_("This is no zip archive, or it is broken.")) from error
    if MANIFEST not in files:
        raise ArchiveRefused(N_("This is no archive of a configuration: it has no list of what is in it."))
    manifest = _manifest(files.pop(MANIFEST))
    parts = {name: _listed(listed, files) for name, listed in sorted(manifest["parts"].items())}
    if files:
        raise ArchiveRefused(N_("%(path)s is in the archive, but not in its list."), path=min(files))
    origin = Origin(**{key: manifest[key] for key in LONGEST})
    return Unpacked(origin, parts, digest(content))


def digest(content: bytes) -> str:
    """SHA-256 of an archive, in hexadecimal."""
    return sha256(content).hexdigest()


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    info = zipfile.ZipInfo(path, _MOMENT)
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _READABLE_BY_ALL, _UNIX
    archive.writestr(info, content)


def _files(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        infos = archive.infolist()
        _check_list(infos)
        for info in infos:
            # The list above is the archive's own word: what is really in it is counted once more.
            with archive.open(info) as file:
                found = file.read(info.file_size + 1)
            if len(found) != info.file_size:
                raise zipfile.BadZipFile
            yield info.filename, found


def _check_list(infos: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked: how many, how large, where to, and how."""
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise ArchiveRefused(N_("Unpacked, the archive would be too large."))
    names = [info.filename for info in infos]
    if len(set(names)) < len(names):
        raise ArchiveRefused(N_("A file stands in the archive more than once."))
    for info in infos:
        if not _PATH.fullmatch(info.orig_filename):
            raise ArchiveRefused(N_("A file in the archive has a name that no configuration has."))
        if info.flag_bits & _ENCRYPTED or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ArchiveRefused(N_("The archive is encrypted, or packed in a way that is not read here."))


def _manifest(content: bytes) -> dict[str, Any]:
    try:
        manifest = read_json(content)
    except ValueError as error:
        raise ArchiveRefused(N_("The list of what is in the archive cannot be read.")) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArchiveRefused(N_("This is no archive of a configuration."))
    if manifest.get("format_version") != FORMAT_VERSION:
        raise ArchiveRefused(N_("The archive was made by another version of the program; this one cannot read it."))
    if not _is_whole(manifest):
        raise ArchiveRefused(N_("The list of what is in the archive cannot be read."))
    return manifest


def _is_whole(manifest: Mapping[str, Any]) -> bool:
    texts = all(isinstance(text := manifest.get(key), str) and len(text) <= most for key, most in LONGEST.items())
    parts = manifest.get("parts")
    return texts and isinstance(parts, dict) and all(isinstance(files, dict) for files in parts.values())


def _listed(listed: Mapping[str, Any], files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of one part, taken out of ``files``, each as the list says that it is."""
    found = {}
    for path, told in sorted(listed.items()):
        if path not in files:
            raise ArchiveRefused(N_("%(path)s is missing in the archive."), path=path)
        content = files.pop(path)
        if told != _told(content):
            raise ArchiveRefused(N_("%(path)s has been changed since the archive was made."), path=path)
        found[path] = content
    return found


def _told(content: bytes) -> dict[str, Any]:
    return {"sha256": digest(content), "size": len(content)}


def _depth(text: str) -> int:
    """How deep brackets nest, those in texts counted too: a cheap look before the reader recurses."""
    depth = deepest = 0
    for sign in re.findall(r"[\[{\]}]", text):
        depth += 1 if sign in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number
