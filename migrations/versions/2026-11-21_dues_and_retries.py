"""By when a step that was done was to be done, and runs of incidents that are tried again.

What was done before has no such moment: nobody noted it.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_20"
down_revision = "20261121_13"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IS_RUNNING = sa.text("state = 'running'")


def upgrade() -> None:
    op.add_column("process_event", sa.Column("due_at", MOMENT, nullable=True))
    op.create_table(
        "studio_retry",
        sa.Column("id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_studio_retry_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio_retry")),
    )
    op.create_index(
        "ix_studio_retry_running", "studio_retry", ["id"], sqlite_where=IS_RUNNING, postgresql_where=IS_RUNNING
    )
    op.create_table(
        "studio_retried_incident",
        sa.Column("retry_id", ID, nullable=False),
        sa.Column("incident_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("refusal", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["retry_id"], ["studio_retry.id"], name=op.f("fk_studio_retried_incident_retry_id_studio_retry")
        ),
        sa.PrimaryKeyConstraint("retry_id", "incident_id", name=op.f("pk_studio_retried_incident")),
    )
    op.create_index(
        "ix_studio_retried_incident_state", "studio_retried_incident", ["retry_id", "state", "incident_id"]
    )


def downgrade() -> None:
    op.drop_table("studio_retried_incident")
    op.drop_table("studio_retry")
    with op.batch_alter_table("process_event") as events:
        events.drop_column("due_at")
