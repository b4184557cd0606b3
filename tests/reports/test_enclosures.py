"""The monthly assessment by e-mail: on its day, once for each, in his language; a failure is seen and repeated."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from engine.access.actors import SYSTEM
from engine.evaluation import publishing
from engine.kit.db import unit_of_work
from engine.kit.outgoing import Outgoing
from engine.notifications import assessment_mail, jobs, repeating
from engine.notifications.channels import registry
from engine.settings import values
from reports import enclosures, monthly_assessment
from reports.rendering.pdf import NoPdf
from tests.city import ZONE
from tests.letters import deliveries, messages
from tests.mail_server import open_office

FIRST = "2026-04-05 09:00"


@pytest.fixture
def office(city, monkeypatch):
    monkeypatch.setattr(registry, "_offered", {})
    enclosures.register()
    with open_office() as open_one:
        registry.offer(Outgoing("https://city.example", mail=open_one.configured()))
        yield open_one


@pytest.fixture
def leaders(city, at):
    """Leader Wu, in English, supervisor Zhou by name, and an address outside."""
    with unit_of_work():
        city.user("wu").email, city.user("wu").locale = "wu@example.cn", "en"
        city.user("zhou").email = "zhou@example.cn"
        for setting, value in (
            (assessment_mail.ROLES, "leader"),
            (assessment_mail.PEOPLE, "supervisor.zhou, mayor@example.org，supervisor.zhou"),
        ):
            values.set(setting, value, by=city.system_admin, at=at("2026-01-10 09:00"))


@pytest.fixture
def march(city, at):
    with unit_of_work():
        publishing.keep(publishing.count("2026-03", ZONE, at=at("2026-04-02 09:00")), by=SYSTEM)


@pytest.fixture
def short_pdf(monkeypatch):
    """Most stories need no real document."""
    enclosures._kept.cache_clear()
    made = []

    def write_pdf(kept, *, locale, **_):
        made.append(locale)
        return f"%PDF-1.7 {kept.period.name} {locale}".encode()

    monkeypatch.setattr(monthly_assessment, "write_pdf", write_pdf)
    return made


def test_it_goes_out_on_its_day_and_hour_once_to_each(city, office, leaders, march, short_pdf, at):
    assert jobs.mail_assessment(ZONE, at=at("2026-04-04 12:00")) == 0
    assert jobs.mail_assessment(ZONE, at=at("2026-04-05 08:59")) == 0
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 3
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 0
    assert jobs.mail_assessment(ZONE, at=at("2026-04-20 12:00")) == 0
    assert jobs.deliver_due(at(FIRST)) == 3
    assert sorted(mail["To"] for mail in office.taken) == ["mayor@example.org", "wu@example.cn", "zhou@example.cn"]
    assert sorted(short_pdf) == ["en", "zh_Hans_CN"], "made once for each language"
    assert [one.read_at for one in messages()] == [None, None, None]


def test_the_document_is_enclosed_in_the_readers_language(city, office, leaders, march, short_pdf, at):
    jobs.mail_assessment(ZONE, at=at(FIRST))
    jobs.deliver_due(at(FIRST))
    (mail,) = office.mail_of("wu@example.cn")
    (file,) = list(mail.iter_attachments())
    assert file.get_content_type() == "application/pdf"
    assert file.get_filename() == "Monthly assessment 2026-03.pdf"
    assert file.get_content() == b"%PDF-1.7 2026-03 en"


def test_the_real_document_arrives_whole(city, office, leaders, march, at):
    enclosures._kept.cache_clear()
    jobs.mail_assessment(ZONE, at=at(FIRST))
    jobs.deliver_due(at(FIRST))
    (mail,) = office.mail_of("zhou@example.cn")
    (file,) = list(mail.iter_attachments())
    pages = PdfReader(io.BytesIO(file.get_content())).pages
    assert len(pages) > 3
    assert "2026" in pages[0].extract_text()


def test_a_month_that_is_not_there_waits(city, office, leaders, short_pdf, at):
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 0


def test_where_the_city_wants_it_only_what_is_published_leaves(city, office, leaders, march, short_pdf, at):
    with unit_of_work():
        values.set(assessment_mail.ONLY_PUBLISHED, True, by=city.system_admin, at=at("2026-04-01 09:00"))
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 0
    with unit_of_work():
        publishing.publish("2026-03", by=city.zheng, at=at("2026-04-06 09:00"))
    assert jobs.mail_assessment(ZONE, at=at("2026-04-06 10:00")) == 3


def test_the_leaders_get_it_where_nobody_chose_otherwise(city):
    assert [one.user_id for one in assessment_mail.recipients()] == [city.wu.id]


def test_without_recipients_or_without_mail_nothing_is_written(city, office, march, short_pdf, at):
    set_to(city, at, (assessment_mail.ROLES, ""))
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 0
    with unit_of_work():
        values.set(assessment_mail.ROLES, "leader", by=city.system_admin, at=at("2026-04-01 09:00"))
    registry.offer(Outgoing())
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 0
    assert messages() == []


def test_a_document_that_cannot_be_made_is_seen_and_repeated(city, office, leaders, march, at, monkeypatch):
    enclosures._kept.cache_clear()

    def no_pdf(*_, **__):
        raise NoPdf

    with monkeypatch.context() as patch:
        patch.setattr(monthly_assessment, "write_pdf", no_pdf)
        jobs.mail_assessment(ZONE, at=at(FIRST))
        assert jobs.deliver_due(at(FIRST)) == 0
        assert {one.state for one in deliveries()} == {"failed"}
        assert all("NoPdf" in one.error for one in deliveries())
    monkeypatch.setattr(monthly_assessment, "write_pdf", lambda *_, **__: b"%PDF-")
    with unit_of_work():
        repeating.repeat([one.id for one in deliveries()], by=city.system_admin, at=at(FIRST))
    assert jobs.deliver_due(at(FIRST)) == 3
    assert jobs.deliver_due(at(FIRST) + timedelta(hours=2)) == 0
    assert len(office.taken) == 3


def set_to(city, at, *pairs):
    with unit_of_work():
        for setting, value in pairs:
            values.set(setting, value, by=city.system_admin, at=at("2026-01-10 09:00"))


def test_a_month_that_is_published_after_the_next_one_ended_still_leaves(city, office, leaders, march, short_pdf, at):
    set_to(city, at, (assessment_mail.ONLY_PUBLISHED, True))
    assert jobs.mail_assessment(ZONE, at=at("2026-04-30 12:00")) == 0
    with unit_of_work():
        publishing.publish("2026-03", by=city.zheng, at=at("2026-05-02 10:00"))
    assert jobs.mail_assessment(ZONE, at=at("2026-05-02 08:00")) == 0, "not before its hour"
    assert jobs.mail_assessment(ZONE, at=at("2026-05-02 10:10")) == 3
    assert jobs.mail_assessment(ZONE, at=at("2026-05-20 12:00")) == 0
    assert {one.params["month"] for one in messages() if one.kind == "assessment"} == {"2026-03"}


def test_who_is_put_on_the_list_later_gets_no_month_that_is_long_over(city, office, leaders, march, short_pdf, at):
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 3
    set_to(city, at, (assessment_mail.PEOPLE, "supervisor.zhou, late@example.org"))
    assert jobs.mail_assessment(ZONE, at=at("2026-04-28 12:00")) == 1
    set_to(city, at, (assessment_mail.PEOPLE, "later@example.org"))
    assert jobs.mail_assessment(ZONE, at=at("2026-05-06 12:00")) == 0


def test_it_leaves_at_no_other_hour_because_it_was_late(city, office, leaders, march, short_pdf, at):
    assert jobs.mail_assessment(ZONE, at=at("2026-04-09 03:00")) == 0
    assert jobs.mail_assessment(ZONE, at=at("2026-04-09 09:00")) == 3


def test_a_day_that_is_changed_after_it_was_sent_sends_nothing_twice(city, office, leaders, march, short_pdf, at):
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 3
    set_to(city, at, (assessment_mail.DAY, 20), (jobs.KEPT, 30))
    jobs.purge(at("2026-04-30 23:00"))
    for day in ("2026-04-20 10:00", "2026-04-30 23:50"):
        assert jobs.mail_assessment(ZONE, at=at(day)) == 0


def test_one_person_gets_one_however_he_stands_on_the_list(city, office, march, short_pdf, at):
    with unit_of_work():
        city.user("wu").email = "wu@example.cn"
    set_to(city, at, (assessment_mail.ROLES, "leader"),
           (assessment_mail.PEOPLE, "leader.wu, WU@example.cn, mayor@example.org, Mayor@example.org"))  # fmt: skip
    assert jobs.mail_assessment(ZONE, at=at(FIRST)) == 2
    jobs.deliver_due(at(FIRST))
    assert sorted(mail["To"].lower() for mail in office.taken) == ["mayor@example.org", "wu@example.cn"]


def test_what_the_settings_name_in_vain_is_told_and_holds_up_nobody(city, office, march, short_pdf, at):
    long = "x" * 200 + "@example.org"
    people = f"nobody.here, mayor example.org, {long}, a b@example.org, mayor@example.org"
    set_to(city, at, (assessment_mail.ROLES, "leader, archivist"), (assessment_mail.PEOPLE, people))
    assert assessment_mail.unfound() == ["archivist", "nobody.here", "mayor example.org", long, "a b@example.org"]
    jobs.mail_assessment(ZONE, at=at(FIRST))
    jobs.deliver_due(at(FIRST))
    assert [mail["To"] for mail in office.taken] == ["mayor@example.org"]


def test_somebody_outside_is_sent_no_link_and_told_where_to_ask(city, office, leaders, march, short_pdf, at):
    jobs.mail_assessment(ZONE, at=at(FIRST))
    jobs.deliver_due(at(FIRST))
    (outside,), (inside,) = office.mail_of("mayor@example.org"), office.mail_of("wu@example.cn")
    assert "https://city.example" not in outside.get_body(("plain",)).get_content()
    assert "https://city.example" not in outside.get_body(("html",)).get_content()
    assert "https://city.example/me#wishes" in inside.get_body(("plain",)).get_content()
