"""Forms in a browser: what is asked appears, phrases and people are one click away, a place is picked on the map."""

import pytest
from flask import render_template_string

from engine.forms import catalogue
from engine.forms.definition import Option
from tests.web.accessibility import violations
from tests.web.conftest import DESK, PHONE
from web.filling import Filling
from web.guards import requires

pytestmark = pytest.mark.browser

DEPARTMENTS = [Option(str(number), f"第{number}街道办事处") for number in range(1, 20)] + [
    Option("99", "环境卫生管理局")
]
CATEGORIES = [Option("1", "井盖缺失"), Option("2", "暴露垃圾")]
PAGE = """{% extends "frame/base.html" %}
{% from "frame/fields.html" import form %}
{% block scripts %}<script src="{{ asset('vendor/leaflet/leaflet.js') }}" defer></script>
<script src="{{ asset('js/map.js') }}" defer></script>{% endblock %}
{% block styles %}<link rel="stylesheet" href="{{ asset('vendor/leaflet/leaflet.css') }}">{% endblock %}
{% block title %}{{ filling.form.title|t }}{% endblock %}
{% block content %}{{ form(filling, submit=filling.form.submit|t) }}{% endblock %}"""


@pytest.fixture
def forms(app):
    """A page for any form of the program."""

    @app.route("/forms/<name>", methods=["GET", "POST"])
    @requires()
    def a_form(name):
        filling = Filling(
            catalogue.load(name), options={"departments": DEPARTMENTS, "categories": CATEGORIES, "components": []}
        )
        if filling.done(lambda values: None):
            return "done", 201
        return render_template_string(PAGE, filling=filling), filling.status

    return app


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_form_is_accessible_and_breaks_no_policy(forms, browse, size):
    with browse("wang", size=size) as page:
        page.goto("/forms/report")
        page.wait_for_selector(".leaflet-container")
        assert violations(page) == []
        assert page.complaints == []


def test_what_depends_on_an_answer_appears_with_it(forms, browse):
    with browse("wang") as page:
        page.goto("/forms/report")
        assert page.locator("#group-department_id").is_hidden()
        page.check("#field-is_urgent")
        assert page.locator("#group-department_id").is_visible()


def test_a_department_is_found_by_its_initials(forms, browse):
    with browse("wang") as page:
        page.goto("/forms/dispatch")
        page.fill("#group-department_id .field-find", "hjws")
        assert page.input_value("#field-department_id") == "99"


def test_a_place_is_picked_on_the_map(forms, browse):
    with browse("wang") as page:
        page.goto("/forms/report")
        page.wait_for_selector(".leaflet-container")
        page.locator(".map").scroll_into_view_if_needed()
        page.click(".map", position={"x": 150, "y": 150})
        page.wait_for_function("document.getElementById('field-point').value")
        lng, lat = page.input_value("#field-point").split(",")
        assert 70 < float(lng) < 140
        assert 10 < float(lat) < 60


def test_what_is_wrong_is_summed_up_and_what_was_typed_stays(forms, browse):
    with browse("wang") as page:
        page.goto("/forms/report")
        page.fill("#field-description", "井盖缺失，有危险")
        page.click(".form-end button")
        page.wait_for_selector(".form-summary")
        assert page.evaluate("document.activeElement.className") == "form-summary"
        assert page.input_value("#field-description") == "井盖缺失，有危险"
        page.click(".form-summary a >> nth=0")
        assert violations(page) == []
