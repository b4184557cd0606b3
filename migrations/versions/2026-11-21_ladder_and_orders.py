"""The escalation ladder, supervision orders and key cases."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_06"
down_revision = "20261121_05"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

# The ladder as it is delivered, for cities that are at work already: clock, base, wait, unit, action, role.
RUNGS = (
    ("handling", "amber", 0, "working_hours", "urge", "holder"),
    ("handling", "due", 0, "working_hours", "order", "handling_clerk"),
    ("handling", "due", 0, "working_hours", "tell", "department_head"),
    ("handling", "due", 1, "working_days", "tell", "supervisor"),
    ("handling", "due", 3, "working_days", "tell", "leader"),
    ("rework", "amber", 0, "working_hours", "urge", "holder"),
    ("rework", "due", 0, "working_hours", "tell", "department_head"),
    ("rework", "due", 1, "working_days", "tell", "supervisor"),
    ("reply", "due", 0, "working_hours", "tell", "department_head"),
    ("reply", "due", 0, "working_hours", "tell", "supervisor"),
    ("*", "due", 0, "working_hours", "urge", "holder"),
    ("*", "due", 4, "working_hours", "tell", "supervisor"),
)
RIGHTS = (("case.supervise", "supervisor"), ("order.reply", "handling_clerk"), ("order.reply", "department_head"))

GRANT = """
INSERT INTO role_permission (role_id, permission)
SELECT id, CAST(:permission AS VARCHAR(60)) FROM role WHERE code = :role AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = CAST(:permission AS VARCHAR(60))
)
"""
RUNG = """
INSERT INTO escalation_rung (clock, position, base, wait_value, wait_unit, action, role)
SELECT CAST(:clock AS VARCHAR(40)), CAST(:position AS INTEGER), CAST(:base AS VARCHAR(10)), CAST(:value AS FLOAT),
    CAST(:unit AS VARCHAR(20)), CAST(:action AS VARCHAR(10)), CAST(:role AS VARCHAR(40))
WHERE EXISTS (SELECT 1 FROM role)
"""
# Clocks that run are watched from now on; those that are late already are not announced all at once.
WATCH = """
UPDATE clock SET watch_at = amber_at
WHERE state = 'running' AND NOT is_provisional AND amber_at > CURRENT_TIMESTAMP
"""


def upgrade() -> None:
    _watched_clocks()
    op.add_column("incident", sa.Column("clock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    op.create_table(
        "escalation_rung",
        sa.Column("id", ID, nullable=False),
        sa.Column("clock", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(length=10), nullable=False),
        sa.Column("wait_value", sa.Float(), nullable=False),
        sa.Column("wait_unit", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rung")),
    )
    op.create_index("ix_escalation_rung_clock_position", "escalation_rung", ["clock", "position"])
    _orders()
    _key_cases()
    _fill()


def _watched_clocks() -> None:
    op.add_column("clock", sa.Column("watch_at", MOMENT, nullable=True))
    op.add_column("clock", sa.Column("rung", sa.Integer(), server_default="0", nullable=False))
    op.add_column("clock", sa.Column("watch_attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("clock", sa.Column("claimed_until", MOMENT, nullable=True))
    op.add_column("clock", sa.Column("claimed_by", sa.String(length=80), nullable=True))
    watched = sa.text("watch_at IS NOT NULL")
    op.create_index("ix_clock_watch", "clock", ["watch_at"], sqlite_where=watched, postgresql_where=watched)


def _orders() -> None:
    op.create_table(
        "supervision_order",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=30), nullable=True),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("department_id", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by_id", ID, nullable=True),
        sa.Column("reply_due_at", MOMENT, nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", MOMENT, nullable=True),
        sa.Column("replied_by_id", ID, nullable=True),
        sa.Column("times_sent_back", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_supervision_order_case_id_case")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_supervision_order_department_id_department")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_supervision_order_issued_by_id_user")),
        sa.ForeignKeyConstraint(["replied_by_id"], ["user.id"], name=op.f("fk_supervision_order_replied_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_order")),
        sa.UniqueConstraint("number", name=op.f("uq_supervision_order_number")),
    )
    waiting = sa.text("state IN ('open', 'replied')")
    op.create_index("ix_supervision_order_case", "supervision_order", ["case_id"])
    op.create_index(
        "ix_supervision_order_department", "supervision_order", ["department_id", "state", "reply_due_at"]
    )
    op.create_index(
        "ix_supervision_order_waiting",
        "supervision_order",
        ["state", "reply_due_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _key_cases() -> None:
    op.create_table(
        "key_case",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_key_case_by_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_key_case_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_case")),
    )
    running = sa.text("ended_at IS NULL")
    op.create_index("ix_key_case_case_id", "key_case", ["case_id"])
    op.create_index(
        "uq_key_case_open", "key_case", ["case_id"], unique=True, sqlite_where=running, postgresql_where=running
    )


def _fill() -> None:
    connection = op.get_bind()
    for permission, role in RIGHTS:
        connection.execute(sa.text(GRANT), {"permission": permission, "role": role})
    positions: dict[str, int] = {}
    for clock, base, value, unit, action, role in RUNGS:
        positions[clock] = positions.get(clock, 0) + 1
        row = {"clock": clock, "position": positions[clock], "base": base, "value": value, "unit": unit}
        connection.execute(sa.text(RUNG), row | {"action": action, "role": role})
    op.execute(WATCH)


def downgrade() -> None:
    op.execute("DELETE FROM role_permission WHERE permission IN ('case.supervise', 'order.reply')")
    for table in ("key_case", "supervision_order", "escalation_rung"):
        op.drop_table(table)
    op.drop_column("incident", "clock_id")
    op.drop_index("ix_clock_watch", "clock")
    for column in ("claimed_by", "claimed_until", "watch_attempts", "rung", "watch_at"):
        op.drop_column("clock", column)
