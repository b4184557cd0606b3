"""Replays of past cases through other drawings of their process."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_13"
down_revision = "20261121_14"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IS_RUNNING = sa.text("state = 'running'")


def upgrade() -> None:
    op.create_table(
        "studio_replay",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("draft_id", ID, nullable=True),
        sa.Column("draft_revision", sa.Integer(), nullable=True),
        sa.Column("definition_id", ID, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("is_capped", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("last_instance_id", ID, nullable=False),
        sa.Column("typical", sa.JSON(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["studio_draft.id"], name=op.f("fk_studio_replay_draft_id_studio_draft")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_studio_replay_definition_id_process_definition")
        ),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_studio_replay_category_id_category")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_studio_replay_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio_replay")),
    )
    op.create_index("ix_studio_replay_key", "studio_replay", ["key", "id"])
    op.create_index(
        "uq_studio_replay_running", "studio_replay", ["key"], unique=True, sqlite_where=IS_RUNNING,
        postgresql_where=IS_RUNNING,
    )
    op.create_table(
        "studio_replayed_case",
        sa.Column("replay_id", ID, nullable=False),
        sa.Column("instance_id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("went", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("end_before", sa.String(length=120), nullable=True),
        sa.Column("end_after", sa.String(length=120), nullable=True),
        sa.Column("later_seconds", ID, nullable=False),
        sa.Column("late_before", sa.JSON(), nullable=False),
        sa.Column("late_after", sa.JSON(), nullable=False),
        sa.Column("is_newly_late", sa.Boolean(), nullable=False),
        sa.Column("is_relieved", sa.Boolean(), nullable=False),
        sa.Column("is_later", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["replay_id"], ["studio_replay.id"], name=op.f("fk_studio_replayed_case_replay_id_studio_replay")
        ),
        sa.PrimaryKeyConstraint("replay_id", "instance_id", name=op.f("pk_studio_replayed_case")),
    )
    op.create_index("ix_studio_replayed_case_went", "studio_replayed_case", ["replay_id", "went"])
    op.create_table(
        "studio_replayed_node",
        sa.Column("replay_id", ID, nullable=False),
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("instance_id", ID, autoincrement=False, nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("waited_before", ID, nullable=False),
        sa.Column("waited_after", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["replay_id"], ["studio_replay.id"], name=op.f("fk_studio_replayed_node_replay_id_studio_replay")
        ),
        sa.PrimaryKeyConstraint("replay_id", "node", "instance_id", name=op.f("pk_studio_replayed_node")),
    )


def downgrade() -> None:
    op.drop_table("studio_replayed_node")
    op.drop_table("studio_replayed_case")
    op.drop_table("studio_replay")
