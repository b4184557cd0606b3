import pytest

from engine.cases.models import Case, Stage
from engine.kit.db import db
from engine.simulation import driving
from engine.simulation.driving import Wanted
from tests.stories import Story


@pytest.fixture
def flask(app):
    """``flask("drive", …)`` runs a command inside this process."""
    runner = app.test_cli_runner()

    def run(*words):
        result = runner.invoke(args=list(words))
        db.session.rollback()
        return result

    return run


def test_every_open_case_is_driven_to_its_end(city, flask):
    for number in range(3):
        Story(city).report(description=f"路边有暴露垃圾 {number}", source_system="complaints", source_no=str(number))
    db.session.commit()
    result = flask("drive", "--until-ended", "--source-system", "complaints")
    assert result.exit_code == 0, result.output
    assert "0 cases left open, 0 steps stuck" in result.output
    assert {case.stage for case in db.session.query(Case)} <= {stage.value for stage in Stage.ended()}


def test_without_that_word_the_clock_stops_at_the_present(city, flask):
    from engine.kit import clock  # noqa: PLC0415 - only here

    Story(city, now=clock.now()).report()
    db.session.commit()
    assert flask("drive").exit_code == 0
    assert driving.waiting(Wanted()) == 1


def test_a_real_city_is_not_driven_by_mistake(database, tmp_path):
    from tests import visiting  # noqa: PLC0415 - only here

    app = visiting.application(database, tmp_path)
    result = app.test_cli_runner().invoke(args=["drive"])
    assert result.exit_code == 1
    assert "not a fictional city" in result.output


def test_ctrl_c_keeps_every_whole_act(city, flask, monkeypatch):
    story = Story(city).report()
    db.session.commit()
    from engine.simulation.staff import Staff  # noqa: PLC0415 - only here

    done, really = [], Staff.do

    def do(self, task_id, *, at):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(really(self, task_id, at=at))
        return done[-1]

    monkeypatch.setattr(Staff, "do", do)
    result = flask("drive", "--until-ended")
    assert result.exit_code == 130
    monkeypatch.undo()
    assert done == ["filing_proposal", "filing"]
    assert story.case.stage == Stage.pending_sign
    assert "0 cases left open" in flask("drive", "--until-ended").output
