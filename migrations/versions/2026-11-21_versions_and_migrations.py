"""Suspended and restored versions, running instances that move between versions, and the rights to both."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_12"
down_revision = "20261121_11"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IS_WORKING = sa.text("state IN ('running', 'returning')")
GRANTS = {
    "process.review": ("director",),
    "process.migrate": ("system_administrator",),
    "process.suspend": ("system_administrator",),
}
GRANT = """
INSERT INTO role_permission (role_id, permission)
SELECT id, '{permission}' FROM role WHERE code = '{role}' AND NOT EXISTS (
    SELECT 1 FROM role_permission AS held WHERE held.role_id = role.id AND held.permission = '{permission}'
)
"""


def columns() -> list[sa.Column]:
    return [
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("reviewed_by_id", ID, nullable=True),
        sa.Column("restores_id", ID, nullable=True),
        sa.Column("suspended_at", MOMENT, nullable=True),
        sa.Column("suspended_by_id", ID, nullable=True),
        sa.Column("suspension_reason", sa.Text(), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    # One by one, not as a batch: on SQLite that would make the table anew, to which running instances refer.
    for column in columns():
        op.add_column("process_definition", column)
    op.create_table(
        "process_migration_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("from_id", ID, nullable=False),
        sa.Column("to_id", ID, nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("dues", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_process_migration_step_instance_id_process_instance")
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], ["process_definition.id"], name=op.f(f"fk_process_migration_step_{name}_process_definition")
            )
            for name in ("from_id", "to_id")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["user.id"], name=op.f(f"fk_process_migration_step_{name}_user"))
            for name in ("by_id", "undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_migration_step")),
    )
    op.create_index("ix_process_migration_step_instance_id", "process_migration_step", ["instance_id"])
    op.create_index("ix_process_migration_step_run", "process_migration_step", ["run_id", "id"])
    op.create_table(
        "studio_migration",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("from_id", ID, nullable=False),
        sa.Column("to_id", ID, nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("last_id", ID, nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], ["process_definition.id"], name=op.f(f"fk_studio_migration_{name}_process_definition")
            )
            for name in ("from_id", "to_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_studio_migration_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio_migration")),
    )
    op.create_index("ix_studio_migration_key", "studio_migration", ["key", "id"])
    op.create_index(
        "uq_studio_migration_working", "studio_migration", ["key"], unique=True,
        sqlite_where=IS_WORKING, postgresql_where=IS_WORKING,
    )
    op.create_table(
        "studio_migration_left",
        sa.Column("migration_id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("is_return", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_studio_migration_left_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["studio_migration.id"], name=op.f("fk_studio_migration_left_migration_id_studio_migration")
        ),
        sa.PrimaryKeyConstraint("migration_id", "instance_id", "is_return", name=op.f("pk_studio_migration_left")),
    )
    for permission, roles in GRANTS.items():
        for role in roles:
            op.execute(GRANT.format(role=role, permission=permission))


def downgrade() -> None:
    for permission in GRANTS:
        op.execute(f"DELETE FROM role_permission WHERE permission = '{permission}'")
    op.drop_table("studio_migration_left")
    op.drop_table("studio_migration")
    op.drop_table("process_migration_step")
    for column in reversed(columns()):
        op.drop_column("process_definition", column.name)
