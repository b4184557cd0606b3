"""What an act costs: session, rights, form, step, clocks, timeline and commit in a few statements (design.md §3)."""

from datetime import timedelta
from io import BytesIO

from engine.kit import clock
from tests.errands import Guide, photo
from tests.stories import Story

MOST = 20


def test_no_act_of_the_standard_case_takes_more_than_20_statements(city, app, visit, statements):
    took = walk(city, visit, statements)
    assert len(took) >= 9
    assert {act: len(seen) for act, seen in took if len(seen) > MOST} == {}


def test_no_act_of_an_adjustment_takes_more_than_20_statements(city, app, visit, statements):
    took = []
    for is_measured in (False, True):
        story = Story(city).filed().signed()
        for who, act, values in ADJUSTING:
            story.now += timedelta(minutes=5)
            sent = values | ({"photos": (BytesIO(photo()), "photo.jpg")} if act == "suspension" else {})
            with clock.fixed(story.now):
                browser = visit(who)
                with statements() as seen:
                    answer = browser.post(f"/desk/cases/{story.case_id}/{act}", data=sent)
            assert answer.status_code == 303, answer.text
            if is_measured:
                took.append((act, list(seen)))
    dear = {f"{place} {act}": len(seen) for place, (act, seen) in enumerate(took) if len(seen) > MOST}
    assert dear == {}


RESTING = {"reason": "season", "until": "2026-04-30", "safety_measure": "围挡封闭", "note": "春季补植"}
ADJUSTING = (
    ("clerk", "extension", {"reason": "materials", "note": "等待配件"}),
    ("head", "extension_approval", {}),
    ("wang", "extension_approval", {}),
    ("clerk", "extension", {"reason": "materials", "note": "等待配件"}),
    ("head", "extension_refusal", {"note": "不同意"}),
    ("clerk", "suspension", RESTING),
    ("clerk", "adjustment_withdrawal", {}),
    ("clerk", "suspension", RESTING),
    ("head", "suspension_approval", {}),
    ("wang", "suspension_approval", {}),
    ("qian", "suspension_approval", {}),
    ("wang", "suspension_lift", {"note": "已具备条件"}),
)
"""Who does what, from a first extension to a lifted suspension."""


def walk(city, visit, statements):
    """Every act of a case from report to closure through its form: (act, its statements); a first case warms up."""
    guide = Guide()
    took = []
    for is_measured in (False, True):
        story = Story(city).report()
        while errands := guide.errands([story.case_id]):
            errand = errands[0]
            story.now += timedelta(minutes=5)
            with clock.fixed(story.now):
                browser = visit(errand.username)
                values = dict(errand.values) | (
                    {"photos": (BytesIO(photo()), "photo.jpg")} if errand.needs_photo else {}
                )
                with statements() as seen:
                    answer = browser.post(errand.address, data=values)
            assert answer.status_code == 303, answer.text
            if is_measured:
                took.append((errand.act, list(seen)))
            story.work()
    return took
