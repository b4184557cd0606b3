"""What stands in the log: who asked for which page; nothing that somebody typed."""

import pytest
from sqlalchemy import insert

from engine.cases.models import Case, CaseReporter
from engine.kit.db import db
from web.guards import open_to_all

NUMBER = "13800001234"


@pytest.fixture
def failing(app):
    """A page that writes a row which the database refuses: it has no description, no stage, no case."""

    @app.post("/fails/<what>")
    @open_to_all
    def fails(what):
        reporter = insert(CaseReporter).values(case_id=None, name="王小芳", phone=NUMBER)
        case = insert(Case).values(number="1", place=NUMBER, title="王小芳", source="hotline")
        db.session.execute({"reporter": reporter, "case": case}[what])
        return ""

    return app


@pytest.mark.parametrize("what", ["reporter", "case"])
def test_a_row_that_the_database_refuses_leaves_nothing_of_it_in_the_log(failing, what, capsys):
    assert failing.test_client().post(f"/fails/{what}").status_code == 409
    logged = "".join(capsys.readouterr())
    assert "conflict" in logged
    assert "IntegrityError" in logged
    assert NUMBER not in logged
    assert "王小芳" not in logged


def test_words_that_are_searched_for_are_not_logged(visit, capsys):
    visit("li").get("/desk/cases", query_string={"q": NUMBER})
    logged = "".join(capsys.readouterr())
    assert "/desk/cases" in logged
    assert NUMBER not in logged
