"""The text of an uploaded file, whatever encoding it is really in: tools, and people with editors, say it wrongly."""

import codecs
import re
from dataclasses import dataclass
from typing import Any

from engine.kit.i18n import N_

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_HEAD = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# A list of our own: Python's "codecs" include compressors and escapes, which no drawing is written in.
_READ = {"utf-8", "gb2312", "gbk", "gb18030", "big5", "iso8859-1", "cp1252", "ascii", "shift_jis", "euc-kr"}
_PACKED = {b"PK\x03\x04": "ZIP", b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"%PDF": "PDF"}


class NotXml(ValueError):
    """A file that is not read; ``reason`` is a msgid with places for ``params``."""

    def __init__(self, reason: str, **params: Any) -> None:
        self.reason, self.params = reason, params
        super().__init__(reason)


@dataclass(frozen=True)
class Decoded:
    """The text without byte order mark and XML declaration; what it said of its encoding, and what it was in."""

    text: str
    declared: str
    used: str

    @property
    def is_as_declared(self) -> bool:
        """Whether the file is in the encoding that it names, or in a larger one of the same family."""
        gb = {"gb2312", "gbk", "gb18030"}
        return self.declared == self.used or {self.declared, self.used} <= gb or self.used.startswith("utf-16")


def decoded(content: bytes) -> Decoded:
    """The text of a file.

    Raises NotXml for archives, and for bytes that are no text in the encoding named nor in a likely one.
    """
    for head, name in _PACKED.items():
        if content.startswith(head):
            raise NotXml(N_("it is a packed file; please unpack it first"), kind=name)
    named = _DECLARED.search(content[:400])
    declared = _plain_name(named[1].decode()) if named else "utf-8"
    for codec in _likely(content, declared):
        try:
            return Decoded(_HEAD.sub("", content.decode(codec).removeprefix("\ufeff"), count=1), declared, codec)
        except UnicodeDecodeError:
            continue
    raise NotXml(N_("its characters are not in the encoding that it names"))


def _likely(content: bytes, declared: str) -> list[str]:
    """Encodings to try: a mark at the beginning is believed before UTF-8, which hardly anything else happens to be."""
    for mark, codec in (*_MARKS, *_UNMARKED):
        if content.startswith(mark):
            return [codec]
    wider = {"gb2312": "gb18030", "gbk": "gb18030"}.get(declared, declared)
    return ["utf-8", *([wider] if wider in _READ else []), "gb18030"]


def _plain_name(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()
