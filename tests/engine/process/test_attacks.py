"""What a stranger may send as a drawing: refused in a sentence, or harmless, and never slow.

The limits in seconds are many times what was measured, so that a busy machine does not fail them.
"""

import gzip
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from html import escape as escaped
from typing import TypeVar

import pytest
from flask import render_template_string

from engine.kit import decoding
from engine.process import drawing, importing, linting, xml
from engine.process.errors import UnreadableXml
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import DRAWINGS

GOOD = (DRAWINGS / "repair.bpmn").read_text("utf-8")
SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(1)">'
MOST_SECONDS = 30
Answer = TypeVar("Answer")
MOST_MEGABYTES = 200


def timed(call: Callable[[], Answer]) -> Answer:
    """What a call answers, if it keeps within its time."""
    began = time.perf_counter()
    answer = call()
    assert time.perf_counter() - began < MOST_SECONDS
    return answer


def weighed(call: Callable[[], object]) -> None:
    """Make a call, and look at what it took of memory at most."""
    tracemalloc.start()
    try:
        call()
        assert tracemalloc.get_traced_memory()[1] < MOST_MEGABYTES * 1024 * 1024
    finally:
        tracemalloc.stop()


def packed() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bpmn", GOOD)
    return file.getvalue()


def quadratic() -> str:
    """No nesting of entities, which some parsers stop: one long one, named often."""
    doctype = f'<!DOCTYPE bpmn [<!ENTITY a "{"ha" * 40_000}">]>'
    return GOOD.replace("?>\n", f"?>\n{doctype}\n", 1).replace('name="repair"', f'name="{"&a;" * 20_000}"')


