"""From what was announced to who is told: workers turn notices into messages and deliveries, many at a time."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, exists, insert, select

from engine.access import actors
from engine.access.models import Delegation, Role, RolePermission
from engine.catalog.models import Category
from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.notifications import digests, preferences, quiet_hours
from engine.notifications.channels import registry
from engine.notifications.kinds import KINDS
from engine.notifications.models import Delivery, DeliveryState, How, Message, Notice
from engine.organization.models import Post, User
from engine.process import claiming, incidents

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
STALE = timedelta(days=2)
"""What was announced longer ago stays in the application: nobody wants a letter about a step that is long done."""
NOBODY = N_("Nobody serves there.")
NOTICE: Table = Notice.__table__  # type: ignore[assignment]


def claim(worker: str, at: datetime, *, most: int = 500) -> list[int]:
    """Lend up to ``most`` notices to ``worker``, in a transaction of its own; their ids."""
    with unit_of_work():
        return claiming.claim(NOTICE, NOTICE.c.next_at, worker=worker, at=at, lease=LEASE, most=most)


def address(ids: Sequence[int], at: datetime, *, is_silent: bool = False) -> int:
    """Write the messages of claimed notices, in one transaction; how many. A batch that fails is tried one by one."""
    try:
        with unit_of_work():
            return _address(ids, at, is_silent)
    except Exception as error:
        if len(ids) == 1:
            _failed(ids[0], error, at)
            return 0
        log.warning("%s notices failed together", len(ids), exc_info=error)
        return sum(address([one], at, is_silent=is_silent) for one in ids)


@dataclass
class _Reading:
    """What a batch of notices needs to know."""

    members: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    holders: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    active: set[int] = field(default_factory=set)
    categories: dict[int, str] = field(default_factory=dict)
    stand_ins: dict[int, int] = field(default_factory=dict)


def _address(ids: Sequence[int], at: datetime, is_silent: bool) -> int:
    notices = db.session.scalars(
        select(Notice).where(Notice.id.in_(ids), Notice.next_at.is_not(None)).order_by(Notice.id).with_for_update()
    ).all()
    known = _read(notices, at)
    found = {notice.id: _who(notice, known) for notice in notices}
    told = [(notice, id) for notice in notices for id in sorted(found[notice.id] - {notice.except_id})]
    rows = [_message(notice, user_id, known) for notice, user_id in told]
    if rows:
        # They come back in any order, and with all that their deliveries depend on.
        answered = (Message.id, Message.user_id, Message.kind, Message.is_urgent, Message.created_at)
        written: Sequence[Any] = db.session.execute(insert(Message).returning(*answered), rows).all()
        if not is_silent:
            _send_out([row for row in written if at - row.created_at < STALE], at)
    unheard = [notice for notice in notices if not found[notice.id] and _is_for_a_role(notice)]
    for notice in unheard:
        _put_aside(notice)
    settled = {notice.id for notice in notices} - {notice.id for notice in unheard}
    db.session.execute(delete(Notice).where(Notice.id.in_(settled)))
    return len(rows)


def _is_for_a_role(notice: Notice) -> bool:
    """Rather than for somebody by name, who may have left."""
    return bool(notice.groups or notice.permission)


def _put_aside(notice: Notice) -> None:
    """Nobody serves there: administrators see it, and let it be announced again once somebody does."""
    log.warning("notice %s (%s) is for %s: nobody", notice.id, notice.kind, notice.permission or notice.groups)
    notice.next_at, notice.error = None, NOBODY
    notice.claimed_until, notice.claimed_by = None, None


def _message(notice: Notice, user_id: int, known: _Reading) -> dict[str, Any]:
    params = dict(notice.params)
    if "category_id" in params:
        params["category"] = known.categories.get(params.pop("category_id") or 0, "–")
    return {
        "user_id": user_id,
        "kind": notice.kind,
        "case_id": notice.case_id,
        "params": params,
        "is_urgent": notice.is_urgent,
        "created_at": notice.at,
    }


def _who(notice: Notice, known: _Reading) -> set[int]:
    """Ids of those who are told, and of whoever did it."""
    found = set(notice.user_ids) & known.active
    for name in notice.groups:
        found |= known.members[name]
    if notice.permission:
        found |= known.holders[notice.permission]
    if notice.case_id is not None:
        # Whoever stands in for somebody (代理) has his case work meanwhile.
        found |= {known.stand_ins[id] for id in found if id in known.stand_ins}
    return found


def _read(notices: Iterable[Notice], at: datetime) -> _Reading:
    notices = list(notices)
    known = _Reading(stand_ins=_stand_ins(at))
    _read_members(known, {name.partition("@")[0] for one in notices for name in one.groups})
    _read_holders(known, {one.permission for one in notices if one.permission})
    named = {id for one in notices for id in one.user_ids}
    if named:
        known.active = set(db.session.scalars(select(User.id).where(User.id.in_(named), User.is_active)))
    categories = {one.params.get("category_id") for one in notices} - {None}
    if categories:
        rows = db.session.execute(select(Category.id, Category.name).where(Category.id.in_(categories)))
        known.categories = dict(rows.tuples().all())
    return known


def _stand_ins(at: datetime) -> dict[int, int]:
    """Who stands in for whom at this moment; both are active."""
    running = (Delegation.starts_at <= at, Delegation.ends_at > at, Delegation.revoked_at.is_(None))
    found = select(Delegation.from_user_id, Delegation.to_user_id).where(*running)
    active = exists().where(User.id == Delegation.to_user_id, User.is_active)
    return dict(db.session.execute(found.where(active)).tuples().all())


def _read_members(known: _Reading, roles: set[str]) -> None:
    """Who belongs to which group, as ``access.actors`` names them."""
    if not roles:
        return
    rows = db.session.execute(
        select(Post.user_id, Role.code, Post.department_id, Post.responsibility_grid_id)
        .join(Role, Role.id == Post.role_id)
        .join(User, User.id == Post.user_id)
        .where(Role.code.in_(roles), User.is_active)
    )
    for user_id, role, department_id, grid_id in rows.tuples():
        known.members[role].add(user_id)
        known.members[actors.group(role, department_id=department_id)].add(user_id)
        if grid_id is not None:
            known.members[actors.group(role, grid_id=grid_id)].add(user_id)


def _read_holders(known: _Reading, permissions: set[str]) -> None:
    if not permissions:
        return
    rows = db.session.execute(
        select(Post.user_id, RolePermission.permission)
        .join(RolePermission, RolePermission.role_id == Post.role_id)
        .join(User, User.id == Post.user_id)
        .where(RolePermission.permission.in_(permissions), User.is_active)
    )
    for user_id, permission in rows.tuples():
        known.holders[permission].add(user_id)


def _send_out(written: Sequence[Any], at: datetime) -> None:
    """Deliveries of fresh messages, by every channel that is offered and wanted, where there is an address."""
    offered = registry.offered()
    people = {row.user_id for row in written}
    if not offered or not people:
        return
    users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(people)))}
    chosen = preferences.chosen_by(people)
    rows = [
        delivery
        for row in written
        for channel in offered.values()
        if channel.address_of(users[row.user_id])
        and (delivery := _delivery(row, channel.name, chosen.how(row.user_id, row.kind, channel.name), at))
    ]
    if rows:
        db.session.execute(insert(Delivery), rows)


def _delivery(row: Any, channel: str, how: How, at: datetime) -> dict[str, Any] | None:
    if how is How.off:
        return None
    is_held = how is How.digest and not row.is_urgent
    wakes = row.is_urgent or KINDS[row.kind].wakes
    return {
        "message_id": row.id,
        "user_id": row.user_id,
        "channel": channel,
        "state": (DeliveryState.held if is_held else DeliveryState.to_send).value,
        "created_at": at,
        "next_at": None if is_held else (at if wakes else quiet_hours.after(at)),
        "digest_at": digests.next_one(at) if is_held else None,
    }


def _failed(notice_id: int, error: Exception, at: datetime) -> None:
    log.warning("notice %s failed", notice_id, exc_info=error)
    with unit_of_work():
        notice = db.session.get(Notice, notice_id, with_for_update=True)
        if notice is None:
            return
        notice.attempts += 1
        notice.claimed_until, notice.claimed_by = None, None
        notice.error = incidents.sentence(error)
        notice.next_at = at + claiming.pause_after(notice.attempts) if notice.attempts < MOST_ATTEMPTS else None


def given_up() -> list[Notice]:
    """Notices that reached nobody, because nobody serves there or something failed; the newest hundred."""
    unheard = select(Notice).where(Notice.next_at.is_(None))
    return list(db.session.scalars(unheard.order_by(Notice.id.desc()).limit(100)))
