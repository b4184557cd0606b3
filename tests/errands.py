"""How any case is driven on: for each step that waits, who does which act with which answers, straight to closure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count

from PIL import Image
from sqlalchemy import select

from engine.access import actors
from engine.cases.models import Case
from engine.kit.db import db
from engine.organization.models import Department, User
from engine.process.models import OpenTask
from tests.stories import category, condition

_numbers = count(1)
TOLD = {"filing_proposal": "acceptance"}
"""Where an act's name and its entry in the timeline differ."""
CENTRE = {
    "acceptance": ("acceptor.li", "filing_proposal"),
    "filing": ("duty.zhao", "filing"),
    "dispatching": ("dispatcher.wang", "dispatch"),
    "feedback_review": ("dispatcher.wang", "feedback_acceptance"),
    "closure": ("duty.zhao", "closure"),
}
DEPARTMENT = {
    "signing": ("clerk", "signing"),
    "assignment": ("clerk", "assignment"),
    "handling": ("handler", "handling"),
    "feedback": ("clerk", "feedback"),
}


@dataclass(frozen=True)
class Errand:
    """One act that somebody may do now, with what he fills in."""

    case_id: int
    task_id: str
    username: str
    act: str
    values: dict[str, str] = field(default_factory=dict)
    needs_photo: bool = False

    @property
    def address(self) -> str:
        """Where the form is sent."""
        return f"/desk/cases/{self.case_id}/{self.act}?task={self.task_id}"

    @property
    def told(self) -> str:
        """The act that the timeline tells of."""
        return TOLD.get(self.act, self.act)


class Guide:
    """Knows the small city: read once, then each look at the open steps costs one statement."""

    def __init__(self) -> None:
        chosen = category()
        reason = condition(chosen)
        self.filing = {"category_id": str(chosen.id), "filing_condition_id": str(reason.id), "area_class": "A"}
        self.codes = dict(db.session.execute(select(Department.id, Department.code)).tuples().all())
        self.ids = {code: id_ for id_, code in self.codes.items()}
        self.users = dict(db.session.execute(select(User.username, User.id)).tuples().all())
        self.collectors = self._collectors()

    def _collectors(self) -> dict[str, str]:
        """A collector for each group that a verification is offered to; Lin before Chen, who reports."""
        names = sorted(name for name in self.users if name.startswith("collector"))
        found: dict[str, str] = {}
        for name in names:
            actor = actors.load(self.users[name])
            for group in actor.groups if actor else ():
                found.setdefault(group, name)
        return found

    def errands(self, case_ids: Iterable[int] | None = None) -> list[Errand]:
        """What may be done now, of all cases or of some."""
        statement = select(OpenTask, Case.department_id).join(Case, Case.id == OpenTask.subject_id)
        if case_ids is not None:
            statement = statement.where(OpenTask.subject_id.in_(list(case_ids)))
        rows = db.session.execute(statement.order_by(OpenTask.opened_at, OpenTask.id)).tuples().all()
        return [self._errand(task, self.codes.get(department_id or 0, "")) for task, department_id in rows]

    def _errand(self, task: OpenTask, code: str) -> Errand:
        step = task.act or ""
        if step in CENTRE:
            username, act = CENTRE[step]
        elif step in DEPARTMENT:
            username, act = f"{DEPARTMENT[step][0]}.{code}", DEPARTMENT[step][1]
        else:
            username, act = self.collectors[task.group_name or ""], "verification"
        needs_photo = act in {"handling", "verification"}
        return Errand(task.subject_id, task.id, username, act, self._values(act, code), needs_photo)

    def _values(self, act: str, code: str) -> dict[str, str]:
        return {
            "filing_proposal": self.filing,
            "dispatch": {"department_id": str(self.ids["sanitation"])},
            "assignment": {"handler_id": str(self.users.get(f"handler.{code}", 0))},
            "handling": {"note": "已清理完毕"},
            "feedback": {"note": "已处置完毕"},
            "verification": {"result": "passed", "note": "现场已整改"},
            "closure": {"result": "resolved"},
        }.get(act, {"note": "同意"})


def photo() -> bytes:
    """A real little photo of its own: no two have the same bytes."""
    if not _pixels:
        stream = BytesIO()
        Image.new("RGB", (64, 48), "grey").save(stream, "JPEG")
        _pixels.append(stream.getvalue())
    remark = f"{next(_numbers)} {id(_pixels)}".encode()
    # A comment segment behind the file's first marker.
    return _pixels[0][:2] + b"\xff\xfe" + (len(remark) + 2).to_bytes(2, "big") + remark + _pixels[0][2:]


_pixels: list[bytes] = []
