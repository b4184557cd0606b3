"""Handing e-mails to the city's mail server, several in one connection (RFC 5321, RFC 5322)."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from engine.kit.i18n import N_
from engine.kit.outgoing import ADDRESS, MailServer, Outgoing
from engine.notifications.channels.protocol import Letter, Send
from engine.notifications.errors import Refused, TryAgain, Unreachable
from engine.organization.models import User

AWAY = (OSError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, smtplib.SMTPHeloError,
        smtplib.SMTPAuthenticationError)  # fmt: skip
"""What ails the server, or our account there, rather than the one e-mail."""
TOO_LARGE = {523, 552}
"""The one e-mail is larger than the server takes (RFC 1870); said of the sender, before it is handed over."""
POLICY = SMTP.clone(cte_type="7bit")
"""Not every relay takes 8 bits (RFC 6152)."""


def configured(outgoing: Outgoing) -> "Email | None":
    """E-mail, where a mail server is configured."""
    return Email(outgoing.mail) if outgoing.mail else None


class Email:
    """E-mail. What a server took before we noted it, it gets again: with the same Message-ID, readers see it once."""

    name = "email"
    label = N_("E-mail")
    knows_twice = True

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def address_of(self, user: User) -> str | None:
        """The person's address."""
        return user.email if user.email and ADDRESS.fullmatch(user.email) else None

    @contextmanager
    def connected(self) -> Iterator[Send]:
        """A session at the mail server. Raises Unreachable."""
        try:
            session = self._open()
        except (*AWAY, smtplib.SMTPException) as error:
            raise Unreachable(_said(error)) from error
        try:
            yield lambda letter: self._send(session, letter)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                session.quit()

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if server.tls == "tls":
            context = ssl.create_default_context()
            session: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
        else:
            session = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
        if server.tls == "starttls":
            session.starttls(context=ssl.create_default_context())
        if server.user:
            session.login(server.user, server.password)
        return session

    def _send(self, session: smtplib.SMTP, letter: Letter) -> None:
        # Nothing is said to the server after it has taken it: the worker may die before that is noted.
        try:
            session.send_message(written(letter, self._server.sender), to_addrs=[letter.address])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _for_good(code)(f"{code} {_text(text)}") from error
        except smtplib.SMTPSenderRefused as error:
            raise (Refused if error.smtp_code in TOO_LARGE else Unreachable)(_said(error)) from error
        except AWAY as error:
            raise Unreachable(_said(error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(_said(error)) from error
        except smtplib.SMTPResponseException as error:
            raise _for_good(error.smtp_code)(_said(error)) from error


def written(letter: Letter, sender: str) -> EmailMessage:
    """The e-mail: plain and HTML beside each other, and what is enclosed."""
    mail = EmailMessage(POLICY)
    mail["From"], mail["To"] = sender, letter.address
    mail["Subject"] = " ".join("".join(sign if sign.isprintable() else " " for sign in letter.subject).split())
    mail["Date"] = format_datetime(letter.at)
    found = ADDRESS.search(sender)
    mail["Message-ID"] = f"<{letter.key}@{found.group().partition('@')[2] if found else 'localhost'}>"
    # No holiday notice need answer it (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    for file in letter.enclosed:
        main, _, sub = file.mime.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.filename)
    return mail


def _for_good(code: int) -> type[Exception]:
    return Refused if code >= 500 else TryAgain


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
