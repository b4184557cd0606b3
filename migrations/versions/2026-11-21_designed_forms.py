"""Forms designed in the browser: their versions, and the steps of their drafts."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_15"
down_revision = "20261121_20"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IS_DRAFT = sa.text("state = 'draft'")


def upgrade() -> None:
    op.create_table(
        "form_definition",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", ID, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("published_by_id", ID, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{name}_by_id"], ["user.id"], name=op.f(f"fk_form_definition_{name}_by_id_user"))
            for name in ("created", "changed", "published")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_form_definition_key_version")),
    )
    op.create_index(
        "uq_form_definition_draft", "form_definition", ["key"], unique=True, sqlite_where=IS_DRAFT,
        postgresql_where=IS_DRAFT,
    )
    op.create_table(
        "form_step",
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["form_definition.id"], name=op.f("fk_form_step_definition_id_form_definition")
        ),
        sa.PrimaryKeyConstraint("definition_id", "position", name=op.f("pk_form_step")),
    )


def downgrade() -> None:
    op.drop_table("form_step")
    op.drop_table("form_definition")
