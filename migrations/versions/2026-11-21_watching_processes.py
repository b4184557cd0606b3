"""What counts running and finished cases of each version reads, and the rights to watch and to mend."""

from alembic import op

revision = "20261121_14"
down_revision = "20261121_12"
branch_labels = None
depends_on = None

RIGHTS = ("process.watch", "incident.skip", "process.relocate", "process.end_branch", "process.retime")
GRANT = """
INSERT INTO role_permission (role_id, permission)
SELECT id, '{right}' FROM role WHERE code = 'system_administrator' AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = '{right}'
)
"""


def upgrade() -> None:
    for moment in ("ended", "started"):
        name = f"ix_process_instance_definition_{moment}"
        op.create_index(name, "process_instance", ["definition_id", f"{moment}_at"])
    for right in RIGHTS:
        op.execute(GRANT.format(right=right))


def downgrade() -> None:
    for right in RIGHTS:
        op.execute(f"DELETE FROM role_permission WHERE permission = '{right}'")
    for moment in ("started", "ended"):
        op.drop_index(f"ix_process_instance_definition_{moment}", "process_instance")
