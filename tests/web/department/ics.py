"""A small strict reader of iCalendar: what RFC 5545 forbids is an AssertionError here."""

import re

LINE = re.compile(rb"[^\r\n]*\r\n")
PROPERTY = re.compile(r"([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^;:\"]+)*):(.*)", re.DOTALL)
MOMENT = re.compile(r"\d{8}T\d{6}Z")
NEEDED = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"}


def parse(file: bytes) -> list[dict[str, str]]:
    """The events of a file, their TEXT values unescaped."""
    lines = LINE.findall(file)
    assert b"".join(lines) == file, "every line ends with CRLF"
    assert all(len(line) - 2 <= 75 for line in lines), "no line is longer than 75 octets"
    for line in lines:
        line.decode()  # no character is cut in two
    return _events(_properties(file.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]))


def _properties(lines: list[str]) -> list[tuple[str, str]]:
    found = []
    for line in lines:
        match = PROPERTY.fullmatch(line)
        assert match, line
        assert not any(ord(char) < 32 and char != "\t" for char in match[3]), line
        found.append((match[1], match[3]))
    return found


def _events(properties: list[tuple[str, str]]) -> list[dict[str, str]]:
    assert properties[0] == ("BEGIN", "VCALENDAR") and properties[-1] == ("END", "VCALENDAR")
    assert [value for name, value in properties if name == "VERSION"] == ["2.0"]
    assert len([name for name, _ in properties if name == "PRODID"]) == 1
    events: list[dict[str, str]] = []
    open_: dict[str, str] | None = None
    for name, value in properties[1:-1]:
        if (name, value) == ("BEGIN", "VEVENT"):
            assert open_ is None
            open_ = {}
        elif (name, value) == ("END", "VEVENT"):
            assert open_ is not None and set(open_) >= NEEDED
            assert open_["DTSTART"] < open_["DTEND"]
            events.append(open_)
            open_ = None
        elif open_ is not None:
            assert name not in open_, f"{name} twice"
            assert name not in {"DTSTAMP", "DTSTART", "DTEND"} or MOMENT.fullmatch(value), value
            open_[name] = _unescaped(value) if name in {"UID", "SUMMARY"} else value
    assert open_ is None
    assert len({event["UID"] for event in events}) == len(events)
    return events


def _unescaped(value: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", value), "commas and semicolons are escaped"
    assert not re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", value)
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)
