"""Settings: typed, bounded, audited, and free to read."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.settings import declarations, queries, values
from engine.settings.declarations import Setting
from engine.settings.models import SettingValue

At = Callable[[str], datetime]


@pytest.fixture
def share() -> Iterator[Setting[float]]:
    yield Setting("tests.share", float, 0.5, "Share", least=0.1, most=1)
    declarations._declared.pop("tests.share")


def test_a_setting_has_its_default_until_somebody_changes_it(database: str, share: Setting[float], at: At) -> None:
    assert values.get(share) == 0.5
    with unit_of_work():
        values.set(share, 0.75, by=SYSTEM, at=at("2026-03-02 09:00"))
    assert values.get(share) == 0.75


def test_a_change_leaves_an_audit_record(database: str, share: Setting[float], at: At) -> None:
    with unit_of_work():
        values.set(share, 0.75, by=SYSTEM, at=at("2026-03-02 09:00"))
    record = db.session.scalars(select(AuditRecord)).one()
    assert (record.action, record.object_id, record.detail) == (
        "setting.changed",
        "tests.share",
        {"before": 0.5, "after": 0.75},
    )


@pytest.mark.parametrize("value", [0.0, 1.5, float("nan"), "0.5", True])
def test_a_value_out_of_bounds_or_of_another_kind_is_refused(
    database: str, share: Setting[float], at: At, value: object
) -> None:
    with pytest.raises(Invalid) as refused:
        values.set(share, value, by=SYSTEM, at=at("2026-03-02 09:00"))  # type: ignore[arg-type]
    assert "value" in refused.value.fields
    assert values.get(share) == 0.5


def test_reading_costs_no_statement(database: str, share: Setting[float], statements: Callable) -> None:
    values.get(share)
    with statements() as seen:
        values.get(share)
    assert seen == []


def test_a_stored_value_that_is_not_allowed_any_more_is_ignored(database: str, share: Setting[float], at: At) -> None:
    with unit_of_work():
        db.session.add(SettingValue(name=share.name, value="much", changed_at=at("2026-03-02 09:00")))
    assert values.get(share) == 0.5


def test_what_is_typed_is_read_by_kind(share: Setting[float]) -> None:
    assert share.read(" 0.25 ") == 0.25
    with pytest.raises(Invalid):
        share.read("a half")


def test_the_list_says_who_changed_what(database: str, share: Setting[float], at: At) -> None:
    with unit_of_work():
        values.set(share, 0.75, by=SYSTEM, at=at("2026-03-02 09:00"))
    row = next(row for row in queries.listed() if row.setting == share)
    assert (row.value, row.changed_at, row.changed_by_id) == (0.75, at("2026-03-02 09:00"), None)


def test_one_name_is_declared_once(share: Setting[float]) -> None:
    with pytest.raises(ValueError, match="twice"):
        Setting("tests.share", int, 1, "Another")
