"""Adjustments: extension, suspension and appeal as approved acts."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_03"
down_revision = "20261121_02"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
RIGHTS = (
    ("case.adjust", "handling_clerk"),
    ("case.lift_suspension", "handling_clerk"),
    ("case.lift_suspension", "dispatcher"),
    ("case.decide_adjustment", "department_head"),
    ("case.decide_adjustment", "dispatcher"),
    ("case.decide_adjustment", "duty_officer"),
    ("case.decide_adjustment", "director"),
    ("case.decide_adjustment", "acceptor"),
)
GRANT = """
INSERT INTO role_permission (role_id, permission)
SELECT id, CAST(:permission AS VARCHAR(60)) FROM role WHERE code = :role AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held
    WHERE held.role_id = role.id AND held.permission = CAST(:permission AS VARCHAR(60))
)
"""


def upgrade() -> None:
    op.create_table(
        "adjustment",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("instance_id", ID, nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("safety_measure", sa.Text(), nullable=False),
        sa.Column("department_id", ID, nullable=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("requested_by_id", ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("due_before", MOMENT, nullable=True),
        sa.Column("due_after", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_adjustment_case_id_case")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_adjustment_department_id_department")
        ),
        sa.ForeignKeyConstraint(["requested_by_id"], ["user.id"], name=op.f("fk_adjustment_requested_by_id_user")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_adjustment_decided_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
    )
    requested = sa.text("state = 'requested'")
    op.create_index("ix_adjustment_case_id", "adjustment", ["case_id"])
    op.create_index("ix_adjustment_kind_state", "adjustment", ["kind", "state", "until"])
    op.create_index(
        "uq_adjustment_requested",
        "adjustment",
        ["case_id"],
        unique=True,
        sqlite_where=requested,
        postgresql_where=requested,
    )
    for permission, role in RIGHTS:
        op.get_bind().execute(sa.text(GRANT), {"permission": permission, "role": role})


def downgrade() -> None:
    op.execute(
        "DELETE FROM role_permission "
        "WHERE permission IN ('case.adjust', 'case.decide_adjustment', 'case.lift_suspension')"
    )
    op.drop_table("adjustment")
