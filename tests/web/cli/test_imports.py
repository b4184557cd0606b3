import csv

import pytest

from engine.kit.config import ROOT

REPORTS = (
    "message_id,user,subject,submitted_at,body,reply\n"
    "1,UU1,路灯不亮,2026/3/1 8:00:00,三天了,已修\n"
    "2,UU2,井盖缺失,昨天,危险,\n"
)
CASES = (
    "case_id,opened_at,target_at,closed_at,on_time,closure_reason,title,reason,type,queue,department,submitted_photo,"
    "closed_photo,location,neighborhood,ward,latitude,longitude,source\n"
    "1,2015-03-02T09:00:00,2015-03-04T09:00:00,2015-03-03T09:00:00,ONTIME,,Pothole,Roads,Pothole,,PWDx,,,,,,,,\n"
    "2,2015-03-02T09:00:00,2015-03-04T09:00:00,2015-03-05T09:00:00,,,Pothole,Roads,Pothole,,PWDx,,,,,,,,\n"
)


@pytest.fixture
def run(app, tmp_path):
    def ran(command: str, content: str, mapping: str, *options: str):
        file = tmp_path / "file.csv"
        file.write_text(content)
        return app.test_cli_runner().invoke(
            args=[command, str(file), "--columns", str(ROOT / "docs/examples" / mapping), *options]
        )

    return ran


def test_complaints_come_in_and_bad_rows_are_listed(run, tmp_path):
    errors = tmp_path / "errors.csv"
    answer = run("import-reports", REPORTS, "complaints.toml", "--errors", str(errors))
    assert answer.exit_code == 0, answer.output
    assert "2 rows read: 1 added, 0 known already, 1 refused" in answer.output
    assert "columns not taken over: reply" in answer.output
    listed = list(csv.DictReader(errors.read_text("utf-8-sig").splitlines()))
    assert [(row["line"], row["message_id"], row["body"]) for row in listed] == [("3", "2", "危险")]

    # The list itself can be mended and read.
    mended = run("import-reports", errors.read_text("utf-8-sig").replace("昨天", "2026/3/1"), "complaints.toml")
    assert "1 rows read: 1 added" in mended.output


def test_refused_rows_are_shown_where_no_list_is_wanted(run):
    assert "file.csv:3: " in run("import-reports", REPORTS, "complaints.toml").output


def test_history_comes_in_and_its_judgement_is_compared(run):
    answer = run("import-cases", CASES, "history.toml")
    assert answer.exit_code == 0, answer.output
    assert "2 rows read: 2 added" in answer.output
    assert "PWDx\t1\t1\t1\t0\t1" in answer.output
    assert "line 3, 2, PWDx: we say overdue, the file says nothing" in answer.output
    assert "0 added, 2 known already" in run("import-cases", CASES, "history.toml").output


def test_a_file_without_its_columns_is_refused_in_one_sentence(run):
    answer = run("import-cases", REPORTS, "history.toml")
    assert answer.exit_code == 1
    assert "case_id" in answer.output
    assert "Traceback" not in answer.output
