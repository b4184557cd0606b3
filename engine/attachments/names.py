"""File names as senders give them, made harmless."""

import re
import unicodedata

LONGEST = 120
FORBIDDEN = re.compile(r'[<>:"|?*]')


def clean(filename: str) -> str:
    """The last part of a path, without control and direction characters, at most 120 characters with its extension.

    NUL, line ends and right-to-left marks go: they make a name look like another one ("gpj.exe").
    """
    text = unicodedata.normalize("NFC", filename.replace("\\", "/").rsplit("/", 1)[-1])
    text = "".join(character for character in text if not unicodedata.category(character).startswith("C"))
    text = FORBIDDEN.sub("_", text).strip(" .")
    stem, dot, ending = text.rpartition(".")
    if not dot:
        stem, ending = text, ""
    room = LONGEST - len(ending) - len(dot)
    return f"{stem.strip()[:room] or 'file'}{dot}{ending}"[:LONGEST]


def ending(filename: str) -> str:
    """The extension in lower case without its dot; empty where there is none."""
    return clean(filename).rpartition(".")[2].lower() if "." in clean(filename) else ""
