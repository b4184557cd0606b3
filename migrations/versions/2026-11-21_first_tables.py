"""First tables: the whole spine, from departments to the monthly assessment."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_01"
down_revision = None
branch_labels = None
depends_on = None

# The words that cases are found by: no model describes these tables (engine/cases/search.py).
WORDS = {
    "sqlite": ["CREATE VIRTUAL TABLE case_words USING fts5(words)"],
    "postgresql": [
        'CREATE TABLE case_words (case_id bigint PRIMARY KEY REFERENCES "case" (id) ON DELETE CASCADE, '
        "words tsvector NOT NULL)",
        "CREATE INDEX ix_case_words ON case_words USING gin (words)",
    ],
}


def upgrade() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("is_standard", sa.Boolean(), nullable=False),
        sa.Column("fixed_holidays", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("name", name=op.f("uq_calendar_name")),
    )
    op.create_table(
        "case_day_number",
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "day", name=op.f("pk_case_day_number")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_system", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("major_code", sa.String(length=4), nullable=False),
        sa.Column("major_name", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("pinyin", sa.String(length=60), nullable=False),
        sa.Column("dept_type", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("geometry", sa.String(length=8), nullable=False),
        sa.Column("other_code", sa.String(length=8), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code_system", "kind", "code", name=op.f("uq_category_code_system_kind_code")),
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index("ix_category_major", ["code_system", "kind", "major_code"], unique=False)
        batch_op.create_index("ix_category_other", ["other_code", "kind"], unique=False)

    op.create_table(
        "department",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("short_name", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("successor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("legacy_code", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["department.id"], name=op.f("fk_department_parent_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["department.id"], name=op.f("fk_department_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("code", name=op.f("uq_department_code")),
    )
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_department_legacy_code"), ["legacy_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_department_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_department_path"), ["path"], unique=False)
        batch_op.create_index(batch_op.f("ix_department_region_code"), ["region_code"], unique=False)

    op.create_table(
        "grid_stamp",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_stamp")),
    )
    op.create_table(
        "map_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_line")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("outline", sa.JSON(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_region_parent_code"), ["parent_code"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("code", name=op.f("uq_role_code")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("pinyin", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=True),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("username", name=op.f("uq_user_username")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phase", sa.String(length=14), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("device", sa.String(length=80), nullable=True),
        sa.Column("uploaded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_attachment_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_sha256"), ["sha256"], unique=False)
        batch_op.create_index("ix_attachment_subject", ["subject_kind", "subject_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_uploaded_by_id"), ["uploaded_by_id"], unique=False)

    op.create_table(
        "audit_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_name", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=True),
        sa.Column("object_id", sa.String(length=80), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_audit_record_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_record")),
    )
    with op.batch_alter_table("audit_record", schema=None) as batch_op:
        batch_op.create_index("ix_audit_record_action_at", ["action", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_record_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_record_object", ["object_kind", "object_id", "at"], unique=False)
        batch_op.create_index("ix_audit_record_user_at", ["user_id", "at"], unique=False)

    op.create_table(
        "calendar_exception",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_exception_calendar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_exception")),
        sa.UniqueConstraint("calendar_id", "date", name=op.f("uq_calendar_exception_calendar_id_date")),
    )
    with op.batch_alter_table("calendar_exception", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_exception_calendar_date", ["calendar_id", "date"], unique=False)

    op.create_table(
        "calendar_segment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("season_from", sa.String(length=5), nullable=True),
        sa.Column("season_to", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_segment_calendar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_segment")),
    )
    with op.batch_alter_table("calendar_segment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_segment_calendar_id"), ["calendar_id"], unique=False)

    op.create_table(
        "calendar_year",
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_year_calendar_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_calendar_year_published_by_id")),
        sa.PrimaryKeyConstraint("calendar_id", "year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("limit_value", sa.Double(), nullable=False),
        sa.Column("limit_unit", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amber_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_clock_calendar_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_clock_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index(
            "ix_clock_calendar",
            ["calendar_id", "calendar_version"],
            unique=False,
            sqlite_where=sa.text("state <> 'stopped'"),
            postgresql_where=sa.text("state <> 'stopped'"),
        )
        batch_op.create_index("ix_clock_department_due", ["department_id", "due_at"], unique=False)
        batch_op.create_index(
            "ix_clock_provisional",
            ["calendar_id", "calendar_version"],
            unique=False,
            sqlite_where=sa.text("is_provisional"),
            postgresql_where=sa.text("is_provisional"),
        )
        batch_op.create_index(
            "ix_clock_running_amber",
            ["amber_at"],
            unique=False,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.create_index(
            "ix_clock_running_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.create_index("ix_clock_subject", ["subject_kind", "subject_id", "name"], unique=False)
        batch_op.create_index(
            "uq_clock_open",
            ["subject_kind", "subject_id", "name"],
            unique=True,
            sqlite_where=sa.text("state <> 'stopped'"),
            postgresql_where=sa.text("state <> 'stopped'"),
        )

    op.create_table(
        "filing_condition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("limit_value", sa.Double(), nullable=False),
        sa.Column("limit_unit", sa.String(length=20), nullable=False),
        sa.Column("clock", sa.String(length=12), nullable=False),
        sa.Column("closing_standard", sa.String(length=200), nullable=False),
        sa.Column("limit_a", sa.Double(), nullable=False),
        sa.Column("limit_b", sa.Double(), nullable=False),
        sa.Column("limit_c", sa.Double(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_filing_condition_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_condition")),
        sa.UniqueConstraint("category_id", "number", name=op.f("uq_filing_condition_category_id_number")),
    )
    op.create_table(
        "form_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("entered", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_form_draft_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_draft")),
    )
    with op.batch_alter_table("form_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_draft_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_form_draft_user_id"), ["user_id"], unique=False)

    op.create_table(
        "monthly_assessment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_monthly_assessment_by_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_monthly_assessment_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_assessment")),
        sa.UniqueConstraint("period", name=op.f("uq_monthly_assessment_period")),
    )
    op.create_table(
        "process_definition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_process_definition_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_process_definition_key_version")),
    )
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.create_index("ix_process_definition_key_state", ["key", "state"], unique=False)

    op.create_table(
        "responsibility_grid",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_responsibility_grid_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility_grid")),
        sa.UniqueConstraint("code", name=op.f("uq_responsibility_grid_code")),
    )
    with op.batch_alter_table("responsibility_grid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_responsibility_grid_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_responsibility_grid_region_code"), ["region_code"], unique=False)

    op.create_table(
        "role_permission",
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("permission", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_permission_role_id")),
        sa.PrimaryKeyConstraint("role_id", "permission", name=op.f("pk_role_permission")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_search_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("user_id", "page", "name", name=op.f("uq_saved_search_user_id_page_name")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_setting_changed_by_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "clock_fact",
        sa.Column("clock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_clock_fact_by_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_fact_clock_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_clock_fact_department_id")),
        sa.PrimaryKeyConstraint("clock_id", "seq", name=op.f("pk_clock_fact")),
    )
    op.create_table(
        "dispatch_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("code_system", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("major_code", sa.String(length=4), nullable=True),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("street_code", sa.String(length=12), nullable=True),
        sa.Column("responsibility_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("allows_auto", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_dispatch_rule_category_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_dispatch_rule_created_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_dispatch_rule_department_id")),
        sa.ForeignKeyConstraint(
            ["owner_department_id"], ["department.id"], name=op.f("fk_dispatch_rule_owner_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["responsibility_grid_id"], ["responsibility_grid.id"], name=op.f("fk_dispatch_rule_responsibility_grid_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_rule")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_dispatch_rule_number_version")),
    )
    with op.batch_alter_table("dispatch_rule", schema=None) as batch_op:
        batch_op.create_index("ix_dispatch_rule_category", ["category_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispatch_rule_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_dispatch_rule_major", ["code_system", "kind", "major_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispatch_rule_superseded_at"), ["superseded_at"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("responsibility_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_post_department_id")),
        sa.ForeignKeyConstraint(
            ["responsibility_grid_id"], ["responsibility_grid.id"], name=op.f("fk_post_responsibility_grid_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_post_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_post_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint(
            "user_id",
            "department_id",
            "role_id",
            "responsibility_grid_id",
            name=op.f("uq_post_user_id_department_id_role_id_responsibility_grid_id"),
        ),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_responsibility_grid_id"), ["responsibility_grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_role_id"), ["role_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_user_id"), ["user_id"], unique=False)

    op.create_table(
        "process_instance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_process_instance_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_process_instance_definition_id"), ["definition_id"], unique=False)
        batch_op.create_index("ix_process_instance_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "unit_grid",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=15), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("min_lng", sa.Double(), nullable=False),
        sa.Column("min_lat", sa.Double(), nullable=False),
        sa.Column("max_lng", sa.Double(), nullable=False),
        sa.Column("max_lat", sa.Double(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("area_class", sa.String(length=1), nullable=False),
        sa.Column("responsibility_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["responsibility_grid_id"], ["responsibility_grid.id"], name=op.f("fk_unit_grid_responsibility_grid_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_grid")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_grid_code")),
    )
    with op.batch_alter_table("unit_grid", schema=None) as batch_op:
        batch_op.create_index("ix_unit_grid_box", ["min_lng", "max_lng", "min_lat", "max_lat"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_grid_community_code"), ["community_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_grid_region_code"), ["region_code"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_unit_grid_responsibility_grid_id"), ["responsibility_grid_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_unit_grid_street_code"), ["street_code"], unique=False)

    op.create_table(
        "component",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("code_system", sa.String(length=40), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("competent_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("maintainer_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("initial_date", sa.Date(), nullable=True),
        sa.Column("change_date", sa.Date(), nullable=True),
        sa.Column("old_code", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_component_category_id")),
        sa.ForeignKeyConstraint(
            ["competent_department_id"], ["department.id"], name=op.f("fk_component_competent_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["maintainer_department_id"], ["department.id"], name=op.f("fk_component_maintainer_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_department_id"], ["department.id"], name=op.f("fk_component_owner_department_id")
        ),
        sa.ForeignKeyConstraint(["unit_grid_id"], ["unit_grid.id"], name=op.f("fk_component_unit_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_component")),
        sa.UniqueConstraint("code", name=op.f("uq_component_code")),
    )
    with op.batch_alter_table("component", schema=None) as batch_op:
        batch_op.create_index("ix_component_category", ["category_id", "unit_grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_component_old_code"), ["old_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_component_owner_department_id"), ["owner_department_id"], unique=False)
        batch_op.create_index("ix_component_place", ["lat", "lng"], unique=False)
        batch_op.create_index(batch_op.f("ix_component_unit_grid_id"), ["unit_grid_id"], unique=False)

    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("timer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_incident_instance_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user.id"], name=op.f("fk_incident_resolved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_incident_resolved_opened", ["resolved_at", "opened_at"], unique=False)

    op.create_table(
        "open_task",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=80), nullable=True),
        sa.Column("form", sa.String(length=80), nullable=True),
        sa.Column("act", sa.String(length=80), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("group_name", sa.String(length=80), nullable=True),
        sa.Column("assignee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amber_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_open_task_assignee_id")),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"], name=op.f("fk_open_task_definition_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_open_task_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_task")),
    )
    with op.batch_alter_table("open_task", schema=None) as batch_op:
        batch_op.create_index("ix_open_task_assignee_due", ["assignee_id", "due_at"], unique=False)
        batch_op.create_index("ix_open_task_group_due", ["group_name", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_task_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_open_task_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "open_timer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("clock", sa.String(length=80), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_open_timer_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_timer")),
    )
    with op.batch_alter_table("open_timer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_timer_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_timer_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_open_timer_subject", ["subject_kind", "subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_timer_task_id"), ["task_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_outbox_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_outbox_state_next", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_task_id"), ["task_id"], unique=False)

    op.create_table(
        "process_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("node", sa.String(length=120), nullable=True),
        sa.Column("task_id", sa.String(length=32), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_process_event_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_process_event_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_event")),
    )
    with op.batch_alter_table("process_event", schema=None) as batch_op:
        batch_op.create_index("ix_process_event_instance", ["instance_id", "id"], unique=False)

    op.create_table(
        "case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_system", sa.String(length=40), nullable=True),
        sa.Column("source_no", sa.String(length=80), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("location_level", sa.String(length=12), nullable=False),
        sa.Column("unit_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("responsibility_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("street_code", sa.String(length=12), nullable=True),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("filing_condition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("area_class", sa.String(length=1), nullable=False),
        sa.Column("component_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmation_result", sa.String(length=12), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("is_self_handled", sa.Boolean(), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handler_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reported_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("limit_value", sa.Double(), nullable=True),
        sa.Column("limit_unit", sa.String(length=20), nullable=True),
        sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amber_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_state", sa.String(length=10), nullable=False),
        sa.Column("due_is_provisional", sa.Boolean(), nullable=False),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("rework_count", sa.Integer(), nullable=False),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("extension_count", sa.Integer(), nullable=False),
        sa.Column("photo_count", sa.Integer(), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_case_category_id")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_case_component_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_case_department_id")),
        sa.ForeignKeyConstraint(
            ["filing_condition_id"], ["filing_condition.id"], name=op.f("fk_case_filing_condition_id")
        ),
        sa.ForeignKeyConstraint(["handler_id"], ["user.id"], name=op.f("fk_case_handler_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["case.id"], name=op.f("fk_case_merged_into_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["user.id"], name=op.f("fk_case_reported_by_id")),
        sa.ForeignKeyConstraint(
            ["responsibility_grid_id"], ["responsibility_grid.id"], name=op.f("fk_case_responsibility_grid_id")
        ),
        sa.ForeignKeyConstraint(["unit_grid_id"], ["unit_grid.id"], name=op.f("fk_case_unit_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
        sa.UniqueConstraint("source_system", "source_no", name=op.f("uq_case_source_system_source_no")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index("ix_case_category_reported", ["category_id", "reported_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_component_id"), ["component_id"], unique=False)
        batch_op.create_index("ix_case_department_reported", ["department_id", "reported_at"], unique=False)
        batch_op.create_index("ix_case_department_stage_due", ["department_id", "stage", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_filed_at"), ["filed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_first_due_at"), ["first_due_at"], unique=False)
        batch_op.create_index("ix_case_grid_reported", ["responsibility_grid_id", "reported_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_handler_id"), ["handler_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index("ix_case_place", ["lat", "lng"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_region_code"), ["region_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_reported_at"), ["reported_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_reported_by_id"), ["reported_by_id"], unique=False)
        batch_op.create_index("ix_case_stage_due", ["stage", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_unit_grid_id"), ["unit_grid_id"], unique=False)

    op.create_table(
        "case_reporter",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("wants_call_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_reporter_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_reporter")),
    )
    op.create_table(
        "case_return",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_return_case_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_case_return_decided_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_case_return_department_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["user.id"], name=op.f("fk_case_return_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_return")),
    )
    with op.batch_alter_table("case_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_return_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_return_department_id"), ["department_id"], unique=False)

    op.create_table(
        "dispatch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("rule_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rule_version", sa.Integer(), nullable=True),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_dispatch_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_dispatch_case_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_dispatch_department_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["dispatch_rule.id"], name=op.f("fk_dispatch_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
    )
    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispatch_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispatch_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_dispatch_department_at", ["department_id", "at"], unique=False)

    op.create_table(
        "handling",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handler_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("feedback_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_handling_case_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_handling_department_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["user.id"], name=op.f("fk_handling_handler_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling")),
    )
    with op.batch_alter_table("handling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handling_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handling_handler_id"), ["handler_id"], unique=False)

    op.create_table(
        "involvement",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_involvement_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_involvement_user_id")),
        sa.PrimaryKeyConstraint("case_id", "user_id", "part", name=op.f("pk_involvement")),
    )
    with op.batch_alter_table("involvement", schema=None) as batch_op:
        batch_op.create_index("ix_involvement_user_case", ["user_id", "case_id"], unique=False)

    op.create_table(
        "satisfaction_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("is_justified", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_satisfaction_call_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_satisfaction_call_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction_call")),
    )
    with op.batch_alter_table("satisfaction_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_satisfaction_call_case_id"), ["case_id"], unique=False)

    op.create_table(
        "timeline_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_timeline_entry_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_timeline_entry_case_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_timeline_entry_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entry")),
    )
    with op.batch_alter_table("timeline_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timeline_entry_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_timeline_entry_case_at", ["case_id", "at", "id"], unique=False)

    op.create_table(
        "verification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("verifier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_verification_case_id")),
        sa.ForeignKeyConstraint(["verifier_id"], ["user.id"], name=op.f("fk_verification_verifier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    with op.batch_alter_table("verification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verification_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verification_verifier_id"), ["verifier_id"], unique=False)
    for statement in WORDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE case_words")

    with op.batch_alter_table("verification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verification_verifier_id"))
        batch_op.drop_index(batch_op.f("ix_verification_case_id"))

    op.drop_table("verification")
    with op.batch_alter_table("timeline_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_timeline_entry_case_at")
        batch_op.drop_index(batch_op.f("ix_timeline_entry_by_id"))

    op.drop_table("timeline_entry")
    with op.batch_alter_table("satisfaction_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_satisfaction_call_case_id"))

    op.drop_table("satisfaction_call")
    with op.batch_alter_table("involvement", schema=None) as batch_op:
        batch_op.drop_index("ix_involvement_user_case")

    op.drop_table("involvement")
    with op.batch_alter_table("handling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handling_handler_id"))
        batch_op.drop_index(batch_op.f("ix_handling_case_id"))

    op.drop_table("handling")
    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.drop_index("ix_dispatch_department_at")
        batch_op.drop_index(batch_op.f("ix_dispatch_case_id"))
        batch_op.drop_index(batch_op.f("ix_dispatch_at"))

    op.drop_table("dispatch")
    with op.batch_alter_table("case_return", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_return_department_id"))
        batch_op.drop_index(batch_op.f("ix_case_return_case_id"))

    op.drop_table("case_return")
    op.drop_table("case_reporter")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_unit_grid_id"))
        batch_op.drop_index("ix_case_stage_due")
        batch_op.drop_index(batch_op.f("ix_case_reported_by_id"))
        batch_op.drop_index(batch_op.f("ix_case_reported_at"))
        batch_op.drop_index(batch_op.f("ix_case_region_code"))
        batch_op.drop_index("ix_case_place")
        batch_op.drop_index(batch_op.f("ix_case_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_case_instance_id"))
        batch_op.drop_index(batch_op.f("ix_case_handler_id"))
        batch_op.drop_index("ix_case_grid_reported")
        batch_op.drop_index(batch_op.f("ix_case_first_due_at"))
        batch_op.drop_index(batch_op.f("ix_case_filed_at"))
        batch_op.drop_index(batch_op.f("ix_case_ended_at"))
        batch_op.drop_index(batch_op.f("ix_case_due_at"))
        batch_op.drop_index("ix_case_department_stage_due")
        batch_op.drop_index("ix_case_department_reported")
        batch_op.drop_index(batch_op.f("ix_case_component_id"))
        batch_op.drop_index(batch_op.f("ix_case_closed_at"))
        batch_op.drop_index("ix_case_category_reported")

    op.drop_table("case")
    with op.batch_alter_table("process_event", schema=None) as batch_op:
        batch_op.drop_index("ix_process_event_instance")

    op.drop_table("process_event")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_task_id"))
        batch_op.drop_index("ix_outbox_state_next")
        batch_op.drop_index(batch_op.f("ix_outbox_instance_id"))

    op.drop_table("outbox")
    with op.batch_alter_table("open_timer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_open_timer_task_id"))
        batch_op.drop_index("ix_open_timer_subject")
        batch_op.drop_index(batch_op.f("ix_open_timer_instance_id"))
        batch_op.drop_index(batch_op.f("ix_open_timer_due_at"))

    op.drop_table("open_timer")
    with op.batch_alter_table("open_task", schema=None) as batch_op:
        batch_op.drop_index("ix_open_task_subject")
        batch_op.drop_index(batch_op.f("ix_open_task_instance_id"))
        batch_op.drop_index("ix_open_task_group_due")
        batch_op.drop_index("ix_open_task_assignee_due")

    op.drop_table("open_task")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_resolved_opened")
        batch_op.drop_index(batch_op.f("ix_incident_instance_id"))

    op.drop_table("incident")
    with op.batch_alter_table("component", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_component_unit_grid_id"))
        batch_op.drop_index("ix_component_place")
        batch_op.drop_index(batch_op.f("ix_component_owner_department_id"))
        batch_op.drop_index(batch_op.f("ix_component_old_code"))
        batch_op.drop_index("ix_component_category")

    op.drop_table("component")
    with op.batch_alter_table("unit_grid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_grid_street_code"))
        batch_op.drop_index(batch_op.f("ix_unit_grid_responsibility_grid_id"))
        batch_op.drop_index(batch_op.f("ix_unit_grid_region_code"))
        batch_op.drop_index(batch_op.f("ix_unit_grid_community_code"))
        batch_op.drop_index("ix_unit_grid_box")

    op.drop_table("unit_grid")
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index("ix_process_instance_subject")
        batch_op.drop_index(batch_op.f("ix_process_instance_definition_id"))

    op.drop_table("process_instance")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_user_id"))
        batch_op.drop_index(batch_op.f("ix_post_role_id"))
        batch_op.drop_index(batch_op.f("ix_post_responsibility_grid_id"))
        batch_op.drop_index(batch_op.f("ix_post_department_id"))

    op.drop_table("post")
    with op.batch_alter_table("dispatch_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispatch_rule_superseded_at"))
        batch_op.drop_index("ix_dispatch_rule_major")
        batch_op.drop_index(batch_op.f("ix_dispatch_rule_department_id"))
        batch_op.drop_index("ix_dispatch_rule_category")

    op.drop_table("dispatch_rule")
    op.drop_table("clock_fact")
    op.drop_table("setting")
    op.drop_table("saved_search")
    op.drop_table("role_permission")
    with op.batch_alter_table("responsibility_grid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_responsibility_grid_region_code"))
        batch_op.drop_index(batch_op.f("ix_responsibility_grid_department_id"))

    op.drop_table("responsibility_grid")
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.drop_index("ix_process_definition_key_state")

    op.drop_table("process_definition")
    op.drop_table("monthly_assessment")
    with op.batch_alter_table("form_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_draft_user_id"))
        batch_op.drop_index(batch_op.f("ix_form_draft_at"))

    op.drop_table("form_draft")
    op.drop_table("filing_condition")
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_clock_open", sqlite_where=sa.text("state <> 'stopped'"), postgresql_where=sa.text("state <> 'stopped'")
        )
        batch_op.drop_index("ix_clock_subject")
        batch_op.drop_index(
            "ix_clock_running_due",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.drop_index(
            "ix_clock_running_amber",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.drop_index(
            "ix_clock_provisional", sqlite_where=sa.text("is_provisional"), postgresql_where=sa.text("is_provisional")
        )
        batch_op.drop_index("ix_clock_department_due")
        batch_op.drop_index(
            "ix_clock_calendar",
            sqlite_where=sa.text("state <> 'stopped'"),
            postgresql_where=sa.text("state <> 'stopped'"),
        )

    op.drop_table("clock")
    op.drop_table("calendar_year")
    with op.batch_alter_table("calendar_segment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_segment_calendar_id"))

    op.drop_table("calendar_segment")
    with op.batch_alter_table("calendar_exception", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_exception_calendar_date")

    op.drop_table("calendar_exception")
    with op.batch_alter_table("audit_record", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_record_user_at")
        batch_op.drop_index("ix_audit_record_object")
        batch_op.drop_index(batch_op.f("ix_audit_record_at"))
        batch_op.drop_index("ix_audit_record_action_at")

    op.drop_table("audit_record")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_uploaded_by_id"))
        batch_op.drop_index("ix_attachment_subject")
        batch_op.drop_index(batch_op.f("ix_attachment_sha256"))

    op.drop_table("attachment")
    op.drop_table("user")
    op.drop_table("role")
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_parent_code"))

    op.drop_table("region")
    op.drop_table("map_line")
    op.drop_table("grid_stamp")
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_department_region_code"))
        batch_op.drop_index(batch_op.f("ix_department_path"))
        batch_op.drop_index(batch_op.f("ix_department_parent_id"))
        batch_op.drop_index(batch_op.f("ix_department_legacy_code"))

    op.drop_table("department")
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_index("ix_category_other")
        batch_op.drop_index("ix_category_major")

    op.drop_table("category")
    op.drop_table("case_day_number")
    op.drop_table("calendar")
