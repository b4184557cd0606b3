"""Sending what is to leave the building: claimed, marked, handed over, marked again.

Before a letter is handed over, its row says ``sending``, committed. A worker that dies leaves one of two behind.
A row that was only claimed had not left: the next worker sends it. One that says ``sending`` may have left. It is sent
again, under the same key, by channels whose far side knows a key that it has seen (e-mail: the Message-ID; SMS: the
idempotency key), and put in doubt by the others, where a person decides. So nothing is lost, and nobody is told twice
beyond what SMTP itself allows: a server whose answer was lost gets the message again (RFC 5321 §4.5.3.2).
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Table, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload

from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.notifications import quiet_hours, writing
from engine.notifications.channels import registry
from engine.notifications.channels.protocol import Channel, Send
from engine.notifications.errors import Refused, Unknown, Unreachable
from engine.notifications.kinds import KINDS
from engine.notifications.models import Delivery, DeliveryState, Message
from engine.organization.models import User
from engine.process import claiming
from engine.process.incidents import sentence
from engine.settings import values
from engine.settings.declarations import Setting

log = logging.getLogger(__name__)

MOST_ATTEMPTS = Setting(
    "messages.attempts",
    int,
    20,
    N_("Attempts to deliver a message"),
    N_("They are made after 1, 2, 4, 8 … minutes, later every hour; 20 take about fourteen hours."),
    least=1,
    most=200,
)
LEASE = timedelta(minutes=15)
"""Longer than a turn and its last letter can take: a channel that does not answer ends the batch after the first."""
TURN = timedelta(seconds=30)
"""How long one channel sends at a time. Leases count from the moment of a run, which must not grow old; and an urgent
text message does not wait for ten thousand e-mails."""
BATCH = 50
LONGEST_PAUSE = timedelta(hours=1)
FORGOTTEN = timedelta(days=7)
"""What nobody took for so long (its channel was not set up, no worker ran) does not leave by itself any more."""
NOTING_PAUSES = (0.2, 1, 3, 10, 0)
"""Seconds between attempts to note that a letter left, where the database does not answer."""
DELIVERY: Table = Delivery.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Parcel:
    """A claimed delivery, with all that is needed to write and send it."""

    id: int
    key: str
    worker: str
    address: str | None
    locale: str | None
    is_wanted: bool
    wakes: bool
    attempts: int
    was_sending: bool
    is_digest: bool
    is_forgotten: bool = False
    told: list[writing.Told] = field(default_factory=list)


def run(worker: str, at: datetime, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due at ``at``, until nothing is left, the channel is away or its turn is over; how many."""
    return sum(_run(channel, worker, at, _for_a_turn(going_on)) for channel in registry.offered().values())


def _for_a_turn(going_on: Callable[[], bool]) -> Callable[[], bool]:
    """``going_on``, for as long as one channel sends at a time, from now on."""
    end = time.monotonic() + TURN.total_seconds()
    return lambda: time.monotonic() < end and going_on()


def _run(channel: Channel, worker: str, at: datetime, going_on: Callable[[], bool]) -> int:
    done = 0
    is_there = True
    while is_there and going_on() and (parcels := claim(channel, worker, at)):
        sent, is_there = _deliver_all(parcels, channel, at, going_on)
        done += sent
    return done


def claim(channel: Channel, worker: str, at: datetime, *, most: int = BATCH) -> list[Parcel]:
    """Lend up to ``most`` deliveries of a channel to ``worker``, in a transaction of its own."""
    with unit_of_work():
        this = DELIVERY.c.channel == channel.name
        keys = claiming.claim(DELIVERY, DELIVERY.c.next_at, worker=worker, at=at, lease=LEASE, most=most, also=this)
        if not keys:
            return []
        rows = db.session.scalars(
            select(Delivery)
            .where(Delivery.id.in_(keys))
            .options(joinedload(Delivery.message), joinedload(Delivery.user))
            .order_by(Delivery.next_at, Delivery.id)
            .execution_options(populate_existing=True)
        ).all()
        digests = _digested([row.id for row in rows if row.message_id is None])
        return [_parcel(row, channel, worker, digests, at) for row in rows]


def _digested(keys: Sequence[int]) -> dict[int, list[Message]]:
    found: dict[int, list[Message]] = defaultdict(list)
    if keys:
        rows = db.session.execute(
            select(Delivery.digest_id, Message)
            .join(Message, Message.id == Delivery.message_id)
            .where(Delivery.digest_id.in_(keys))
            .order_by(Message.id)
        )
        for digest_id, message in rows.tuples():
            found[digest_id or 0].append(message)
    return found


def _parcel(row: Delivery, channel: Channel, worker: str, digests: dict[int, list[Message]], at: datetime) -> Parcel:
    user: User | None = row.user
    messages = [row.message] if row.message else digests.get(row.id, [])
    return Parcel(
        id=row.id,
        # A number is used again by another installation, its moment is not.
        key=f"delivery.{row.id}.{round(row.created_at.timestamp() * 1_000_000)}",
        worker=worker,
        address=channel.address_of(user) if user else row.address,
        locale=user.locale if user else None,
        is_wanted=bool(messages) and (user is None or user.is_active),
        wakes=any(one.is_urgent or (one.kind in KINDS and KINDS[one.kind].wakes) for one in messages),
        attempts=row.attempts,
        was_sending=row.state == DeliveryState.sending,
        is_digest=row.message_id is None,
        is_forgotten=row.next_at is not None and at - row.next_at > FORGOTTEN,
        told=[writing.Told(one.id, one.kind, one.params, one.enclosure) for one in messages],
    )


