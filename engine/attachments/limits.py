"""How large and how many files may be."""

from dataclasses import dataclass

from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

MEGABYTE = 1024 * 1024

PHOTO_MB = Setting("attachments.photo_mb", int, 20, N_("Largest photo (MB)"), least=1, most=100)
DOCUMENT_MB = Setting("attachments.document_mb", int, 50, N_("Largest document or video (MB)"), least=1, most=500)
PER_ACT = Setting("attachments.per_act", int, 9, N_("Most files with one act"), least=1, most=50)
PHOTO_MEGAPIXELS = Setting(
    "attachments.photo_megapixels", int, 120, N_("Largest photo (million pixels)"), least=10, most=400
)


@dataclass(frozen=True)
class Limits:
    """Bytes, pixels and counts that are accepted."""

    photo_bytes: int = 20 * MEGABYTE
    document_bytes: int = 50 * MEGABYTE
    per_act: int = 9
    photo_pixels: int = 120_000_000


def current() -> Limits:
    """What the settings allow now."""
    return Limits(
        photo_bytes=values.get(PHOTO_MB) * MEGABYTE,
        document_bytes=values.get(DOCUMENT_MB) * MEGABYTE,
        per_act=values.get(PER_ACT),
        photo_pixels=values.get(PHOTO_MEGAPIXELS) * 1_000_000,
    )
