"""Letters leave once: through a server that is away for an hour, refuses, or hangs up; through workers that die."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from engine.kit.db import db, unit_of_work
from engine.kit.outgoing import Outgoing
from engine.notifications import delivering, enclosures, jobs, repeating
from engine.notifications.channels import registry
from engine.notifications.channels.protocol import Enclosed
from engine.notifications.errors import NothingToRepeat, Refused, Unknown, Unreachable
from engine.notifications.models import Message
from engine.notifications.telling import tell
from tests.letters import Pigeons, deliveries
from tests.mail_server import open_office

WORK_HOURS = "2026-03-02 10:00"


@pytest.fixture
def now(at):
    return at(WORK_HOURS)


def states():
    return [one.state for one in deliveries()]


def test_an_email_has_a_plain_and_an_html_part_in_the_readers_language(city, office, announce, now):
    with unit_of_work():
        city.user("li").email, city.user("li").locale = "li@example.cn", "en"
        city.user("wang").email = "wang@example.cn"
    announce("urged", at=now, user_ids=[city.li.id, city.wang.id])
    assert jobs.deliver_due(now) == 2
    (english,), (chinese,) = office.mail_of("li@example.cn"), office.mail_of("wang@example.cn")
    assert english["Subject"] == "CityLoop: Please hurry: case 11010120260302000001, 暴露垃圾"
    assert "Please hurry" not in chinese["Subject"]
    assert "11010120260302000001" in chinese["Subject"]
    plain, html = english.get_body(("plain",)), english.get_body(("html",))
    link = f"https://city.example/messages/{deliveries()[0].message_id}"
    assert link in plain.get_content()
    assert f'href="{link}"' in html.get_content()
    assert english["From"] == "CityLoop <city@example.cn>"
    assert english["Auto-Submitted"] == "auto-generated"
    assert states() == ["sent", "sent"]
    assert [one.address for one in deliveries()] == ["li@example.cn", "wang@example.cn"]
    assert office.sessions == 1


def test_what_a_message_names_cannot_break_out_of_its_letter(city, office, announce, now):
    with unit_of_work():
        city.user("li").email = "li@example.cn"
    announce("urged", at=now, user_ids=[city.li.id], params={"category": "<script>x</script>\r\nBcc: all@example.cn"})
    jobs.deliver_due(now)
    (mail,) = office.taken
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(("html",)).get_content()


def test_a_mail_server_that_is_down_for_an_hour_gets_everything_once_afterwards(city, announce, now):
    with unit_of_work():
        city.user("li").email = "li@example.cn"
    with open_office() as closed_soon:
        port = closed_soon.port
        registry.offer(Outgoing(mail=closed_soon.configured()))
    for number in range(120):
        announce("urged", at=now, user_ids=[city.li.id], params={"number": str(number)})
    for seconds in range(0, 3600, 30):
        assert jobs.deliver_due(now + timedelta(seconds=seconds)) == 0
    assert set(states()) == {"failed"}
    assert "ConnectionRefusedError" in deliveries()[0].error
    with open_office(port) as office:
        sent = sum(jobs.deliver_due(now + timedelta(hours=1, minutes=minute)) for minute in range(65))
        assert sent == 120
        assert len({mail["Subject"] for mail in office.taken}) == len(office.taken) == 120
    assert set(states()) == {"sent"}


def test_after_a_night_in_vain_it_is_given_up_and_a_person_sends_it_again(city, pigeons, announce, now):
    announce("urged", at=now, user_ids=[city.li.id])
    pigeons.trouble = Unreachable("hawk")
    for quarter in range(4 * 48):
        jobs.deliver_due(now + timedelta(minutes=15 * quarter))
    (given_up,) = deliveries()
    assert (given_up.state, given_up.attempts, given_up.next_at) == ("given_up", 20, None)
    assert given_up.error == "Unreachable: hawk"
    pigeons.trouble = None
    assert jobs.deliver_due(now + timedelta(days=3)) == 0
    with unit_of_work():
        assert repeating.repeat([given_up.id], by=city.system_admin, at=now + timedelta(days=3)) == 1
    assert jobs.deliver_due(now + timedelta(days=3)) == 1
    with pytest.raises(NothingToRepeat), unit_of_work():
        repeating.repeat([given_up.id], by=city.system_admin, at=now + timedelta(days=3))


def test_a_mailbox_that_there_is_not_is_given_up_and_holds_up_nobody(city, office, announce, now):
    with unit_of_work():
        city.user("li").email, city.user("wang").email = "li@example.cn", "wang@example.cn"
        city.user("zhou").email = "zhou@example.cn"
    office.unknown, office.busy = {"li@example.cn"}, {"wang@example.cn"}
    announce("urged", at=now, user_ids=sorted([city.li.id, city.wang.id, city.zhou.id]))
    assert jobs.deliver_due(now) == 1
    by_user = {one.user_id: one for one in deliveries()}
    assert by_user[city.li.id].state == "given_up"
    assert "no such mailbox" in by_user[city.li.id].error
    assert by_user[city.wang.id].state == "failed"
    assert len(office.mail_of("zhou@example.cn")) == 1
    office.busy = set()
    assert jobs.deliver_due(now + timedelta(minutes=2)) == 1


def test_a_server_that_hangs_up_after_taking_it_gets_it_again_under_the_same_message_id(city, office, announce, now):
    with unit_of_work():
        city.user("li").email = "li@example.cn"
    announce("urged", at=now, user_ids=[city.li.id])
    office.hangs_up_after_data = True
    assert jobs.deliver_due(now) == 0
    office.hangs_up_after_data = False
    assert jobs.deliver_due(now + timedelta(minutes=2)) == 1
    assert len(office.taken) == 2
    assert len({mail["Message-ID"] for mail in office.taken}) == 1


def test_a_wrong_password_keeps_all_waiting_and_is_nowhere_to_be_read(city, announce, now):
    with unit_of_work():
        city.user("li").email = "li@example.cn"
    with open_office() as office:
        office.account = ("city", "right")
        server = office.configured(user="city", password="Wr0ng-Secret")
        registry.offer(Outgoing(mail=server))
        announce("urged", at=now, user_ids=[city.li.id])
        assert jobs.deliver_due(now) == 0
    (waiting,) = deliveries()
    assert waiting.state == "failed"
    assert "535" in waiting.error
    assert "Wr0ng-Secret" not in waiting.error + repr(server)


class Killed(BaseException):
    """What no handler of the program's catches."""