def _deliver_all(
    parcels: Sequence[Parcel], channel: Channel, at: datetime, going_on: Callable[[], bool]
) -> tuple[int, bool]:
    """How many were sent, and whether the channel is there. The rest of a batch waits together with the first."""
    left, done = list(parcels), 0
    try:
        with channel.connected() as send:
            while left and going_on():
                done += _deliver(left[0], channel, send, at)
                left.pop(0)
    except Unreachable as error:
        log.warning("%s cannot be reached: %s", channel.name, sentence(error))
        _put_off(left, error, at)
        return done, False
    _release(left)
    return done, True


def _deliver(parcel: Parcel, channel: Channel, send: Send, at: datetime) -> bool:
    hopeless = _hopeless(parcel, channel)
    if hopeless:
        return _close(parcel, *hopeless)
    try:
        if not _hand_over(parcel, send, at):
            return False
    except Unreachable:
        raise
    except Refused as error:
        return _close(parcel, DeliveryState.given_up, sentence(error))
    except Unknown as error:
        return _in_doubt(parcel, channel, error, at)
    except Exception as error:
        _put_off([parcel], error, at)
        return False
    _note_sent(parcel, at)
    return True


def _hopeless(parcel: Parcel, channel: Channel) -> tuple[DeliveryState, str | None] | None:
    """Why it is not even tried."""
    if not parcel.is_wanted:
        return DeliveryState.dropped, None
    if parcel.was_sending and not channel.knows_twice:
        return DeliveryState.in_doubt, N_("The worker died while it was sending.")
    if parcel.is_forgotten:
        return DeliveryState.given_up, N_("It waited for more than a week; send it again if it is still wanted.")
    if parcel.address is None:
        return DeliveryState.given_up, N_("The person has no address for this channel.")
    return None


def _hand_over(parcel: Parcel, send: Send, at: datetime) -> bool:
    # Written first: what is enclosed may take seconds, or fail.
    letter = writing.letter(parcel.key, parcel.address or "", parcel.told, locale=parcel.locale, at=at)
    if not _change(parcel, state=DeliveryState.sending.value, address=parcel.address):
        return False
    send(letter)
    return True


def _note_sent(parcel: Parcel, at: datetime) -> None:
    """The far side has it. A database that is away for a moment must not make that it gets it once more."""
    for pause in NOTING_PAUSES:
        try:
            _close(parcel, DeliveryState.sent, at=at)
            return
        except DBAPIError as error:
            log.warning("delivery %s was sent, which could not be noted yet", parcel.id, exc_info=error)
            last = error
            time.sleep(pause)
    raise last


def _in_doubt(parcel: Parcel, channel: Channel, error: Exception, at: datetime) -> bool:
    if not channel.knows_twice:
        return _close(parcel, DeliveryState.in_doubt, sentence(error))
    _put_off([parcel], error, at)
    return False


def _close(parcel: Parcel, state: DeliveryState, error: str | None = None, *, at: datetime | None = None) -> bool:
    """Nothing more is tried by itself; those that a digest holds share its fate. False: nothing was sent."""
    changed = {"state": state.value, "error": error, "sent_at": at}
    with unit_of_work():
        is_mine = _write(parcel, **changed, next_at=None, claimed_until=None, attempts=parcel.attempts + 1)
        if is_mine and parcel.is_digest:
            db.session.execute(update(DELIVERY).where(DELIVERY.c.digest_id == parcel.id).values(**changed))
    return False


def _change(parcel: Parcel, **values: object) -> bool:
    """Write to a row, in a transaction of its own, unless another worker has it by now."""
    with unit_of_work():
        return _write(parcel, **values)


def _write(parcel: Parcel, **values: object) -> bool:
    mine = (DELIVERY.c.id == parcel.id, DELIVERY.c.claimed_by == parcel.worker, DELIVERY.c.next_at.is_not(None))
    changed = db.session.execute(update(DELIVERY).where(*mine).values(**values))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _put_off(parcels: Sequence[Parcel], error: Exception, at: datetime) -> None:
    """Try them again later: those that were tried equally often together, in one statement."""
    groups: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for parcel in parcels:
        groups[parcel.attempts + 1, parcel.wakes].append(parcel.id)
    most = values.get(MOST_ATTEMPTS)
    with unit_of_work():
        for (attempts, wakes), keys in groups.items():
            is_over = attempts >= most
            next_at = at + pause_after(attempts)
            changed = {
                "state": (DeliveryState.given_up if is_over else DeliveryState.failed).value,
                "attempts": attempts,
                "next_at": None if is_over else (next_at if wakes else quiet_hours.after(next_at)),
                "error": sentence(error),
                "claimed_until": None,
                "claimed_by": None,
            }
            mine = (
                DELIVERY.c.id.in_(keys),
                DELIVERY.c.claimed_by == parcels[0].worker,
                DELIVERY.c.next_at.is_not(None),
            )
            db.session.execute(update(DELIVERY).where(*mine).values(**changed))
            if is_over:
                shared = {"state": DeliveryState.given_up.value, "error": sentence(error)}
                db.session.execute(update(DELIVERY).where(DELIVERY.c.digest_id.in_(keys)).values(**shared))


def _release(parcels: Sequence[Parcel]) -> None:
    """The worker is to stop: what it claimed and did not send, another may take at once."""
    if parcels:
        with unit_of_work():
            mine = (DELIVERY.c.id.in_([one.id for one in parcels]), DELIVERY.c.claimed_by == parcels[0].worker)
            db.session.execute(update(DELIVERY).where(*mine).values(claimed_until=None, claimed_by=None))


def pause_after(attempts: int) -> timedelta:
    """How long to wait before the next attempt: 1, 2, 4, 8 … minutes, an hour at most."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_PAUSE)
