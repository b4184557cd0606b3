"""Messages, their deliveries and preferences."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_08"
down_revision = "20261121_07"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_notice()
    _create_message()
    _create_delivery()
    op.create_table(
        "preference",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_preference_user_id")),
        sa.PrimaryKeyConstraint("user_id", "kind", "channel", name=op.f("pk_preference")),
    )


def _create_notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("user_ids", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("permission", sa.String(length=60), nullable=True),
        sa.Column("except_id", ID, nullable=True),
        *_claimed(),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_notice_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    _create_index("ix_notice_next", "notice", ["next_at"], "next_at IS NOT NULL")


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("once", sa.String(length=200), nullable=True),
        sa.Column("enclosure", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_message_user_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_message_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("once", name=op.f("uq_message_once")),
    )
    op.create_index("ix_message_user", "message", ["user_id", "id"])
    op.create_index(op.f("ix_message_case_id"), "message", ["case_id"])
    op.create_index(op.f("ix_message_created_at"), "message", ["created_at"])
    _create_index("ix_message_unread", "message", ["user_id"], "read_at IS NULL")


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        *_claimed(),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("digest_at", MOMENT, nullable=True),
        sa.Column("digest_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_message_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_delivery_user_id")),
        sa.ForeignKeyConstraint(["digest_id"], ["delivery.id"], name=op.f("fk_delivery_digest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    for column in ("message_id", "user_id", "digest_id"):
        op.create_index(op.f(f"ix_delivery_{column}"), "delivery", [column])
    _create_index("ix_delivery_next", "delivery", ["next_at"], "next_at IS NOT NULL")
    _create_index("ix_delivery_held", "delivery", ["digest_at"], "state = 'held'")
    _create_index("ix_delivery_troubled", "delivery", ["created_at"], "state IN ('failed', 'given_up', 'in_doubt')")


def _claimed() -> tuple["sa.Column[object]", ...]:
    return (
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
    )


def _create_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for table in ("preference", "delivery", "message", "notice"):
        op.drop_table(table)
