"""Bringing an archive in: compared, chosen from and handed in by one administrator, agreed to by another, applied.

What the chosen parts were before is kept as an archive of its own; bringing that one in again is the way back.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.audit import recording
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.studio import archive_file, archive_rehearsing, archiving, versions
from engine.studio.archive_models import ArchiveState, ConfigurationArchive
from engine.studio.archive_rehearsing import Look
from engine.studio.errors import (
    ArchiveIsStale,
    ArchiveNotOpen,
    BroughtItOneself,
    NoSuchArchive,
    RightsAreAnothers,
)
from engine.studio.parts import registry
from engine.studio.parts.part import Hand, Part


def bring(content: bytes, *, by: Doer, at: datetime) -> ConfigurationArchive:
    """Take an archive in and compare it with what is in force; nothing changes yet. Raises ArchiveRefused."""
    unpacked = archive_file.unpack(content)
    looks = archive_rehearsing.rehearse(archive_rehearsing.items(unpacked), at)
    row = ConfigurationArchive(
        **vars(unpacked.origin), content=content, digest=unpacked.digest, state=ArchiveState.brought.value,
        brought_by_id=by.id, brought_at=at,
    )  # fmt: skip
    _keep(row, looks, at)
    db.session.add(row)
    db.session.flush()
    _record("brought", row, by, at, digest=row.digest, parts=[one.part for one in looks])
    return row


def bring_again(archive_id: int, *, by: Doer, at: datetime) -> ConfigurationArchive:
    """Bring in once more what was applied, given up, or kept from before. Raises NoSuchArchive, ArchiveRefused."""
    return bring(find(archive_id).content, by=by, at=at)


def compare_again(archive_id: int, *, by: Doer, at: datetime) -> ConfigurationArchive:
    """Compare with what is in force now; what was handed in is to be handed in again.

    Raises NoSuchArchive, ArchiveNotOpen, ArchiveRefused.
    """
    row = _locked(archive_id, *ArchiveState.open_states())
    _keep(row, archive_rehearsing.rehearse(archive_rehearsing.items(archive_file.unpack(row.content)), at), at)
    row.state = ArchiveState.brought.value
    _record("compared", row, by, at)
    return row


def submit(
    archive_id: int, parts: Collection[str], *, removing: Collection[str] = (), note: str, by: Doer, at: datetime
) -> ConfigurationArchive:
    """Hand in some parts for review; of ``removing`` also what the archive does not have is to be taken out of use.

    Raises NoSuchArchive, ArchiveNotOpen, ArchiveIsStale, Invalid (``note``, ``parts``, or a part with its problems).
    """
    row = _locked(archive_id, ArchiveState.brought)
    said = versions.given(note, "note")
    changing = {one["part"] for one in row.parts if one["added"] or one["changed"] or one["removed"]}
    chosen = [part.name for part in registry.PARTS if part.name in changing and part.name in parts]
    if not chosen:
        raise Invalid.field("parts", N_("Please choose at least one part that would change something."))
    row.chosen, row.removing = chosen, [name for name in chosen if name in removing and registry.find(name).remove]
    _check_rehearsed(row, at)
    row.state, row.note, row.submitted_by_id, row.submitted_at = ArchiveState.submitted.value, said, by.id, at
    _record("submitted", row, by, at, note=said, parts=chosen, removing=row.removing)
    return row


def send_back(archive_id: int, *, reason: str, by: Doer, at: datetime) -> ConfigurationArchive:
    """Return an archive to whoever handed it in. Raises NoSuchArchive, ArchiveNotOpen, Invalid (``reason``)."""
    row = _locked(archive_id, ArchiveState.submitted)
    said = versions.given(reason)
    row.state, row.review_note = ArchiveState.brought.value, said
    row.reviewed_by_id, row.reviewed_at = by.id, at
    _record("returned", row, by, at, reason=said)
    return row


def discard(archive_id: int, *, by: Doer, at: datetime) -> None:
    """Give an archive up. Its row stays for the record. Raises NoSuchArchive, ArchiveNotOpen."""
    row = _locked(archive_id, *ArchiveState.open_states())
    row.state = ArchiveState.discarded.value
    _record("discarded", row, by, at)


def approve(archive_id: int, *, note: str, by: Actor, at: datetime) -> ConfigurationArchive:
    """Agree to what was handed in, and so put it in force: all chosen parts, or none.

    Raises NoSuchArchive, ArchiveNotOpen, BroughtItOneself, RightsAreAnothers, ArchiveIsStale, and what rooms refuse.
    """
    row = _locked(archive_id, ArchiveState.submitted)
    check_may_agree(row, by)
    row.before_id = _kept_before(row, by, at).id
    wanted = archive_rehearsing.items(archive_file.unpack(row.content))
    hand = Hand(by, at, author_id=row.submitted_by_id, note=row.note)
    for part in _chosen(row):
        found, new = archive_rehearsing.look(part, wanted[part.name], at)
        _check(row, found)
        if part.remove is not None and part.name in row.removing:
            part.remove(archive_rehearsing.removed(found), hand)
        if new:
            part.put(new, hand)
    row.state, row.review_note = ArchiveState.applied.value, note.strip()[: versions.LONGEST_REASON]
    row.reviewed_by_id, row.reviewed_at = by.id, at
    _record("applied", row, by, at, parts=row.chosen, removing=row.removing, before=row.before_id)
    return row


def check_may_agree(row: ConfigurationArchive, by: Actor) -> None:
    """The second person is another one, and for rights the security administrator.

    Raises BroughtItOneself, RightsAreAnothers.
    """
    if by.id is None or by.id in {row.brought_by_id, row.submitted_by_id}:
        raise BroughtItOneself
    if any(part.gives_rights for part in _chosen(row)) and not by.has(Permission.access_manage):
        raise RightsAreAnothers


def find(archive_id: int) -> ConfigurationArchive:
    """One archive. Raises NoSuchArchive."""
    row = db.session.get(ConfigurationArchive, archive_id)
    if row is None:
        raise NoSuchArchive
    return row


def listed() -> list[ConfigurationArchive]:
    """Every archive that was brought in, the newest first; not those that the program keeps itself."""
    brought = select(ConfigurationArchive).where(ConfigurationArchive.state != ArchiveState.kept)
    return list(db.session.scalars(brought.order_by(ConfigurationArchive.id.desc())))


def standards() -> dict[str, ConfigurationArchive]:
    """By part: the archive that was applied to it last."""
    applied = select(ConfigurationArchive).where(ConfigurationArchive.state == ArchiveState.applied)
    rows = db.session.scalars(applied.order_by(ConfigurationArchive.reviewed_at, ConfigurationArchive.id))
    return {name: row for row in rows for name in row.chosen}


def _locked(archive_id: int, *states: ArchiveState) -> ConfigurationArchive:
    """An archive in one of these states. All that are open are locked: two are not applied at the same time."""
    is_open = ConfigurationArchive.state.in_(sorted(ArchiveState.open_states()))
    db.session.execute(
        select(ConfigurationArchive.id).where(is_open).order_by(ConfigurationArchive.id).with_for_update()
    )
    row = db.session.get(ConfigurationArchive, archive_id, populate_existing=True)
    if row is None:
        raise NoSuchArchive
    if row.state not in states:
        raise ArchiveNotOpen
    return row


def _keep(row: ConfigurationArchive, looks: list[Look], at: datetime) -> None:
    row.parts = [one.plain() for one in looks]
    row.differences = {one.part: [each.plain() for each in one.differences] for one in looks}
    row.compared_at = at


def _chosen(row: ConfigurationArchive) -> Iterator[Part]:
    return (part for part in registry.PARTS if part.name in row.chosen)


def _check_rehearsed(row: ConfigurationArchive, at: datetime) -> None:
    """The chosen parts alone, without those that they may have been built on."""
    wanted = archive_rehearsing.items(archive_file.unpack(row.content))
    for found in archive_rehearsing.rehearse({name: wanted[name] for name in row.chosen}, at):
        _check(row, found)


def _check(row: ConfigurationArchive, found: Look) -> None:
    if found.problems:
        raise Invalid({found.part: [FieldError(one.text, dict(one.params)) for one in found.problems]})
    if found.digest != next(one["digest"] for one in row.parts if one["part"] == found.part):
        raise ArchiveIsStale


def _kept_before(row: ConfigurationArchive, by: Doer, at: datetime) -> ConfigurationArchive:
    origin = archiving.origin_here(row.name, by=by, at=at)
    content = archiving.packed(row.chosen, origin)
    kept = ConfigurationArchive(
        **vars(origin), content=content, digest=archive_file.digest(content), state=ArchiveState.kept.value, parts=[],
        differences={}, compared_at=at, brought_by_id=by.id, brought_at=at,
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept


def _record(act: str, row: ConfigurationArchive, by: Doer, at: datetime, **detail: object) -> None:
    db.session.flush()
    told = {"name": row.name, "version": row.version, "issuer": row.issuer} | detail
    recording.record(f"configuration.{act}", by=by, at=at, object_kind="configuration", object_id=row.id, detail=told)
