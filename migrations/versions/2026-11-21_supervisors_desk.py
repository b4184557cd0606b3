"""The supervisors' desk: bulk acts, who may look, and the indexes that its counts are read from."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_07"
down_revision = "20261121_06"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
READERS = ("supervisor", "leader", "director", "department_head")
GRANT = """
INSERT INTO role_permission (role_id, permission)
SELECT id, 'supervision.read' FROM role WHERE code = :role AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = 'supervision.read'
)
"""
INDEXES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("ix_case_running_due", ("due_at", "due_is_provisional"), "ended_at IS NULL AND clock_state = 'running'"),
    ("ix_case_open_updated", ("updated_at", "stage"), "ended_at IS NULL"),
    ("ix_case_returned", ("due_at",), "ended_at IS NULL AND return_count >= 2"),
    ("ix_case_reworked", ("due_at",), "ended_at IS NULL AND rework_count >= 1"),
    (
        "ix_case_board",
        (
            "department_id",
            "street_code",
            "responsibility_grid_id",
            "category_id",
            "handler_id",
            "stage",
            "clock_state",
            "due_at",
            "due_is_provisional",
            "return_count",
            "rework_count",
            "updated_at",
            "ended_at",
        ),
        "ended_at IS NULL",
    ),
)


def upgrade() -> None:
    op.create_table(
        "bulk_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_bulk_run_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
        sa.UniqueConstraint("by_id", "token", name=op.f("uq_bulk_run_by_id_token")),
    )
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_bulk_run_running", "bulk_run", ["claimed_until"], sqlite_where=running, postgresql_where=running
    )
    op.create_table(
        "bulk_row",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_bulk_row_case_id_case")),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_row_run_id_bulk_run")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_bulk_row")),
    )
    op.create_index("ix_bulk_row_case_id", "bulk_row", ["case_id"])
    for name, columns, where in INDEXES:
        predicate = sa.text(where)
        op.create_index(name, "case", list(columns), sqlite_where=predicate, postgresql_where=predicate)
    for role in READERS:
        op.get_bind().execute(sa.text(GRANT), {"role": role})


def downgrade() -> None:
    op.execute("DELETE FROM role_permission WHERE permission = 'supervision.read'")
    for name, _, _ in INDEXES:
        op.drop_index(name, "case")
    op.drop_table("bulk_row")
    op.drop_table("bulk_run")
