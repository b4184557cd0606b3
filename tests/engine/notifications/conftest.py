from datetime import timedelta

import pytest

from engine.kit.db import unit_of_work
from engine.kit.outgoing import Outgoing
from engine.notifications import delivering, jobs
from engine.notifications.channels import registry
from engine.notifications.telling import tell
from tests.letters import Pigeons
from tests.mail_server import open_office


@pytest.fixture(autouse=True)
def _quiet_building(monkeypatch):
    """Every test says itself what is offered; no turn ends because the machine is slow."""
    monkeypatch.setattr(delivering, "TURN", timedelta(hours=1))
    monkeypatch.setattr(registry, "_offered", {})
    monkeypatch.setattr(registry, "_public_url", "")


@pytest.fixture
def pigeons():
    channel = Pigeons()
    registry.offer_only([channel], "https://city.example")
    return channel


@pytest.fixture
def office():
    with open_office() as open_one:
        registry.offer(Outgoing("https://city.example", mail=open_one.configured()))
        yield open_one


@pytest.fixture
def announce(city):
    """``announce("urged", user_ids=[…], at=…)``: announced and addressed, nothing sent yet."""

    def _announce(kind, *, at, is_silent=False, **given):
        params = {"number": "11010120260302000001", "category": "暴露垃圾"} | given.pop("params", {})
        with unit_of_work():
            tell(kind, at=at, **given, **params)
        return jobs.address_due(at, is_silent=is_silent)

    return _announce
