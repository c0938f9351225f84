"""API keys: what backends show instead of a token of their site's key."""

import sqlalchemy as sa
from alembic import op

from app.lib.db import Key, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("workspace", Key(), nullable=False),
        sa.Column("site", Key(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("api_keys_pkey")),
        sa.UniqueConstraint("id", name=op.f("api_keys_id_key")),
    )
