from engine.access import queries
from engine.access.permissions import Permission


def test_who_may_close_a_case(city):
    assert [reason.user.username for reason in queries.who_may(Permission.case_close)] == ["duty.zhao"]


def test_why_a_person_may(city):
    (reason,) = queries.explain(city.clerk.id, Permission.case_sign)
    assert (reason.department.code, reason.role.code) == ("sanitation", "handling_clerk")
    assert queries.explain(city.clerk.id, Permission.case_close) == []


def test_everything_that_a_person_may_do_has_its_reasons(city):
    found = queries.effective(city.clerk.id)
    assert set(found) == set(city.clerk.permissions)
    for permission, reasons in found.items():
        assert reasons == queries.explain(city.clerk.id, Permission(permission))
