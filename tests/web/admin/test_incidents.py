import pytest

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.models import Incident, ProcessInstance


@pytest.fixture
def incident(city, at):
    """An action that failed three times."""
    with unit_of_work():
        definition = definitions.active("standard_case")
        instance = ProcessInstance(definition_id=definition.id, subject_kind="case", subject_id=7,
                                   started_at=at("2026-03-02 09:00"))  # fmt: skip
        db.session.add(instance)
        db.session.flush()
        row = Incident(instance_id=instance.id, task_id="t", node="auto_dispatch", error="TimeoutError: no answer",
                       attempts=3, opened_at=at("2026-03-02 09:10"))  # fmt: skip
        db.session.add(row)
    return row.id


def test_an_open_incident_says_what_failed(visit, incident):
    page = visit("system_admin").get("/admin/incidents").text
    assert "auto_dispatch" in page
    assert "TimeoutError: no answer" in page


def test_it_is_tried_again_once(visit, incident):
    admin = visit("system_admin")
    assert admin.post(f"/admin/incidents/{incident}/retry").status_code == 303
    assert "auto_dispatch" not in admin.get("/admin/incidents").text
    assert admin.post(f"/admin/incidents/{incident}/retry").status_code == 409


def test_settling_needs_a_note(visit, incident):
    admin = visit("system_admin")
    page, sure = f"/admin/incidents/{incident}/resolution", {"is_sure": "1"}
    assert admin.post(page, data=sure | {"note": " "}).status_code == 422
    asked = admin.post(page, data={"note": "已电话派遣"})
    assert asked.status_code == 422
    assert '<input type="hidden" name="note" value="已电话派遣">' in asked.text
    assert admin.post(page, data=sure | {"note": "已电话派遣"}).status_code == 303
    assert db.session.get(Incident, incident).note == "已电话派遣"
