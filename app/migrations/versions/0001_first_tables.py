"""The first tables: configuration, people, tickets, leases."""

import sqlalchemy as sa
from alembic import op

from app.lib.db import Key, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attributes",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("key", Key(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key", name=op.f("attributes_pkey")),
    )
    op.create_table(
        "counts",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("site", Key(), nullable=False),
        sa.Column("step", Key(), nullable=False),
        sa.Column("kind", Key(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "day", "site", "step", "kind", "lane", name=op.f("counts_pkey")
        ),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "drafts",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("drafts_pkey")),
    )
    op.create_table(
        "events",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("subject", Key(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", Key(), nullable=False),
        sa.Column("step", Key(), nullable=True),
        sa.Column("attribute", sa.Integer(), nullable=True),
        sa.Column("site", Key(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "subject", "at", "id", name=op.f("events_pkey")),
    )
    op.create_table(
        "history",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("subject", Key(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attribute", sa.Integer(), nullable=False),
        sa.Column("state", Key(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("provenance", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "subject", "at", "id", name=op.f("history_pkey")),
    )
    op.create_table(
        "jtis",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("site", Key(), nullable=False),
        sa.Column("jti", Key(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "site", "jti", name=op.f("jtis_pkey")),
    )
    op.create_index(op.f("jtis_expires_at_idx"), "jtis", ["expires_at"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", Key(), nullable=False),
        sa.Column("holder", Key(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("leases_pkey")),
    )
    op.create_table(
        "releases",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", Key(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "number", name=op.f("releases_pkey")),
    )
    op.create_table(
        "subjects",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("subject", Key(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "subject", name=op.f("subjects_pkey")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "tickets",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("site", Key(), nullable=False),
        sa.Column("mode", Key(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("tickets_pkey")),
    )
    op.create_index(op.f("tickets_expires_at_idx"), "tickets", ["expires_at"], unique=False)
    op.create_table(
        "workspaces",
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("paused_steps", sa.Text(), nullable=False),
        sa.Column("is_managed_by_file", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("workspaces_pkey")),
    )
