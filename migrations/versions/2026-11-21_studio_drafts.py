"""Drafts of drawings, who drew in them, and comments on their elements."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_10"
down_revision = "20261121_09"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("state IN ('drawing', 'submitted')")


def upgrade() -> None:
    op.create_table(
        "studio_draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("based_on_id", ID, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", ID, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("editor_id", ID, nullable=True),
        sa.Column("editing_until", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_by_id", ID, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("reviewed_by_id", ID, nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("published_id", ID, nullable=True),
        *(
            sa.ForeignKeyConstraint([f"{name}_by_id"], ["user.id"], name=op.f(f"fk_studio_draft_{name}_by_id_user"))
            for name in ("created", "changed", "submitted", "reviewed")
        ),
        sa.ForeignKeyConstraint(["editor_id"], ["user.id"], name=op.f("fk_studio_draft_editor_id_user")),
        *(
            sa.ForeignKeyConstraint(
                [name], ["process_definition.id"], name=op.f(f"fk_studio_draft_{name}_process_definition")
            )
            for name in ("based_on_id", "published_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio_draft")),
    )
    op.create_index(
        "uq_studio_draft_open", "studio_draft", ["key"], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
    )
    op.create_index("ix_studio_draft_state_changed", "studio_draft", ["state", "changed_at"])
    op.create_table(
        "studio_hand",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["studio_draft.id"], name=op.f("fk_studio_hand_draft_id_studio_draft")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_studio_hand_user_id_user")),
        sa.PrimaryKeyConstraint("draft_id", "user_id", name=op.f("pk_studio_hand")),
    )
    op.create_table(
        "studio_comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("element_id", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("resolved_by_id", ID, nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["studio_draft.id"], name=op.f("fk_studio_comment_draft_id_studio_draft")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_studio_comment_by_id_user")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user.id"], name=op.f("fk_studio_comment_resolved_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio_comment")),
    )
    op.create_index("ix_studio_comment_draft_id", "studio_comment", ["draft_id"])


def downgrade() -> None:
    op.drop_table("studio_comment")
    op.drop_table("studio_hand")
    op.drop_table("studio_draft")
