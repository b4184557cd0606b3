"""The words of the drawing board: those of ours and those of the tools, in both languages."""

import re

from engine.kit.config import ROOT
from web.studio.words import WORDS

DRAWING = ROOT / "web" / "studio" / "drawing"
TOOLS = ("bpmn-js/lib", "diagram-js-minimap/dist/index.esm.js", "diagram-js/lib/features/search-pad")
SAID = re.compile(r"say\('((?:\\.|[^'\\])*)'")
TRANSLATED = re.compile(r"translate\(\s*'((?:\\.|[^'\\])*)'")
LABELS = re.compile(r"^\s*label: '([^']+)'", re.MULTILINE)
EVENT = re.compile(r"(start|boundary|end|intermediate \w+) event( \(non-interrupting\))?$", re.IGNORECASE)


def scripts():
    return {path.name: path.read_text("utf-8") for path in DRAWING.glob("*.js")}


def test_every_sentence_of_our_scripts_is_in_the_list():
    said = {found.replace("\\'", "'") for text in scripts().values() for found in SAID.findall(text)}
    assert said <= set(WORDS)


def test_the_list_holds_nothing_that_no_script_says():
    everything = "\n".join(scripts().values()).replace("\\'", "'")
    assert [word for word in WORDS if word not in everything] == []


def words_of_the_tools():
    for name in TOOLS:
        root = ROOT / "node_modules" / name
        for path in [root] if root.is_file() else sorted(root.rglob("*.js")):
            text = path.read_text("utf-8")
            yield from TRANSLATED.findall(text)
            if path.name in {"PopupEntries.js", "ReplaceOptions.js"}:
                yield from LABELS.findall(text)


def test_every_word_of_the_tools_has_its_chinese():
    chinese = scripts()["tool_words.js"]
    missing = {
        word
        for word in words_of_the_tools()
        if not EVENT.search(word) and f"'{word}':" not in chinese and not re.search(rf"\b{re.escape(word)}:", chinese)
    }
    assert missing - {" + shift + ", " + x + "} == set()
