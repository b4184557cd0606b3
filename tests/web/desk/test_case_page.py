"""The page of a case: what it shows, to whom, and at what cost."""

from tests.stories import Story


def page(visit, who, story):
    return visit(who).get(f"/desk/cases/{story.case_id}")


def test_the_acceptor_sees_the_report_and_what_he_can_do(city, visit):
    story = Story(city).report()
    answer = page(visit, "li", story)
    assert answer.status_code == 200, answer.text
    assert story.case.number in answer.text
    for name in ("filing_proposal", "rejection", "merger"):
        assert f"/desk/cases/{story.case_id}/{name}" in answer.text
    assert f"/desk/cases/{story.case_id}/dispatch" not in answer.text
