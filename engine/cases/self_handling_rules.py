"""What a collector may put right himself, how much of it in a day, and how many of them are reviewed (process.md §4.9).

Self-handled reports are closed without a department and count for their collector: scope and cap are against padding
(刷量), the review against photos that show nothing.
"""

import hashlib
import hmac
from datetime import datetime, time
from functools import cache

from sqlalchemy import func, select

from engine.cases.models import Case, Source
from engine.cases.numbering import ZONE
from engine.catalog.models import Category
from engine.kit.config import Config
from engine.kit.db import db, today
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

# The three kinds of §4.9 in both national code systems, whose codes differ in length and so do not collide: bills on
# walls (非法小广告); a little scattered litter (暴露垃圾, 绿地脏乱); things to set upright again: bicycles
# (非机动车乱停放, 共享单车乱象) and litter bins (垃圾箱). Not 道路不洁, which is mud and oil and needs a sweeper, and
# no railings or posts: whoever lifts those works in the traffic.
CATEGORIES = Setting(
    "cases.self_handling_categories",
    str,
    "event:0201 event:0110 event:0117 event:0410 component:0305 "
    "event:07001 event:06010 event:06017 event:09010 event:09011 component:03005",
    N_("What collectors may put right themselves"),
    N_("Codes of categories or whole major categories, event: or component: before each, spaces between."),
    pattern=r"((event|component):[0-9]{2,8}(\s+|$))*",
)
DAILY_CAP = Setting(
    "cases.self_handling_daily_cap",
    int,
    20,
    N_("Most self-handled reports of one collector in a day"),
    N_("What goes beyond it is reported as an ordinary case."),
    least=0,
    most=1000,
)
PLACES = Setting(
    "cases.self_handling_places",
    int,
    10,
    N_("Most places of one self-handled report"),
    N_("Bills or pieces of litter: where there are more, it is a department's work."),
    least=1,
    most=1000,
)
REVIEW_SHARE = Setting(
    "cases.self_handling_review_share",
    float,
    1.0,
    N_("Share of self-handled reports that the acceptor reviews"),
    N_("1 is every one. The others are closed at once; nobody knows beforehand which."),
    least=0.1,
    most=1.0,
)


def covers(kind: str, major_code: str, code: str) -> bool:
    """May collectors put problems of this category right themselves?"""
    return not {f"{kind}:{code}", f"{kind}:{major_code}"}.isdisjoint(values.get(CATEGORIES).split())


def left_today(user_id: int, at: datetime) -> int:
    """How many more self-handled reports this person may make on the city's day of ``at``.

    One that the acceptor sent the ordinary way does not count: it brought its collector nothing.
    """
    begin = datetime.combine(today(at, ZONE), time(), ZONE)
    made = select(func.count()).where(
        Case.reported_by_id == user_id, Case.reported_at >= begin, Case.reported_at <= at, Case.is_self_handled
    )
    return values.get(DAILY_CAP) - (db.session.scalar(made) or 0)


def check(case: Case, category: Category | None, places: int) -> None:
    """May this report, not yet added to the session, be a self-handled one? Raises Invalid beside the field.

    Called once its number is drawn: the lock on the district's counter makes a collector's second report at the same
    moment wait for the first, so that both cannot be the last one of his day.
    """
    if case.is_urgent:
        raise _refused(N_("An urgent case goes to its department at once: untick one of the two."))
    if case.source != Source.patrol:
        raise _refused(N_("Only what was found on patrol is put right on the spot."))
    if category is None or not covers(category.kind, category.major_code, category.code):
        raise _refused(N_("This category is a department's work. Untick this, and it is reported as an ordinary case."))
    if places > values.get(PLACES):
        raise Invalid.field(
            "self_handled_places",
            N_("More than %(most)s places are a department's work: report an ordinary case."),
            most=values.get(PLACES),
        )
    if case.reported_by_id is not None and left_today(case.reported_by_id, case.reported_at) <= 0:
        raise _refused(
            N_("You have reported %(cap)s of these today, the most in a day. Untick this for an ordinary case."),
            cap=values.get(DAILY_CAP),
        )


def _refused(text: str, **params: int) -> Invalid:
    return Invalid.field("is_self_handled", text, **params)


def is_sampled(number: str) -> bool:
    """Is the self-handled case of this number reviewed? Settled by the number, so that nobody chooses.

    The program's secret is mixed in: numbers follow each other, but nobody outside can tell which are reviewed, while
    whoever holds the secret can check the choice afterwards.
    """
    return drawn(number, _secret()) < share()


def share() -> float:
    """The share of self-handled reports that is reviewed, from 0.1 to 1."""
    return values.get(REVIEW_SHARE)


def drawn(number: str, secret: bytes) -> float:
    """Where a number falls between 0 (included) and 1 (not included), evenly spread."""
    digest = hmac.digest(secret, f"self-handling {number}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:6]) / 2**48


@cache
def _secret() -> bytes:
    return Config.from_env().secret_key.encode()
