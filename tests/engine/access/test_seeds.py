import pytest

from engine.access import policy, seeds
from engine.access.errors import DutiesMustBeApart
from engine.access.permissions import Permission
from engine.kit.db import db, unit_of_work


def test_every_permission_is_held_by_some_role():
    held = {permission for seed in seeds.ROLES for permission in seed.permissions}
    assert held == set(Permission)


@pytest.mark.parametrize("seed", seeds.ROLES, ids=lambda seed: seed.code)
def test_delivered_roles_keep_apart_what_must_be_apart(seed):
    policy.check_together(permission.value for permission in seed.permissions)


def test_two_of_the_three_administrators_are_one_too_many():
    by_code = {seed.code: seed.permissions for seed in seeds.ROLES}
    three = ("system_administrator", "security_administrator", "audit_administrator")
    for first, second in zip(three, three[1:] + three[:1], strict=True):
        with pytest.raises(DutiesMustBeApart):
            policy.check_together(one.value for one in by_code[first] + by_code[second])


def test_seeding_twice_keeps_what_the_city_changed(database):
    with unit_of_work():
        seeds.ensure_roles()["leader"].name = "市领导"
    with unit_of_work():
        assert seeds.ensure_roles()["leader"].name == "市领导"
    assert len(db.session.execute(db.select(seeds.Role)).all()) == len(seeds.ROLES)
