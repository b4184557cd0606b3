"""PDF by WeasyPrint, which needs libraries of the system: it is imported when the first document is made."""

from functools import cache
from types import ModuleType
from typing import Any

from PIL import ImageFile

from engine.kit.errors import CityLoopError
from reports.rendering import fonts


class NoPdf(CityLoopError):
    """PDF files cannot be made on this server: the Pango library is missing (see setup/debian-packages)."""


def write(html: str, *, css: str) -> bytes:
    """The document as tagged PDF with its fonts embedded. Nothing is fetched from anywhere.

    Raises NoPdf where the system lacks Pango, FileNotFoundError where the fonts were not gathered.
    """
    weasyprint = _weasyprint()
    configuration = _configuration()
    sheets = [weasyprint.CSS(string=sheet, font_config=configuration) for sheet in (fonts.style(), css)]
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=_fetch_fonts_only)
    pdf: bytes = document.write_pdf(stylesheets=sheets, font_config=configuration, pdf_variant="pdf/ua-1")
    return pdf


def _fetch_fonts_only(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"documents fetch nothing: {url[:80]}")


@cache
def _weasyprint() -> ModuleType:
    try:
        import weasyprint  # noqa: PLC0415 - it loads libraries that a server may lack; the rest works without
    except OSError as error:
        raise NoPdf from error
    # It makes Pillow take half a photo for a whole one, everywhere in the process: uploads would no longer be refused.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def _configuration() -> Any:
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    return FontConfiguration()
