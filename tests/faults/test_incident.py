"""A service task that fails three times: an administrator sees it, tries it again, and the case goes on."""

from datetime import timedelta

from engine.cases import dispatching
from engine.kit import clock
from engine.process import incidents, jobs
from tests.faults import ledger
from tests.stories import Story


def test_a_case_goes_on_after_its_incident_is_retried(city, visit, monkeypatch):
    story = Story(city, now=clock.now()).report().propose()

    def broken(*_args, **_more):
        raise RuntimeError("the authority list is torn")

    with monkeypatch.context() as patch:
        patch.setattr(dispatching, "dispatch_by_rules", broken)
        story.do("zhao", "filing")
        for minutes in (2, 8):
            story.wait(minutes=minutes)
    incident = incidents.open_incidents()[0]
    admin = visit("system_admin")
    page = admin.get("/admin/incidents").text
    assert "the authority list is torn" in page
    assert "自动派遣" in page or incident.node in page
    assert ledger.told(story.case_id) == ["report", "acceptance", "filing"]
    assert admin.post(f"/admin/incidents/{incident.id}/retry").status_code == 303
    jobs.run_due(max(story.now, clock.now()) + timedelta(minutes=1))
    assert ledger.told(story.case_id) == ["report", "acceptance", "filing", "dispatch"]
    assert ledger.contradictions([story.case_id]) == []
    assert incidents.open_incidents() == []
