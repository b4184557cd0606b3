"""Archives of the configuration, and the rights to bring them in and to agree to them."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_17"
down_revision = "20261121_15"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
GIVEN = (
    ("configuration.carry", "system_administrator"),
    ("configuration.review", "security_administrator"),
    ("configuration.review", "director"),
)
GRANT = """
INSERT INTO role_permission (role_id, permission)
SELECT id, '{right}' FROM role WHERE code = '{role}' AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = '{right}'
)
"""


def upgrade() -> None:
    op.create_table(
        "configuration_archive",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("compared_at", MOMENT, nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("removing", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("brought_by_id", ID, nullable=True),
        sa.Column("brought_at", MOMENT, nullable=False),
        sa.Column("submitted_by_id", ID, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("reviewed_by_id", ID, nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("before_id", ID, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_by_id"], ["user.id"], name=op.f(f"fk_configuration_archive_{name}_by_id_user")
            )
            for name in ("brought", "submitted", "reviewed")
        ),
        sa.ForeignKeyConstraint(
            ["before_id"],
            ["configuration_archive.id"],
            name=op.f("fk_configuration_archive_before_id_configuration_archive"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configuration_archive")),
    )
    op.create_index("ix_configuration_archive_state_id", "configuration_archive", ["state", "id"])
    for right, role in GIVEN:
        op.execute(GRANT.format(right=right, role=role))


def downgrade() -> None:
    for right in sorted({right for right, _ in GIVEN}):
        op.execute(f"DELETE FROM role_permission WHERE permission = '{right}'")
    op.drop_table("configuration_archive")
