"""A city's own statistics with their versions, and the right to define them."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_18"
down_revision = "20261121_19"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
RIGHT = "statistics.manage"
GRANT = f"""
INSERT INTO role_permission (role_id, permission)
SELECT id, '{RIGHT}' FROM role WHERE code IN ('system_administrator', 'evaluator') AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = '{RIGHT}'
)
"""


def upgrade() -> None:
    op.create_table(
        "statistic",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", ID, nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_statistic_changed_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic")),
    )
    op.create_table(
        "statistic_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("statistic_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_statistic_version_by_id_user")),
        sa.ForeignKeyConstraint(
            ["statistic_id"], ["statistic.id"], name=op.f("fk_statistic_version_statistic_id_statistic")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic_version")),
        sa.UniqueConstraint("statistic_id", "number", name=op.f("uq_statistic_version_statistic_id_number")),
    )
    op.execute(GRANT)


def downgrade() -> None:
    op.execute(f"DELETE FROM role_permission WHERE permission = '{RIGHT}'")
    op.drop_table("statistic_version")
    op.drop_table("statistic")
