"""Files that strangers upload cannot read other files, call out, or stall the program."""

from pathlib import Path

import pytest

from engine.process import linting, xml
from engine.process.errors import UnreadableXml
from tests.engine.process.stories import DRAWINGS

GOOD = (DRAWINGS / "repair.bpmn").read_text()


def _with_doctype(doctype: str) -> str:
    return GOOD.replace("?>\n", f"?>\n{doctype}\n", 1)


def _billion_laughs() -> str:
    lines = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    return _with_doctype(f"<!DOCTYPE bpmn [{lines}]>").replace('name="repair"', 'name="&a9;"')


ATTACKS = {
    "billion laughs": _billion_laughs(),
    "file": _with_doctype('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>').replace("begin", "&e;", 1),
    "parameter entity": _with_doctype('<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:1/x.dtd"> %e;]>'),
    "doctype": _with_doctype('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'),
    "huge": GOOD + " " * xml.MOST_BYTES,
    "deep": GOOD.replace(
        "</bpmn:process>", "<bpmn:documentation>" * 150 + "</bpmn:documentation>" * 150 + "</bpmn:process>"
    ),
    "crowded": GOOD.replace("</bpmn:process>", "<bpmn:text/>" * 21_000 + "</bpmn:process>"),
    "broken": GOOD[:-20],
    "empty": "",
    "no bpmn": "<html/>",
    "null byte": GOOD + "\x00",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused(attack: str) -> None:
    with pytest.raises(UnreadableXml) as refused:
        xml.read(ATTACKS[attack])
    assert Path("/etc/hostname").read_text().strip() not in refused.value.sentence.split()
    [finding] = linting.check(ATTACKS[attack])
    assert finding.element_id == "drawing"


def test_a_drawing_is_read_as_text_and_as_bytes() -> None:
    assert xml.read(GOOD).tag == xml.read(GOOD.encode()).tag


def test_what_is_wrong_names_its_place_once_and_no_file() -> None:
    with pytest.raises(UnreadableXml) as refused:
        xml.read(ATTACKS["broken"])
    assert "line" in refused.value.sentence
    assert "<string>" not in refused.value.sentence
