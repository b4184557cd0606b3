import pytest
from sqlalchemy import select

from engine.access import actors
from engine.kit import clock
from engine.kit.db import db
from engine.organization import signing_in
from engine.organization.models import User
from tests import visiting


@pytest.fixture
def run(database, tmp_path):
    """Run one command on an empty database."""
    app = visiting.application(database, tmp_path)
    yield lambda *words: app.test_cli_runner().invoke(args=words)
    with app.app_context():
        db.engine.dispose()


def sign_in(username, password):
    return signing_in.sign_in(username, password, at=clock.now())


def test_a_new_city_begins_with_three_administrators(run):
    answer = run("administrators")
    given = dict(line.split("\t") for line in answer.output.splitlines())
    assert set(given) == {"admin", "security", "audit"}
    assert actors.of(sign_in("audit", given["audit"])).permissions == {"audit.read"}


def test_it_begins_only_once(run):
    run("administrators")
    answer = run("administrators")
    assert answer.exit_code == 1
    assert "already" in answer.output


def test_a_password_is_set_on_the_server(run):
    run("administrators")
    assert run("password", "audit", "--password", "Quiet-River-42").exit_code == 0
    assert sign_in("audit", "Quiet-River-42").username == "audit"


@pytest.mark.parametrize(("username", "password"), [("nobody", "Quiet-River-42"), ("audit", "weak")])
def test_and_refused_in_a_sentence(run, username, password):
    run("administrators")
    answer = run("password", username, "--password", password)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert db.session.scalar(select(User.failed_sign_ins).where(User.username == "audit")) == 0