REFUSED = {
    "20 MB": (b"<a/>" * 5_000_000, "larger than 1 MB"),
    "20 MB of text": ("<a/>" * 5_000_000, "larger than 1 MB"),
    "quadratic entities": (quadratic(), "document type"),
    "a document type behind comments": (
        f"<!-- x -> y --><?a b?>\n<!DOCTYPE a>{GOOD.partition('?>')[2]}",
        "document type",
    ),
    "utf-16 with entities": (quadratic()[:400_000].encode("utf-16"), "document type"),
    "zip": (packed(), "packed"),
    "gzip": (gzip.compress(GOOD.encode()), "packed"),
    "pdf": (b"%PDF-1.7 ...", "packed"),
    "a page": ("<html><body/></html>", "not a BPMN drawing"),
    "a decision table": ('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN"),
    "json": ('{"a": 1}', "Start tag expected"),
    "nothing": (b"", "empty"),
    "zeros": (b"\x00" * 1000, ""),
    "bytes of no encoding": (b'<?xml version="1.0" encoding="UTF-8"?>\xff\xff\xff', "encoding"),
    "an encoding that unpacks": (b'<?xml version="1.0" encoding="bz2"?>\xff\xff', "encoding"),
    "deep": ("<a>" * 100_000, ""),
    "many attributes": (f"<a {' '.join(f'b{n}=' + chr(34) + chr(34) for n in range(80_000))}/>", "not a BPMN"),
}


@pytest.mark.parametrize("attack", REFUSED)
def test_what_is_no_drawing_is_refused_in_a_sentence(attack: str) -> None:
    content, words = REFUSED[attack]
    with pytest.raises(UnreadableXml) as refused:
        timed(lambda: xml.read(content))
    assert words.lower() in refused.value.sentence.lower()
    report = linting.examine(content)
    assert [finding.element_id for finding in report.errors] == ["drawing"]
    assert not report.xml


ENCODINGS = {
    "utf-8 with a mark": GOOD.encode("utf-8-sig"),
    "utf-16": GOOD.replace("UTF-8", "UTF-16").encode("utf-16"),
    "utf-16 without a mark": GOOD.replace("UTF-8", "UTF-16").encode("utf-16-le"),
    "utf-16 that says utf-8": GOOD.encode("utf-16-be"),
    "gbk": GOOD.replace("UTF-8", "GBK").encode("gbk"),
    "gb18030": GOOD.replace("UTF-8", "gb18030").encode("gb18030"),
    "gbk that says utf-8": GOOD.encode("gbk"),
    "utf-8 that says gbk": GOOD.replace("UTF-8", "GB2312").encode(),
    "text that says gbk": GOOD.replace("UTF-8", "GBK"),
    "no declaration": GOOD.partition("?>")[2].encode(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_drawing_is_read_whatever_its_encoding(encoding: str) -> None:
    imported = importing.read(ENCODINGS[encoding])
    assert 'name="办事员"' in imported.xml
    assert xml.read(imported.xml.encode()).tag == xml.read(GOOD).tag
    is_wrong = encoding in {"gbk that says utf-8", "utf-8 that says gbk"}
    assert any("encoding" in note.text for note in imported.notes) == is_wrong


def test_only_encodings_of_texts_are_decoded() -> None:
    head = b'<?xml version="1.0" encoding="unicode_escape"?>'
    assert decoding.decoded(head + b"\\u003c").text == "\\u003c"


def chain(count: int, kind: str = "user") -> str:
    s = Sketch().start()
    names = [f"n{number}" for number in range(count)]
    for name in names:
        getattr(s, kind)(name)
    return s.end().chain("begin", *names, "finish").xml()


def ladder(count: int) -> str:
    """Gateways one behind the other, each with two ways: two to the power of ``count`` roads."""
    s = Sketch().start().chain("begin", "g0")
    for number in range(count):
        s.xor(f"g{number}", f"d{number}").user(f"u{number}")
        s.flow(f"g{number}", f"u{number}", "rounds > 1", name=f"w{number}")
        s.flow(f"g{number}", f"g{number + 1}", name=f"d{number}").flow(f"u{number}", f"g{number + 1}")
    return s.xor(f"g{count}").end().flow(f"g{count}", "finish").xml()


def without_picture(text: str) -> str:
    before, _, after = text.partition("<bpmndi:BPMNDiagram")
    return before + after.partition("</bpmndi:BPMNDiagram>")[2]


def web(count: int) -> str:
    """Every gateway leads to every other: as many flows as fit."""
    s = Sketch().start().chain("begin", "g0")
    for one in range(count):
        s.xor(f"g{one}", f"d{one}").flow(f"g{one}", "finish", name=f"d{one}")
        for other in range(count):
            s.flow(f"g{one}", f"g{other}", "a == b", name=f"f{one}_{other}")
    return s.end().xml()


BIG = {
    "many steps": lambda: chain(900),
    "many gateways": lambda: chain(900, "xor"),
    "many steps without a picture": lambda: without_picture(chain(1500)),
    "many roads": lambda: ladder(250),
    "many roads without a picture": lambda: without_picture(ladder(400)),
    "a web of flows": lambda: web(60),
    "a web of flows without a picture": lambda: without_picture(web(60)),
    "10,000 elements": lambda: GOOD.replace("</bpmn:process>", "<bpmn:task/>" * 10_000 + "</bpmn:process>"),
    "10,000 untyped elements of others": lambda: (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"><process id="p">'
        f"{'<task/>' * 9_000}</process></definitions>"
    ),
    "subprocesses in one another": lambda: (
        f"{GOOD.partition('<bpmn:process')[0]}<bpmn:process id='p'>"
        + "".join(f'<bpmn:subProcess id="s{n}">' for n in range(90))
        + "</bpmn:subProcess>" * 90
        + "</bpmn:process></bpmn:definitions>"
    ),
    "a condition as long as the file": lambda: GOOD.replace("outcome ==", "\\&quot;" * 120_000),
    "a long name": lambda: GOOD.replace('name="accept"', f'name="{"长" * 300_000}"'),
    "names of nothing": lambda: GOOD.replace('sourceRef="accept"', 'sourceRef="nowhere"').replace(
        'id="accept"', 'id=""'
    ),
    "an event on itself": lambda: GOOD.replace('attachedToRef="handle"', 'attachedToRef="late"'),
    "coordinates of no number": lambda: GOOD.replace('x="100"', 'x="NaN"', 1).replace('y="100"', 'y="1e999"', 1),
}


@pytest.mark.parametrize("attack", BIG)
def test_big_drawings_are_looked_at_in_time(attack: str) -> None:
    text = BIG[attack]()
    report = timed(lambda: linting.examine(text))
    assert report.xml or report.errors


@pytest.mark.parametrize("attack", ["many steps without a picture", "a web of flows", "10,000 elements"])
def test_big_drawings_are_looked_at_in_little_memory(attack: str) -> None:
    text = BIG[attack]()
    weighed(lambda: linting.examine(text))


@pytest.mark.parametrize("place", ["NaN", "1e999", "abc", "-1e9", "", "0x10"])
def test_places_that_are_no_numbers_are_found(place: str) -> None:
    found = linting.check(chain(2).replace('x="100"', f'x="{place}"', 1))
    assert [finding.element_id for finding in found] == ["begin"]


def test_a_way_too_long_to_be_read_is_told_of_in_words() -> None:
    [finding] = linting.check(chain(900))
    assert "too many elements" in finding.told("en")


HOSTILE_SCRIPTS = [
    "import os\nos.system('id')",
    "x = __import__('os').system('id')",
    "x = [].__class__.__base__.__subclasses__()",
    "x = open('/etc/passwd').read()",
    "x = [1, 2, 3].map(a, [1, 2, 3].map(b, [1, 2, 3].map(c, a * b * c)))",
    "x = size(r'\\') + size([1].map(a, a)) + size('')",
    "x = exec('1')",
    "while True: pass",
    "kcontext.setVariable('x', Runtime.getRuntime().exec('id'));",
]


@pytest.mark.parametrize("script", HOSTILE_SCRIPTS)
def test_scripts_of_other_languages_are_refused_where_they_stand(script: str) -> None:
    report = linting.examine(Sketch().start().script("s", script).end().chain("begin", "s", "finish").xml())
    assert [finding.element_id for finding in report.errors] == ["s"]


@pytest.mark.parametrize(
    "condition", ["x.matches('a')", "[1].map//\n(a, a) == [1]", "size(r'\\') == 1", "!" * 30 + "x"]
)
def test_hostile_conditions_are_refused_where_they_stand(condition: str) -> None:
    s = Sketch().start().xor("gate", "no").end().chain("begin", "gate").flow("gate", "finish", name="no")
    report = linting.examine(s.flow("gate", "finish", condition, name="way").xml())
    assert [finding.element_id for finding in report.errors] == ["way"]


def test_markup_in_names_comes_out_as_text(app) -> None:
    text = GOOD.replace('name="accept"', f'name="{escaped(SCRIPT)}"').replace(
        'name="办事员"', f'name="{escaped(SCRIPT)}"'
    )
    picture = drawing.read(importing.read(text).xml)
    source = '{% from "frame/drawing.html" import drawing with context %}{{ drawing(picture, label=label) }}'
    with app.test_request_context():
        page = render_template_string(source, picture=picture, label=SCRIPT)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_sentence_repeats_no_more_than_a_little_of_what_strangers_wrote() -> None:
    text = GOOD.replace("<bpmn:process ", '<bpmn:process xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="x" ')
    report = linting.examine(text.replace('c:assignee="x"', f'c:assignee="{SCRIPT_LONG}"'))
    assert all(len(finding.told("en")) < 500 for finding in (*report.notes, *report.losses))
    assert report.losses


SCRIPT_LONG = "y" * 100_000
