"""Text messages and chat: what a gateway is told, what its answers mean, and that no secret gets into an error."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.kit.outgoing import Gateway, Outgoing
from engine.notifications.channels.chat.robots import Chat
from engine.notifications.channels.protocol import Letter
from engine.notifications.channels.sms.texting import Sms
from engine.notifications.errors import Refused, Unknown, Unreachable
from engine.organization.models import User
from tests.city import at
from tests.gateway import open_gateway

LETTER = Letter(
    key="delivery.7.1", address="13900001111", subject="催办：案件 1", text="", html="", link="https://city.example/messages/7",
    at=at("2026-03-02 10:00"),
)  # fmt: skip


@pytest.fixture
def gateway():
    with open_gateway() as open_one:
        yield open_one


def hand_over(channel):
    with channel.connected() as send:
        send(LETTER)


def test_a_text_message_carries_its_key_and_the_secret_as_a_token(gateway):
    hand_over(Sms(Gateway(gateway.address, "t0ken")))
    ((_, headers, body),) = gateway.taken
    assert body == {"to": "13900001111", "text": f"催办：案件 1 {LETTER.link}", "key": "delivery.7.1"}
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["Idempotency-Key"] == "delivery.7.1"


def test_a_gateway_that_leads_elsewhere_has_taken_nothing_and_elsewhere_learns_nothing(gateway):
    with open_gateway() as elsewhere:
        gateway.status, gateway.elsewhere = 302, elsewhere.address
        with pytest.raises(Unreachable, match="302"):
            hand_over(Sms(Gateway(gateway.address, "t0ken")))
        assert elsewhere.taken == []


def test_a_long_text_keeps_its_link(gateway):
    long = replace(LETTER, subject="催" * 400)
    with Sms(Gateway(gateway.address)).connected() as send:
        send(long)
    ((_, _, body),) = gateway.taken
    assert len(body["text"]) == 300
    assert body["text"].endswith(f"催 {LETTER.link}")


@pytest.mark.parametrize("answer", [{}, {"status": "ok"}])
def test_a_robot_that_does_not_answer_as_robots_do_may_have_said_it(gateway, answer):
    gateway.answer = answer
    with pytest.raises(Unknown):
        hand_over(Chat(Gateway(gateway.address, kind="wecom")))


def test_nobody_is_called_by_what_a_message_names(gateway):
    with Chat(Gateway(gateway.address, kind="feishu")).connected() as send:
        send(replace(LETTER, subject='<at user_id="all">所有人</at>'))
    ((_, _, body),) = gateway.taken
    assert "<" not in body["content"]["text"]


def test_a_mobile_is_called_without_its_country():
    chat = Chat(Gateway("http://x"))
    assert chat.address_of(User(phone="+86 139-0000 1111")) == "13900001111"
    assert chat.address_of(User(phone="1390000111１")) == "13900001111"
    assert chat.address_of(User(phone="0951-861234")) == "0951861234"


def test_a_number_is_read_as_people_write_it():
    sms = Sms(Gateway("http://x"))
    assert sms.address_of(User(phone="１３９０００01111")) == "13900001111"
    assert sms.address_of(User(phone="+86 139-0000 1111")) == "+8613900001111"
    assert sms.address_of(User(phone=None)) is None


@pytest.mark.parametrize(
    ("status", "error"), [(500, Unreachable), (401, Unreachable), (429, Unreachable), (400, Refused)]
)
def test_what_a_gateways_refusals_mean(gateway, status, error):
    gateway.status = status
    with pytest.raises(error) as refusal:
        hand_over(Sms(Gateway(gateway.address, "t0ken")))
    assert "S3cret-Key" not in str(refusal.value)
    assert "t0ken" not in str(refusal.value)


def test_a_gateway_that_is_not_there_and_one_that_breaks_off(gateway):
    gateway.hangs_up = True
    with pytest.raises(Unknown):
        hand_over(Sms(Gateway(gateway.address)))
    with pytest.raises(Unreachable) as refusal:
        hand_over(Sms(Gateway("http://127.0.0.1:9/send?key=S3cret-Key")))
    assert "S3cret-Key" not in str(refusal.value)


def test_wecom_calls_the_person_by_number(gateway):
    hand_over(Chat(Gateway(gateway.address, kind="wecom")))
    ((_, _, body),) = gateway.taken
    assert body["msgtype"] == "text"
    assert body["text"]["mentioned_mobile_list"] == ["13900001111"]
    assert LETTER.link in body["text"]["content"]


def test_dingtalk_signs_its_address(gateway):
    hand_over(Chat(Gateway(gateway.address, "SECxyz", kind="dingtalk")))
    ((path, _, body),) = gateway.taken
    query = parse_qs(urlsplit(path).query)
    assert query["timestamp"] == ["1772416800000"]
    # Reckoned apart with openssl dgst -sha256 -hmac.
    assert query["sign"] == ["Ab7wfz3H1qfNSBLueZYZ/KaCjA/mjnHDGQFrGRRnucA="]
    assert body["at"] == {"atMobiles": ["13900001111"]}


def test_feishu_signs_its_body(gateway):
    gateway.answer = {"code": 0}
    hand_over(Chat(Gateway(gateway.address, "SECxyz", kind="feishu")))
    ((_, _, body),) = gateway.taken
    assert (body["timestamp"], body["sign"]) == ("1772416800", "sOvo+yM3GPBOp8x8m1L2K1C115cTK67vWoqkFFILXQQ=")
    assert body["content"]["text"].startswith("催办：案件 1")


@pytest.mark.parametrize(("code", "error"), [(45009, Unreachable), (93000, Refused)])
def test_what_a_robots_codes_mean(gateway, code, error):
    gateway.answer = {"errcode": code, "errmsg": "no"}
    with pytest.raises(error):
        hand_over(Chat(Gateway(gateway.address, kind="wecom")))


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"SMTP_HOST": "mail.example"}, "MAIL_FROM"),
        ({"SMTP_HOST": "mail.example", "MAIL_FROM": "city@example.cn", "SMTP_PORT": "x"}, "SMTP_PORT"),
        ({"SMTP_HOST": "mail.example", "MAIL_FROM": "city@example.cn", "SMTP_TLS": "yes"}, "SMTP_TLS"),
        ({"SMTP_HOST": "mail.example", "MAIL_FROM": "city@example.cn", "SMTP_USER": "u"}, "SMTP_PASSWORD"),
        ({"SMTP_URL": "http://u:Wr0ng@mail", "MAIL_FROM": "city@example.cn"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://u:Wr0ng@mail:port", "MAIL_FROM": "city@example.cn"}, "SMTP_URL"),
        ({"PUBLIC_URL": "city.example"}, "PUBLIC_URL"),
        ({"SMS_GATEWAY_URL": "ftp://x"}, "SMS_GATEWAY_URL"),
        ({"CHAT_WEBHOOK_URL": "https://x/", "CHAT_WEBHOOK_KIND": "icq"}, "CHAT_WEBHOOK_KIND"),
        ({"CHAT_WEBHOOK_URL": "https://x/?key=Wr0ng key"}, "CHAT_WEBHOOK_URL"),
        ({"SMS_GATEWAY_URL": "https://x/", "SMS_GATEWAY_SECRET": "Wr0ng\nX: y"}, "SMS_GATEWAY_SECRET"),
    ],
)
def test_a_wrong_variable_stops_the_program_with_its_name(env, named):
    with pytest.raises(ValueError, match=f"^{named}: ") as refusal:
        Outgoing.from_env(env)
    assert "Wr0ng" not in str(refusal.value)


def test_what_is_configured_is_read_and_keeps_its_secrets():
    read = Outgoing.from_env(
        {
            "PUBLIC_URL": "https://city.example/",
            "SMTP_URL": "smtps://city:p%40ss-W0rd@mail.example",
            "MAIL_FROM": "CityLoop <city@example.cn>",
            "SMS_GATEWAY_URL": "https://sms.example/?key=k3y",
            "SMS_GATEWAY_SECRET": "s3cret",
        }
    )
    assert read.public_url == "https://city.example"
    assert (read.mail.host, read.mail.port, read.mail.tls) == ("mail.example", 465, "tls")
    assert (read.mail.user, read.mail.password) == ("city", "p@ss-W0rd")
    assert read.chat is None
    for secret in ("p@ss-W0rd", "s3cret", "k3y"):
        assert secret not in repr(read)
    assert Outgoing.from_env({}) == Outgoing()
