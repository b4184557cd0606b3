"""The right to end the process of a case for good, for those who run the house."""

from alembic import op

revision = "20261121_21"
down_revision = "20261121_18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        INSERT INTO role_permission (role_id, permission)
        SELECT id, 'process.cancel' FROM role WHERE code = 'system_administrator' AND NOT EXISTS (
            SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = 'process.cancel'
        )
    """)


def downgrade() -> None:
    op.execute("DELETE FROM role_permission WHERE permission = 'process.cancel'")
