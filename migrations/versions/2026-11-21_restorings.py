"""Count restorings of cases apart from reopenings after closure: each has a rule of its own."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_02"
down_revision = "20261121_01"
branch_labels = None
depends_on = None

# A reopening was a restoring where the last end before it, by the case's timeline, was not a closure.
RECKON = """
UPDATE "case" SET restore_count = (
    SELECT count(*) FROM timeline_entry AS again
    WHERE again.case_id = "case".id AND again.act = 'reopening' AND (
        SELECT earlier.act FROM timeline_entry AS earlier
        WHERE earlier.case_id = again.case_id AND earlier.id < again.id AND earlier.act IN (
            'closure', 'self_handling_approval', 'rejection', 'voiding', 'merger', 'transfer'
        )
        ORDER BY earlier.id DESC LIMIT 1
    ) IN ('rejection', 'voiding', 'merger', 'transfer')
)
WHERE reopen_count > 0
"""


def upgrade() -> None:
    with op.batch_alter_table("case") as table:
        table.add_column(sa.Column("restore_count", sa.Integer(), server_default="0", nullable=False))
    op.execute(RECKON)


def downgrade() -> None:
    with op.batch_alter_table("case") as table:
        table.drop_column("restore_count")
