"""The process room's own fixtures."""

import pytest

from engine.process import actions, subjects, vocabulary
from tests.engine.process import stories
from tests.engine.process.stories import Notebook, Office


@pytest.fixture
def office(database: str) -> Office:
    """Published drawings, registered actions, and a follower (``office.notebook``)."""
    notebook, office = stories.set_up()
    office.notebook = notebook  # type: ignore[attr-defined]
    return office


@pytest.fixture
def notebook(office: Office) -> Notebook:
    return office.notebook  # type: ignore[attr-defined, no-any-return]


@pytest.fixture(autouse=True)
def _a_room_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """These drawings invent forms, roles and actions: those of cases do not hold here, and come back afterwards."""
    monkeypatch.setattr(vocabulary, "_told", {})
    monkeypatch.setattr(actions, "_actions", dict(actions._actions))
    monkeypatch.setattr(subjects, "_followers", dict(subjects._followers))
