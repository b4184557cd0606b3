"""Tables of cases. ``Case`` is the spine with "current" pointers; what happens to it are rows that only ever grow."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.cases import adjustment_models, round_models  # noqa: F401 - their tables belong to this room
from engine.catalog.models import Category, FilingCondition
from engine.grids.models import ResponsibilityGrid, UnitGrid
from engine.kit.db import BigId, Model
from engine.organization.models import Department, User


class Stage(StrEnum):
    """The one public stage of a case (process.md §3). The BPMN step names it; ``stages.follow`` writes it."""

    reported = "reported"  # 待受理
    confirming = "confirming"  # 核实中
    pending_filing = "pending_filing"  # 待立案
    pending_dispatch = "pending_dispatch"  # 待派遣
    pending_sign = "pending_sign"  # 待签收
    handling = "handling"  # 处置中
    return_review = "return_review"  # 回退审核
    arbitration = "arbitration"  # 疑难确权
    suspended = "suspended"  # 挂账
    feedback_review = "feedback_review"  # 待审查反馈
    verifying = "verifying"  # 核查中
    pending_closure = "pending_closure"  # 待结案
    closed = "closed"  # 结案
    rejected = "rejected"  # 不予受理
    void = "void"  # 作废
    merged = "merged"  # 并案
    transferred = "transferred"  # 转其他平台

    @classmethod
    def ended(cls) -> frozenset["Stage"]:
        """Stages in which nothing more is done, unless the case is reopened."""
        return frozenset({cls.closed, cls.rejected, cls.void, cls.merged, cls.transferred})

    @classmethod
    def open_stages(cls) -> frozenset["Stage"]:
        """Stages in which somebody still has something to do."""
        return frozenset(cls) - cls.ended()

    @classmethod
    def at_department(cls) -> frozenset["Stage"]:
        """Stages in which the handling department has the case: its clock runs."""
        return frozenset({cls.pending_sign, cls.handling, cls.return_review})

    @classmethod
    def filed_stages(cls) -> frozenset["Stage"]:
        """Stages after filing (立案) in which the case still runs: from here on it is voided, no longer rejected."""
        return (
            frozenset(
                {
                    cls.pending_dispatch,
                    cls.arbitration,
                    cls.suspended,
                    cls.feedback_review,
                    cls.verifying,
                    cls.pending_closure,
                }
            )
            | cls.at_department()
        )


class Source(StrEnum):
    """Where a problem came from (process.md §1)."""

    patrol = "patrol"  # 采集员巡查
    hotline = "hotline"  # 热线
    citizen_app = "citizen_app"  # 公众上报
    video = "video"  # 视频/AI
    sensor = "sensor"  # 物联报警
    leader = "leader"  # 领导交办
    media = "media"  # 媒体曝光
    superior = "superior"  # 上级任务
    legacy = "legacy"  # imported history

    @classmethod
    def from_public(cls) -> frozenset["Source"]:
        """Sources with a citizen who must be called back."""
        return frozenset({cls.hotline, cls.citizen_app})

    @classmethod
    def to_confirm(cls) -> frozenset["Source"]:
        """Sources whose reports call for confirmation on site before filing (process.md §4.1)."""
        return frozenset({cls.hotline, cls.citizen_app, cls.media, cls.video})


class Case(Model):
    """A problem from report to closure."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("source_system", "source_no"),
        Index("ix_case_department_stage_due", "department_id", "stage", "due_at"),
        Index("ix_case_department_reported", "department_id", "reported_at"),
        Index("ix_case_stage_due", "stage", "due_at"),
        Index("ix_case_grid_reported", "responsibility_grid_id", "reported_at"),
        Index("ix_case_category_reported", "category_id", "reported_at"),
        Index("ix_case_place", "lat", "lng"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    """Region 6 + day 8 + running number 6 (codes.md §6)."""
    stage: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str | None] = mapped_column(String(12))
    """"component" (部件) or "event" (事件); None until categorised."""
    source: Mapped[str] = mapped_column(String(20))
    source_system: Mapped[str | None] = mapped_column(String(40))
    source_no: Mapped[str | None] = mapped_column(String(80))
    """Number in the system that it came from: the same number twice is the same report."""
    title: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(300), default="")
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    """CGCS2000 degrees."""
    location_level: Mapped[str] = mapped_column(String(12), default="unknown")
    """point, street, community, district, unknown: below "street" nothing is dispatched automatically (codes.md §7)."""
    unit_grid_id: Mapped[int | None] = mapped_column(ForeignKey("unit_grid.id"), index=True)
    responsibility_grid_id: Mapped[int | None] = mapped_column(ForeignKey("responsibility_grid.id"))
    region_code: Mapped[str | None] = mapped_column(String(12), index=True)
    """GB/T 2260 code of the district (6 digits)."""
    street_code: Mapped[str | None] = mapped_column(String(12))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    filing_condition_id: Mapped[int | None] = mapped_column(ForeignKey("filing_condition.id"))
    area_class: Mapped[str] = mapped_column(String(1), default="A")
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"), index=True)
    confirmation_result: Mapped[str | None] = mapped_column(String(12))
    """Of the last confirmation on site (核实): true, untrue, gone."""
    is_urgent: Mapped[bool] = mapped_column(default=False)
    is_self_handled: Mapped[bool] = mapped_column(default=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    """Handling department (处置部门): has it now, or handled it last."""
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    reported_at: Mapped[datetime] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None] = mapped_column(index=True)
    dispatched_at: Mapped[datetime | None]
    """First dispatch."""
    handled_at: Mapped[datetime | None]
    """When the department's last feedback was received: judged against the handling clock (process.md §5.7)."""
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    result: Mapped[str | None] = mapped_column(String(40))
    """How it ended, apart from its stage: resolved, self_handled, a reason of rejection or of voiding."""
    limit_value: Mapped[float | None]
    limit_unit: Mapped[str | None] = mapped_column(String(20))
    """Time limit of handling, frozen when it was dispatched."""
    first_due_at: Mapped[datetime | None] = mapped_column(index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """The moment the department is judged by: the handling clock's due, moved by extensions, never by rework (§4.6)."""
    amber_at: Mapped[datetime | None]
    clock_state: Mapped[str] = mapped_column(String(10), default="none")
    """Of the handling clock: none, running, paused, stopped. Lists read these copies; ``deadlines`` is the truth."""
    due_is_provisional: Mapped[bool] = mapped_column(default=False)
    late_excused_at: Mapped[datetime | None]
    """When an appeal against being judged late was granted (process.md §4.17): the moments above stay as they were."""
    return_count: Mapped[int] = mapped_column(default=0)
    rework_count: Mapped[int] = mapped_column(default=0)
    reopen_count: Mapped[int] = mapped_column(default=0)
    """How often it ran again after an end of any kind."""
    restore_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often after an end without closure (rejected, void, merged, transferred): once (process.md §3)."""
    extension_count: Mapped[int] = mapped_column(default=0)
    photo_count: Mapped[int] = mapped_column(default=0)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """The process instance that runs it now (``process_instance.id``); a reopening starts a new one."""
    updated_at: Mapped[datetime]

    category: Mapped[Category | None] = relationship()
    filing_condition: Mapped[FilingCondition | None] = relationship()
    department: Mapped[Department | None] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    unit_grid: Mapped[UnitGrid | None] = relationship()
    responsibility_grid: Mapped[ResponsibilityGrid | None] = relationship()


class CaseReporter(Model):
    """The citizen who reported: personal data, hidden by default, apart from the case so that no list can leak it."""

    __tablename__ = "case_reporter"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    wants_call_back: Mapped[bool] = mapped_column(default=True)


class TimelineEntry(Model):
    """What happened (流转记录): appended, never changed."""

    __tablename__ = "timeline_entry"
    __table_args__ = (Index("ix_timeline_entry_case_at", "case_id", "at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(40))
    """The act's noun: report, acceptance, filing, dispatch, return_request, feedback, verification, closure …"""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(60))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    stage: Mapped[str] = mapped_column(String(20))
    """The stage after it."""
    note: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Involvement(Model):
    """Who took which part in a case. Keeps handling apart from verification and closure."""

    __tablename__ = "involvement"
    __table_args__ = (Index("ix_involvement_user_case", "user_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    """reported, accepted, confirmed, filed, dispatched, handled, verified, closed, called_back …"""


class DayNumber(Model):
    """The last running number given out for a region and a day."""

    __tablename__ = "case_day_number"

    region_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class SavedSearch(Model):
    """Filters that a person kept under a name."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    page: Mapped[str] = mapped_column(String(20))
    """work or cases."""
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))
    """The page's query string."""
