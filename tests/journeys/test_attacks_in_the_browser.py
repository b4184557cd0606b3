"""What somebody writes into a process runs in nobody's browser: every page of the studio, with markup in every text."""

import re
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import select

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.models import ProcessDefinition, ProcessInstance
from engine.studio import commenting, drafting, grouping, jobs, migrations, reviewing, versions
from engine.studio.models import StudioDraft
from tests.engine.studio.redrawing import renamed, standard
from tests.stories import Story

pytestmark = pytest.mark.browser
ATTACK = '"><img src=x onerror="alert(1)"><svg onload=alert(2)>'
OTHER = "</textarea></script><script>alert(3)</script>{{ 7*7 }}"


def hostile(source):
    """Markup in the name of every element."""
    told = escape(ATTACK, {'"': "&quot;"})
    return re.sub(r'(<bpmn:[^>]*?\bname=")', lambda found: found[1] + told, source)


@pytest.fixture
def attacked(city):
    """A process that is called by markup throughout; what stands for each argument of an address."""
    now, by = Story(city).now, city.system_admin
    with unit_of_work():
        first = published(city, hostile(standard()))
    story = Story(city).filed().signed()
    with unit_of_work():
        second = published(city, hostile(renamed("handle", "repair")))
    found = grouping.overview(*migrations.versions(first, second))
    db.session.rollback()
    with unit_of_work():
        groups = [group.key for group in found.groups]
        run = migrations.begin(first, second, found.mapping, groups, reason=ATTACK, by=by, at=now).id
    jobs.run_due(now)
    with unit_of_work():
        version = db.session.get(ProcessDefinition, first)
        versions.suspend(version, reason=OTHER, by=by, at=now)
        draft = submitted(city, hostile(standard())).id
    instance = db.session.scalar(select(ProcessInstance.id).where(ProcessInstance.subject_id == story.case_id))
    return {
        "definition_id": second, "other_id": first, "draft_id": draft, "migration_id": run, "instance_id": instance,
    }  # fmt: skip


def submitted(city, source) -> StudioDraft:
    now, by = Story(city).now, city.system_admin
    based = definitions.in_force("standard_case").id
    draft = drafting.begin(drafting.Source("standard_case", source, based), by=by, at=now)
    commenting.comment(draft.id, "accept", ATTACK, by=by, at=now)
    commenting.comment(draft.id, ATTACK, OTHER, by=by, at=now)
    return reviewing.submit(draft.id, revision=1, note=ATTACK + OTHER, has_read=True, by=by, at=now)


def published(city, source):
    draft = submitted(city, source)
    return reviewing.approve(draft.id, revision=1, note=OTHER, by=city.qian, at=Story(city).now).id


def pages(app, samples):
    """Every page of the studio that is looked at, and whose arguments stand for something."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("studio.") and "GET" in rule.methods and set(rule.arguments) <= samples.keys():
            with app.test_request_context():
                yield app.url_map.bind("").build(rule.endpoint, {name: samples[name] for name in rule.arguments})


def test_markup_in_every_text_runs_on_no_page_of_the_studio(app, city, attacked, browse):
    visited, ran = 0, []

    def note(dialog):
        ran.append(dialog.message)
        dialog.dismiss()

    for who in ("system_admin", "qian"):
        with browse(who) as page:
            page.on("dialog", note)
            for address in pages(app, attacked):
                if page.request.get(address).headers.get("content-type", "").startswith("text/html"):
                    answer = page.goto(address)
                    page.wait_for_timeout(200)
                    visited += answer.status == 200
                    assert page.locator("img[src=x], svg[onload]").count() == 0, address
    assert ran == []
    assert visited >= 20
