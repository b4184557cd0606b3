"""Every sentence that users may read is written in Chinese too."""

import re

from web import translating


def test_every_sentence_has_its_chinese():
    assert translating.missing(_in_step()) == []


def test_every_place_of_a_sentence_is_one_that_gets_filled():
    for message in translating.kept():
        given = places(message.id if isinstance(message.id, str) else message.id[-1])
        for chinese in [message.string] if isinstance(message.string, str) else message.string:
            assert places(chinese) <= given, message.id


def places(text):
    return set(re.findall(r"%\((\w+)\)", text or ""))


def _in_step():
    """The catalogue of the repository, with what the program says today."""
    catalogue = translating.kept()
    catalogue.update(translating.collect(), no_fuzzy_matching=True)
    return catalogue
