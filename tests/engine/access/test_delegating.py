"""Somebody is away: who stands in has his part in cases meanwhile, and not a day longer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.access import actors, delegating
from engine.access.errors import AwayAlready, DelegationMissing, DelegationOver, NothingToDelegate, StandInAway
from engine.access.models import Delegation
from engine.access.permissions import Permission
from engine.audit.models import AuditRecord
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.organization import hiring, leaving


@pytest.fixture
def monday(at):
    return at("2026-03-02 09:00")


def delegate(city, giver, to, start, days=2.0, now=None):
    with unit_of_work():
        row = delegating.delegate(
            city.user(giver), city.user(to).id, start, start + timedelta(days=days), "出差", by=city.actor(giver),
            at=now or start,
        )  # fmt: skip
        return row.id


def standing_in(city, name, moment):
    return actors.load(city.user(name).id, at=moment)


def test_the_stand_in_has_groups_rights_and_sight_of_who_is_away(city, monday):
    delegate(city, "wang", "li", monday)
    li = standing_in(city, "li", monday)
    assert {"dispatcher", "acceptor"} <= li.groups
    assert li.has(Permission.case_dispatch) and li.has(Permission.case_accept)
    assert [face.on_behalf_of.name if face.on_behalf_of else None for face in li.faces] == [None, city.wang.name]
    assert li.ids == {city.li.id, city.wang.id}


def test_a_department_lends_its_part_of_the_city(city, monday):
    delegate(city, "clerk", "handler", monday)
    handler = standing_in(city, "handler", monday)
    assert f"handling_clerk@dept:{city.sanitation.id}" in handler.groups
    assert handler.reach.department_ids == city.clerk.reach.department_ids


def test_it_begins_and_ends_by_itself(city, monday):
    delegate(city, "wang", "li", monday + timedelta(hours=1), days=1, now=monday)
    assert not standing_in(city, "li", monday).hats
    assert standing_in(city, "li", monday + timedelta(hours=1)).hats
    assert not standing_in(city, "li", monday + timedelta(hours=25)).hats


def test_it_is_revoked_at_once_and_both_are_on_record(city, monday):
    key = delegate(city, "wang", "li", monday)
    with unit_of_work():
        delegating.revoke(key, by=city.wang, at=monday + timedelta(hours=1))
    assert not standing_in(city, "li", monday + timedelta(hours=1)).hats
    told = select(AuditRecord.action).where(AuditRecord.action.startswith("delegation.")).order_by(AuditRecord.id)
    assert list(db.session.scalars(told)) == ["delegation.given", "delegation.ended"]
    with pytest.raises(DelegationOver):
        delegating.revoke(key, by=city.wang, at=monday + timedelta(hours=2))


def test_the_head_ends_those_of_his_people_and_a_stranger_none(city, monday):
    key = delegate(city, "clerk", "handler", monday)
    for stranger in (city.parks_clerk, city.wang, city.zhou):
        with pytest.raises(DelegationMissing):
            delegating.revoke(key, by=stranger, at=monday)
    with unit_of_work():
        delegating.revoke(key, by=city.head, at=monday)
    assert delegating.of_departments(city.head.reach.department_ids, at=monday) == []


def test_overlapping_ones_are_refused(city, monday):
    delegate(city, "wang", "li", monday)
    with pytest.raises(AwayAlready) as refused:
        delegate(city, "wang", "zhao", monday + timedelta(days=1))
    assert refused.value.params["name"] == city.li.name
    delegate(city, "wang", "zhao", monday + timedelta(days=2))


def test_who_is_away_does_not_stand_in(city, monday):
    delegate(city, "li", "zhao", monday)
    with pytest.raises(StandInAway):
        delegate(city, "wang", "li", monday)


def test_what_was_lent_is_not_lent_on(city, monday):
    delegate(city, "zhao", "wang", monday, days=5)
    delegate(city, "wang", "li", monday + timedelta(days=1), now=monday)
    later = monday + timedelta(days=1, hours=1)
    # Wang is away then and stands in for Zhao: Li has what is Wang's own, and nothing of Zhao's.
    assert standing_in(city, "li", later).has(Permission.case_dispatch)
    assert not standing_in(city, "li", later).has(Permission.case_approve_filing)
    assert standing_in(city, "li", later).ids == {city.li.id, city.wang.id}


def test_only_colleagues_of_the_same_department_or_of_the_centre(city, monday):
    for giver, to in (("clerk", "parks_clerk"), ("clerk", "wang"), ("wang", "clerk"), ("wang", "system_admin")):
        with pytest.raises(Invalid) as refused:
            delegate(city, giver, to, monday)
        assert list(refused.value.fields) == ["to_user_id"], (giver, to)


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_rights_are_not_lent(city, monday, who):
    with pytest.raises(NothingToDelegate):
        delegate(city, who, "li", monday)


def test_who_becomes_an_administrator_meanwhile_lends_nothing(city, monday):
    delegate(city, "wang", "li", monday)
    with unit_of_work():
        hiring.give_posts(
            city.user("wang"), [(city.department("center"), "system_administrator", None)], by=city.security_admin,
            at=monday,
        )  # fmt: skip
    assert not standing_in(city, "li", monday).hats


def test_who_moves_to_another_department_stands_in_no_more(city, monday):
    delegate(city, "clerk", "handler", monday)
    with unit_of_work():
        hiring.give_posts(city.user("handler"), [(city.parks, "handler", None)], by=city.security_admin, at=monday)
    assert not standing_in(city, "handler", monday).hats


def test_who_left_lends_nothing(city, monday):
    delegate(city, "wang", "li", monday)
    with unit_of_work():
        leaving.leave(city.user("wang"), by=city.system_admin, at=monday)
    assert not standing_in(city, "li", monday).hats


def test_the_span_must_make_sense(city, monday):
    for start, days in ((monday, -1), (monday - timedelta(days=9), 2), (monday, 93)):
        with pytest.raises(Invalid) as refused:
            delegate(city, "wang", "li", start, days, now=monday)
        assert list(refused.value.fields) == ["ends_at"]
    assert db.session.scalars(select(Delegation)).all() == []


def test_standing_in_costs_no_statement_more(city, monday, statements):
    user_id = city.user("handler").id
    db.session.rollback()
    with statements() as alone:
        actors.load(user_id, at=monday)
    db.session.rollback()
    delegate(city, "clerk", "handler", monday)
    with statements() as standing:
        actors.load(user_id, at=monday)
    assert len(standing) == len(alone) == 2
