"""A new city, which has roles and three administrators and nothing else, takes a province's standard over."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from engine.access import actors, seeds
from engine.access.actors import SYSTEM, Actor
from engine.calendars import queries as calendars
from engine.catalog import queries as catalog
from engine.kit.db import db, unit_of_work
from engine.organization import departments, hiring
from engine.organization.models import User
from engine.process import definitions
from engine.studio import archives, archiving
from engine.studio.parts import registry
from engine.supervision import ladder
from tests import city as cities
from tests import databases
from tests.city import FOUNDED, PASSWORD

ACCOUNTS = {"admin": "system_administrator", "security": "security_administrator"}


@pytest.fixture
def standard(database_kind: str) -> bytes:
    """The configuration of the fictional city, as the province hands it on."""
    with databases.copy_of("city", database_kind, cities.build) as url, databases.application(url).app_context():
        try:
            names = [part.name for part in registry.PARTS]
            return archiving.export(names, name="省标准", version="1", issuer="省厅", by=SYSTEM, at=FOUNDED)
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def newcomers(standard: bytes, database: str) -> Iterator[dict[str, Actor]]:
    """Two administrators of a city that begins."""
    with unit_of_work():
        seeds.ensure_roles()
        ladder.ensure()
        center = departments.found("new_center", "新市监督指挥中心", "center", by=SYSTEM, at=FOUNDED)
        for name, role in ACCOUNTS.items():
            hiring.hire(name, name, PASSWORD, [(center, role, None)], by=SYSTEM, at=FOUNDED)
    ids = dict(db.session.execute(select(User.username, User.id)).tuples().all())
    yield {name: actors.load(ids[name]) for name in ACCOUNTS}


def test_it_begins_with_what_the_province_has(standard, newcomers):
    with unit_of_work():
        archive = archives.bring(standard, by=newcomers["admin"], at=FOUNDED)
        looks = {one["part"]: one for one in archive.parts}
        refused = [name for name, one in looks.items() if one["problems"]]
        assert refused == ["authority"], "its rules are about places that this city does not have"
        differing = [name for name, one in looks.items() if one["added"] or one["changed"]]
        archives.submit(archive.id, differing, note="启用省标准", by=newcomers["admin"], at=FOUNDED)
    with unit_of_work():
        archives.approve(archive.id, note="", by=newcomers["security"], at=FOUNDED)
    assert len(catalog.listing(code_system="GBT30428.2-2013")) > 100
    assert calendars.find().is_standard
    assert calendars.working().version == calendars.find().version
    assert definitions.active("standard_case").version == 1
    with unit_of_work():
        again = archives.bring(standard, by=newcomers["admin"], at=FOUNDED)
    assert not any(one["added"] or one["changed"] for one in again.parts)
