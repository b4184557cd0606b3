"""A real mail server on loopback, as small as SMTP allows (RFC 5321): it keeps what it takes, and can be unkind."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread

from engine.kit.outgoing import MailServer


class PostOffice(socketserver.ThreadingTCPServer):
    """Takes e-mail on a free port. ``taken`` are the e-mails; ``unknown`` are mailboxes that it does not have."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.taken: list[EmailMessage] = []
        self.sessions = 0
        self.unknown: set[str] = set()
        self.busy: set[str] = set()
        self.hangs_up_after_data = False
        self.account: tuple[str, str] | None = None
        self.most_bytes = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def configured(self, **changes: object) -> MailServer:
        """How the program reaches it."""
        given = {"host": "127.0.0.1", "port": self.port, "tls": "none", "sender": "CityLoop <city@example.cn>"}
        return MailServer(**(given | {"seconds": 5} | changes))  # type: ignore[arg-type]

    def mail_of(self, address: str) -> list[EmailMessage]:
        """What came for one mailbox."""
        return [mail for mail in self.taken if mail["To"] == address]


class Session(socketserver.StreamRequestHandler):
    """One client's conversation."""

    server: PostOffice

    def handle(self) -> None:
        self.server.sessions += 1
        self.say("220 post office")
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if self.answer(verb.upper(), rest) is False:
                return

    def answer(self, verb: str, rest: str) -> bool | None:
        if verb == "QUIT":
            self.say("221 bye")
            return False
        if verb == "RCPT":
            return self.recipient(rest[rest.index("<") + 1 : rest.index(">")])
        if verb == "DATA":
            return self.take()
        if verb == "EHLO":
            offered = ["post office", "8BITMIME"]
            offered += ["AUTH PLAIN"] if self.server.account else []
            offered += [f"SIZE {self.server.most_bytes}"] if self.server.most_bytes else []
            self.say("\r\n".join([*(f"250-{one}" for one in offered[:-1]), f"250 {offered[-1]}"]))
        elif verb == "AUTH":
            self.say("535 5.7.8 wrong user or password")
        elif verb == "MAIL" and self.is_too_large(rest):
            self.say("552 5.3.4 message too big")
        else:
            self.say("250 ok")
        return None

    def is_too_large(self, rest: str) -> bool:
        told = rest.lower().partition("size=")[2]
        return 0 < self.server.most_bytes < int(told or 0)

    def recipient(self, address: str) -> None:
        if address in self.server.unknown:
            self.say("550 5.1.1 no such mailbox")
        elif address in self.server.busy:
            self.say("450 4.2.1 mailbox busy")
        else:
            self.say("250 ok")

    def take(self) -> bool | None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if self.server.hangs_up_after_data:
            return False
        self.say("250 taken")
        return None

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def open_office(port: int = 0) -> Iterator[PostOffice]:
    """A post office that is open in here, and closed again afterwards."""
    office = PostOffice(port)
    thread = Thread(target=office.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield office
    finally:
        office.shutdown()
        office.server_close()
        thread.join()
