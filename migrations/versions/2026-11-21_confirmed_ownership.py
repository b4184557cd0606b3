"""Ownership that was confirmed, and judgements of overdue that were excused."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_04"
down_revision = "20261121_03"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
REFERENCES = (
    ("category_id", "category"),
    ("responsibility_grid_id", "responsibility_grid"),
    ("department_id", "department"),
    ("case_id", "case"),
    ("created_by_id", "user"),
    ("ended_by_id", "user"),
)
ONE_AT_A_TIME = (
    ("component", ["component_code"]),
    ("grid", ["category_id", "responsibility_grid_id"]),
    ("street", ["category_id", "street_code"]),
)

APPEALING = ("handling_clerk", "department_head")
GRANT = """
INSERT INTO role_permission (role_id, permission)
SELECT id, 'case.appeal' FROM role WHERE code = :role AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = 'case.appeal'
)
"""


def upgrade() -> None:
    """Remember what meetings decided, and which cases were excused."""
    op.create_table(
        "confirmed_ownership",
        sa.Column("id", ID, nullable=False),
        sa.Column("component_code", sa.String(length=20), nullable=True),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("responsibility_grid_id", ID, nullable=True),
        sa.Column("street_code", sa.String(length=12), nullable=True),
        sa.Column("department_id", ID, nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("minutes_number", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_confirmed_ownership_{column}_{table}"))
            for column, table in REFERENCES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmed_ownership")),
    )
    for column in ("department_id", "case_id"):
        op.create_index(op.f(f"ix_confirmed_ownership_{column}"), "confirmed_ownership", [column])
    in_force = sa.text("ended_at IS NULL")
    for name, columns in ONE_AT_A_TIME:
        op.create_index(
            f"uq_confirmed_ownership_{name}",
            "confirmed_ownership",
            columns,
            unique=True,
            sqlite_where=in_force,
            postgresql_where=in_force,
        )
    with op.batch_alter_table("case") as table:
        table.add_column(sa.Column("late_excused_at", MOMENT, nullable=True))
    for role in APPEALING:
        op.get_bind().execute(sa.text(GRANT), {"role": role})


def downgrade() -> None:
    """Forget both."""
    op.execute("DELETE FROM role_permission WHERE permission = 'case.appeal'")
    with op.batch_alter_table("case") as table:
        table.drop_column("late_excused_at")
    op.drop_table("confirmed_ownership")
