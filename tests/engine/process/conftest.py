"""The process room's own fixtures."""

import pytest

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
