"""Delegation (代理): who is away names a colleague, who acts in his name until he is back.

Nobody hands on what was delegated to him: an actor is made of his own posts and of those that were lent to him, never
of what was lent to those (actors.of).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from engine.access import actors, policy, queries
from engine.access.actors import Actor
from engine.access.errors import AwayAlready, DelegationMissing, DelegationOver, NothingToDelegate, StandInAway
from engine.access.models import Delegation
from engine.access.permissions import Permission
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import announce
from engine.organization.models import Post, User

LONGEST = timedelta(days=92)
"""Who is away for longer than a quarter gives up his posts."""


def delegate(
    giver: User, to_user_id: int, starts_at: datetime, ends_at: datetime, reason: str, *, by: Actor, at: datetime
) -> Delegation:
    """Let a colleague stand in for ``giver`` from one moment to another.

    Raises NothingToDelegate, Invalid (beside its field), AwayAlready, StandInAway.
    """
    check_may_delegate(giver)
    # Two windows of the same person: the second waits here, and then sees the first.
    db.session.execute(select(User.id).where(User.id == giver.id).with_for_update())
    stand_in = next((one for one in stand_ins(giver) if one.id == to_user_id), None)
    if stand_in is None:
        raise Invalid.field("to_user_id", N_("Please choose a colleague of the same department, or of the centre."))
    starts_at = max(starts_at, at)
    _check_span(starts_at, ends_at)
    _check_free(giver, stand_in, starts_at, ends_at)
    row = Delegation(
        from_user_id=giver.id, to_user_id=stand_in.id, starts_at=starts_at, ends_at=ends_at, reason=reason,
        created_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    detail = {
        "from": giver.name,
        "to": stand_in.name,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
    }
    announce("delegation.given", by=by, at=at, object_kind="user", object_id=giver.id, detail=detail)
    return row


def revoke(delegation_id: int, *, by: Actor, at: datetime) -> Delegation:
    """End a delegation at once: whoever gave it, whoever stands in, or the head of his department.

    Raises DelegationMissing, DelegationOver.
    """
    row = db.session.scalars(
        select(Delegation).where(Delegation.id == delegation_id, _is_for(by)).with_for_update()
    ).one_or_none()
    if row is None:
        raise DelegationMissing
    if row.revoked_at is not None or row.ends_at <= at:
        raise DelegationOver
    row.revoked_at, row.revoked_by_id = at, by.id
    db.session.flush()
    detail = {"from": row.giver.name, "to": row.stand_in.name}
    announce("delegation.ended", by=by, at=at, object_kind="user", object_id=row.from_user_id, detail=detail)
    return row


def check_may_delegate(giver: User) -> None:
    """Raises NothingToDelegate for administrators, and for people without a part in cases."""
    held = queries.permissions_of(giver.id)
    if not policy.takes_part(held) or not held & policy.LENT:
        raise NothingToDelegate


def stand_ins(giver: User) -> list[User]:
    """Who may stand in for ``giver`` in one of his posts at least, by name; nobody who administers. Four statements."""
    roles = queries.names()
    lent = [(post, roles[post.role_id].scope) for post in giver.posts]
    people = db.session.scalars(
        select(User)
        .where(User.is_active, User.id != giver.id)
        .options(selectinload(User.posts).joinedload(Post.department))
        .order_by(User.name, User.id)
    )
    administrators = {reason.user.id for duty in policy.DUTIES for one in duty for reason in queries.who_may(one)}
    return [
        user
        for user in people
        if user.id not in administrators and any(actors.may_be_lent(post, scope, user) for post, scope in lent)
    ]


def of_person(user_id: int, *, at: datetime) -> Sequence[Delegation]:
    """What a person has delegated, and what was delegated to him, running or to come, the earliest first."""
    return _read(or_(Delegation.from_user_id == user_id, Delegation.to_user_id == user_id), at)


def of_departments(department_ids: Collection[int], *, at: datetime) -> Sequence[Delegation]:
    """What people who serve in these departments have delegated, running or to come."""
    return _read(_is_of(department_ids), at)


def _read(whose: ColumnElement[bool], at: datetime) -> Sequence[Delegation]:
    return db.session.scalars(
        select(Delegation)
        .where(whose, Delegation.revoked_at.is_(None), Delegation.ends_at > at)
        .options(joinedload(Delegation.giver), joinedload(Delegation.stand_in))
        .order_by(Delegation.starts_at, Delegation.id)
    ).all()


def _is_for(by: Actor) -> ColumnElement[bool]:
    """Is it his to end? In his own name only: who stands in for a head does not end what another head allowed."""
    own = or_(Delegation.from_user_id == by.id, Delegation.to_user_id == by.id)
    led = by.faces[0].reach.department_ids if by.faces[0].has(Permission.department_lead) else frozenset()
    return or_(own, _is_of(led)) if led else own


def _is_of(department_ids: Collection[int]) -> ColumnElement[bool]:
    return exists().where(Post.user_id == Delegation.from_user_id, Post.department_id.in_(sorted(department_ids)))


def _check_span(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Invalid.field("ends_at", N_("The end must come after the beginning, and after now."))
    if ends_at - starts_at > LONGEST:
        raise Invalid.field("ends_at", N_("At most %(days)s days at once."), days=LONGEST.days)


def _check_free(giver: User, stand_in: User, starts_at: datetime, ends_at: datetime) -> None:
    if (own := _given(giver.id, starts_at, ends_at)) is not None:
        raise AwayAlready(name=own.stand_in.name)
    if _given(stand_in.id, starts_at, ends_at) is not None:
        raise StandInAway(name=stand_in.name)


def _given(user_id: int, starts_at: datetime, ends_at: datetime) -> Delegation | None:
    """What this person has delegated that overlaps a span."""
    return db.session.scalars(
        select(Delegation)
        .where(Delegation.from_user_id == user_id, Delegation.revoked_at.is_(None))
        .where(Delegation.starts_at < ends_at, Delegation.ends_at > starts_at)
        .options(joinedload(Delegation.stand_in))
        .limit(1)
    ).one_or_none()