@pytest.mark.parametrize("knows_twice", [True, False])
def test_a_worker_killed_before_it_hands_over_has_sent_nothing(city, announce, now, knows_twice, monkeypatch):
    pigeons = Pigeons(knows_twice=knows_twice)
    registry.offer_only([pigeons])
    announce("urged", at=now, user_ids=[city.li.id, city.wang.id])
    with monkeypatch.context() as patch:
        patch.setattr(delivering.writing, "letter", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            jobs.deliver_due(now)
    assert states() == ["to_send", "to_send"]
    assert jobs.deliver_due(now + timedelta(seconds=3), worker="other") == 0, "its lease still runs"
    assert jobs.deliver_due(now + delivering.LEASE, worker="other") == 2
    assert len(pigeons.letters) == 2


@pytest.mark.parametrize(("knows_twice", "sent", "state"), [(True, 1, "sent"), (False, 0, "in_doubt")])
def test_a_worker_killed_after_it_handed_over(city, announce, now, knows_twice, sent, state, monkeypatch):
    pigeons = Pigeons(knows_twice=knows_twice)
    registry.offer_only([pigeons])
    announce("urged", at=now, user_ids=[city.li.id])
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_close", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            jobs.deliver_due(now)
    assert states() == ["sending"]
    assert jobs.deliver_due(now + delivering.LEASE, worker="other") == sent
    assert states() == [state]
    assert len({letter.key for letter in pigeons.letters}) == 1


def test_two_workers_share_the_deliveries(city, pigeons, announce, now):
    announce("urged", at=now, user_ids=[city.li.id, city.wang.id, city.zhou.id])
    first = delivering.claim(pigeons, "one", now, most=2)
    second = delivering.claim(pigeons, "two", now, most=2)
    assert sorted(one.id for one in first + second) == sorted(one.id for one in deliveries())


def test_a_worker_whose_lease_ran_out_does_not_send_what_another_has_sent(city, pigeons, announce, now):
    announce("urged", at=now, user_ids=[city.li.id])
    slow = delivering.claim(pigeons, "slow", now)
    assert jobs.deliver_due(now + delivering.LEASE, worker="quick") == 1
    assert delivering._deliver_all(slow, pigeons, now + delivering.LEASE, lambda: True) == (0, True)
    assert len(pigeons.letters) == 1


def test_a_worker_that_is_to_stop_gives_the_rest_back(city, pigeons, announce, now):
    announce("urged", at=now, user_ids=[city.li.id, city.wang.id, city.zhou.id])
    answers = iter([True, True, False])
    assert jobs.deliver_due(now, worker="one", going_on=lambda: next(answers, False)) == 1
    assert jobs.deliver_due(now, worker="two") == 2


def test_a_gateway_that_may_have_taken_it_is_asked_again_only_where_it_knows_keys(city, announce, now):
    sms, chat = Pigeons("sms"), Pigeons("chat", knows_twice=False)
    registry.offer_only([sms, chat])
    announce("urged", at=now, user_ids=[city.li.id])
    sms.trouble = chat.trouble = Unknown("broke off")
    jobs.deliver_due(now)
    assert {one.channel: one.state for one in deliveries()} == {"sms": "failed", "chat": "in_doubt"}


def test_refused_for_good_is_not_tried_again(city, pigeons, announce, now):
    announce("urged", at=now, user_ids=[city.li.id])
    pigeons.trouble = Refused("no such number")
    jobs.deliver_due(now)
    pigeons.trouble = None
    assert jobs.deliver_due(now + timedelta(days=1)) == 0
    assert states() == ["given_up"]


def test_a_thousand_letters_take_two_statements_each_and_few_connections(city, pigeons, announce, now, statements):
    people = [city.li.id, city.wang.id, city.zhou.id, city.head.id]
    with unit_of_work():
        for number in range(250):
            tell("urged", at=now, user_ids=people, number=str(number), category="–")
    assert jobs.address_due(now) == 1000
    with statements() as seen:
        assert jobs.deliver_due(now) == 1000
    assert len({letter.key for letter in pigeons.letters}) == len(pigeons.letters) == 1000
    assert pigeons.connections <= 1000 / delivering.BATCH + 1
    assert len(seen) <= 1000 * 2 + (1000 / delivering.BATCH + 1) * 4


def emailed(city, **addresses):
    with unit_of_work():
        for name, address in addresses.items():
            city.user(name).email = address


def test_an_email_larger_than_the_server_takes_is_given_up_alone(city, office, announce, now, monkeypatch):
    emailed(city, li="li@example.cn", wang="wang@example.cn")
    office.most_bytes = 100_000
    enclosures.register("book", lambda *_: Enclosed("book.pdf", "application/pdf", b"x" * 200_000), lambda _: now)
    announce("urged", at=now, user_ids=[city.li.id, city.wang.id])
    with unit_of_work():
        db.session.execute(update(Message).where(Message.user_id == city.li.id).values(enclosure="book"))
    assert jobs.deliver_due(now) == 1
    assert {one.user_id: one.state for one in deliveries()} == {city.li.id: "given_up", city.wang.id: "sent"}
    (given_up,) = [one for one in deliveries() if one.state == "given_up"]
    assert "552" in given_up.error


@pytest.mark.parametrize("address", ["市长@example.cn", "a(b)@example.cn", 'x"y@example.cn', "grp:li@example.cn"])
def test_an_address_that_mail_servers_do_not_take_is_none(city, office, announce, now, address):
    emailed(city, li=address, wang="wang@example.cn")
    announce("urged", at=now, user_ids=[city.li.id, city.wang.id])
    assert jobs.deliver_due(now) == 1
    assert [mail["To"] for mail in office.taken] == ["wang@example.cn"]


def test_an_email_is_seven_bits_wide_and_its_headers_hold_nothing_unprintable(city, office, announce, now):
    emailed(city, li="li@example.cn")
    announce("urged", at=now, user_ids=[city.li.id], params={"category": "暴\x00露\x1b垃圾"})
    jobs.deliver_due(now)
    (mail,) = office.taken
    assert mail["Subject"].endswith("暴 露 垃圾")
    mail.as_bytes().decode("ascii")


def test_a_letter_leads_to_where_one_says_how_to_be_told(city, office, announce, now):
    emailed(city, li="li@example.cn")
    announce("urged", at=now, user_ids=[city.li.id])
    jobs.deliver_due(now)
    assert "https://city.example/me#wishes" in office.taken[0].get_body(("plain",)).get_content()
    assert 'href="https://city.example/me#wishes"' in office.taken[0].get_body(("html",)).get_content()


@pytest.mark.parametrize("knows_twice", [True, False])
def test_what_was_taken_is_not_sent_again_because_it_could_not_be_noted_at_once(
    city, announce, now, knows_twice, monkeypatch
):
    pigeons = Pigeons(knows_twice=knows_twice)
    registry.offer_only([pigeons])
    monkeypatch.setattr(delivering, "NOTING_PAUSES", (0, 0, 0))
    original, failures = delivering._close, iter([1, 1])

    def close(parcel, state, *given, **named):
        if state == "sent" and next(failures, None):
            raise OperationalError("UPDATE delivery", {}, Exception("the database is away"))
        return original(parcel, state, *given, **named)

    monkeypatch.setattr(delivering, "_close", close)
    announce("urged", at=now, user_ids=[city.li.id])
    assert jobs.deliver_due(now) == 1
    assert states() == ["sent"]
    assert jobs.deliver_due(now + timedelta(hours=1)) == 0
    assert len(pigeons.letters) == 1


def test_what_a_person_repeats_is_not_sent_by_whoever_had_claimed_it_as_well(city, pigeons, announce, now):
    announce("urged", at=now, user_ids=[city.li.id])
    pigeons.trouble = ValueError("no")
    jobs.deliver_due(now)
    pigeons.trouble = None
    later = now + timedelta(minutes=5)
    slow = delivering.claim(pigeons, "slow", later)
    with unit_of_work():
        repeating.repeat([slow[0].id], by=city.system_admin, at=later)
    assert jobs.deliver_due(later, worker="quick") == 1
    delivering._deliver_all(slow, pigeons, later, lambda: True)
    assert len(pigeons.letters) == 1


def test_no_channel_keeps_the_others_waiting_for_long(city, announce, now, monkeypatch):
    mail, sms = Pigeons("email"), Pigeons("sms")
    registry.offer_only([mail, sms])
    monkeypatch.setattr(delivering, "BATCH", 2)
    monkeypatch.setattr(delivering, "TURN", timedelta(seconds=0.2))
    monkeypatch.setattr(mail, "send", lambda letter: (time.sleep(0.05), mail.letters.append(letter)))
    for number in range(20):
        announce("urged", at=now, user_ids=[city.li.id], params={"number": str(number)})
    jobs.deliver_due(now)
    assert 0 < len(mail.letters) < 20
    assert len(sms.letters) > 0
    while jobs.deliver_due(now):
        pass
    assert len({letter.key for letter in mail.letters}) == len(mail.letters) == len(sms.letters) == 20


def test_what_nobody_took_for_a_week_waits_for_a_person(city, announce, now):
    registry.offer_only([Pigeons("sms")])
    announce("urged", at=now, user_ids=[city.li.id, city.wang.id])
    registry.offer_only([])
    late = now + timedelta(days=8)
    assert jobs.deliver_due(late) == 0
    back = Pigeons("sms")
    registry.offer_only([back])
    assert jobs.deliver_due(late) == 0
    assert states() == ["given_up", "given_up"]
    with unit_of_work():
        repeating.repeat([deliveries()[0].id], by=city.system_admin, at=late)
    assert jobs.deliver_due(late) == 1
