"""Groups of moved cases are kept, so that one group can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_19"
down_revision = "20261121_16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_migration_step", sa.Column("group_key", sa.String(16)))
    op.add_column("studio_migration", sa.Column("returning_group", sa.String(16)))
    op.add_column("studio_migration", sa.Column("places", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("studio_migration", "places")
    op.drop_column("studio_migration", "returning_group")
    op.drop_column("process_migration_step", "group_key")
