"""What is wrong with a form's file is said, not guessed."""

from typing import Any

import pytest

from engine.forms import linting


def form(*fields: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"name": "trial", "version": 1, "title": "Trial", "submit": "Send", "fields": list(fields)} | changed


def question(**changed: Any) -> dict[str, Any]:
    return {"name": "note", "label": "Note", "kind": "text"} | changed


def choice(value: str, label: str, **changed: Any) -> dict[str, Any]:
    return question(kind="choice", options=[{"value": value, "label": label}], **changed)


def findings(entry: Any) -> list[str]:
    return [str(finding) for finding in linting.check(entry)]


def test_a_good_form_has_no_findings() -> None:
    assert findings(form(question())) == []


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ([], "A form is an object with name, version, title, submit and fields."),
        (form(), "fields must be a list of at least one field."),
        (form(question(), title=""), "title is missing."),
        (form(question(), colour="red"), "colour is not known here."),
        (form(question(), version="1"), "version must be a whole number."),
        (form(question(), question()), "note: There are two fields of this name."),
        (form(question(name="Note!")), "Note!: A field's name begins with a letter and holds small letters, "
         "digits and underscores."),
        (form(question(label="")), "note: label is missing."),
        (form(question(kind="colour")), "note: There is no kind of field called colour."),
        (form(question(format="car")), "note: There is no format called car."),
        (form(question(options_from="cars")), "note: Only a field that is answered by choosing has options."),
        (form(question(kind="choice")), "note: Either options or options_from is needed."),
        (form(choice("", "A")), "note: Every option needs a value of its own."),
        (form(choice("a", "")), "note: Every option needs a label."),
        (form(choice("a", "A", default="b")), "note: The default is not among the options."),
        (form(question(visible_when="always")), 'note: A circumstance is written {"field": "…", "is": ["…"]}.'),
        (form(question(visible_when={"field": "x", "is": ["1"]})),
         "note: It depends on x, which is not another field of this form."),
    ],
)  # fmt: skip
def test_each_mistake_has_its_sentence(entry: Any, found: str) -> None:
    assert found in findings(entry)


def test_a_circumstance_names_an_option_that_exists() -> None:
    result = question(name="result", kind="choices", options=[{"value": "passed", "label": "Passed"}])
    assert findings(form(result, question(required_when={"field": "result", "is": ["failed"]}))) == [
        "note: failed is not an option of result."
    ]
