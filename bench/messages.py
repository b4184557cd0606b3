"""Ten thousand messages at once, and a mail server that is away for an hour: every letter arrives once.

Run: ``python -m bench.messages [--letters 10000]``. A PostgreSQL and a mail server on loopback of their own; the server
is away when the letters are to leave, and back an hour later by the clock of the letters.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, insert, select, update
from tqdm import tqdm

from engine import rooms
from engine.kit.db import db, unit_of_work
from engine.kit.outgoing import Outgoing
from engine.notifications import jobs
from engine.notifications.channels import registry
from engine.notifications.models import Delivery, Notice
from engine.organization.models import User
from tests import city as cities
from tests import databases
from tests.mail_server import PostOffice, open_office

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Monday at ten in the city: nobody's quiet hours."""

POLL = timedelta(seconds=30)


def main() -> None:
    """Measure and print; the exit code is 1 where a letter is missing or came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    letters = parser.parse_args().letters
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    rooms.import_models()
    rooms.connect_receivers()
    databases.begin_run()
    try:
        with tempfile.TemporaryDirectory(prefix="cityloop-bench-") as folder:
            Path(folder).chmod(0o755)
            sys.exit(_measure(Path(folder), letters))
    finally:
        databases.end_run()


def _measure(folder: Path, letters: int) -> int:
    with (
        databases.own_server(folder, cities.build) as (url, _),
        databases.application(url).app_context(),
        open_office() as office,
    ):
        registry.offer_only([], "")
        registry.offer(Outgoing("https://city.example", mail=office.configured()))
        _write(letters)
        addressed = _timed(lambda: jobs.address_due(AT))
        _told("addressed", letters, addressed)
        _send(office, letters)
        faults = _faults(office, letters)
        db.session.remove()
        db.engine.dispose()
    for fault in faults:
        print(f"wrong: {fault}")
    print("every letter came once" if not faults else "the letters do not balance")
    return bool(faults)


def _write(letters: int) -> None:
    """So many notices for four people who read e-mail at once."""
    with unit_of_work():
        people = list(db.session.scalars(select(User.id).where(User.is_active).order_by(User.id).limit(4)))
        for key in people:
            db.session.execute(update(User).where(User.id == key).values(email=f"person{key}@example.cn"))
        row = {"kind": "urged", "at": AT, "groups": [], "next_at": AT, "is_urgent": False}
        params = [{"number": f"{number:05}", "category": "–"} for number in range(letters)]
        rows = [row | {"params": one, "user_ids": [people[place % 4]]} for place, one in enumerate(params)]
        db.session.execute(insert(Notice), rows)


def _send(office: PostOffice, letters: int) -> None:
    """An hour without the mail server, looking as often as a worker does; then everything leaves."""
    port, at = office.port, AT
    office.shutdown()
    office.server_close()
    looks = _timed(lambda: [jobs.deliver_due(AT + number * POLL) for number in range(120)])
    print(f"an hour without the mail server: 120 looks took {looks:.1f} s")
    at += timedelta(hours=1)
    with open_office(port) as back, tqdm(total=letters, unit=" letters", disable=None) as bar:
        back.taken = office.taken
        begun = time.perf_counter()
        while _left() and at < AT + timedelta(hours=6):
            sent = jobs.deliver_due(at)
            bar.update(sent)
            # What is put off waits for its moment.
            at += timedelta(0) if sent else timedelta(minutes=1)
        _told("sent", letters, time.perf_counter() - begun)
    print(f"the last left {at - AT - timedelta(hours=1)} after the server was back, by the clock of the letters")


def _faults(office: PostOffice, letters: int) -> list[str]:
    came = Counter(mail["Message-ID"] for mail in office.taken)
    twice = sum(1 for count in came.values() if count > 1)
    faults = [f"{twice} came twice"] if twice else []
    if len(came) != letters:
        faults.append(f"{len(came)} of {letters} came")
    if left := _left():
        faults.append(f"{left} still wait")
    return faults


def _left() -> int:
    left = db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.next_at.is_not(None))) or 0
    db.session.rollback()
    return int(left)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _told(what: str, count: int, seconds: float) -> None:
    print(f"{what}: {count} in {seconds:.1f} s, {count / seconds:.0f} a second")


if __name__ == "__main__":
    main()
