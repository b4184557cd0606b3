"""Decision tables, what they decided, and the right to administer them."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_16"
down_revision = "20261121_17"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATES = ("draft", "active")
PEOPLE = ("created", "changed", "published", "ended")
GRANT = """
INSERT INTO role_permission (role_id, permission)
SELECT id, 'decision.manage' FROM role WHERE code = 'system_administrator' AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = 'decision.manage'
)
"""


def upgrade() -> None:
    op.create_table(
        "decision_table",
        sa.Column("id", ID, nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("based_on_id", ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", ID, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("published_by_id", ID, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["based_on_id"], ["decision_table.id"], name=op.f("fk_decision_table_based_on_id_decision_table")
        ),
        *(
            sa.ForeignKeyConstraint([f"{name}_by_id"], ["user.id"], name=op.f(f"fk_decision_table_{name}_by_id_user"))
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_table")),
        sa.UniqueConstraint("decision", "version", name=op.f("uq_decision_table_decision_version")),
    )
    for state in STATES:
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"uq_decision_table_{state}",
            "decision_table",
            ["decision"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "decision_taken",
        sa.Column("id", ID, nullable=False),
        sa.Column("table_id", ID, nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_id"], ["decision_table.id"], name=op.f("fk_decision_taken_table_id_decision_table")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_taken")),
    )
    op.create_index("ix_decision_taken_subject", "decision_taken", ["subject_kind", "subject_id"])
    op.create_index("ix_decision_taken_table_id", "decision_taken", ["table_id"])
    op.execute(GRANT)


def downgrade() -> None:
    op.execute("DELETE FROM role_permission WHERE permission = 'decision.manage'")
    op.drop_table("decision_taken")
    op.drop_table("decision_table")
