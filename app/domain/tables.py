"""What is stored: the released configuration, the people, and what is about neither.

Every table about people has a key that starts with (workspace, subject), so that PostgreSQL can
be distributed by the subject; nothing joins across subjects. Times are aware UTC, bodies are bytes.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from app.lib.db import Key, UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

# A person's aggregate: everything we know, read and written whole, `version` by compare-and-set.
subjects = Table(
    "subjects",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("subject", Key(), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # Room on the page for the next version of the row, else every save moves it.
    postgresql_with={"fillfactor": "80"},
)

# What an answer became, one row for each attribute changed; the value before is the row before.
# `id` is the row's number in its transaction under the person's version: it orders equal times and
# costs no sequence. The key starts with the person: neighbours share pages, a third less WAL.
history = Table(
    "history",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("subject", Key(), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("attribute", Integer, nullable=False),
    Column("state", Key(), nullable=False),
    # Dropped when the attribute's history ends; the fact stays.
    Column("value", LargeBinary),
    Column("provenance", LargeBinary, nullable=False),
)

# What happened to a person, with ids and names but no values.
events = Table(
    "events",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("subject", Key(), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Key(), nullable=False),
    Column("step", Key()),
    Column("attribute", Integer),
    Column("site", Key(), nullable=False),
    Column("release", Integer),
    Column("details", LargeBinary),
)

# How often something happened in a day, naming nobody; what is not about a step has step "".
# One count is a row for each `lane` (lib/db): a single row would be locked until each writer's
# commit is on the disk, and so let one person save at a time. Read it with sum(n).
counts = Table(
    "counts",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("site", Key(), primary_key=True),
    Column("step", Key(), primary_key=True),
    Column("kind", Key(), primary_key=True),
    Column("lane", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    postgresql_with={"fillfactor": "50"},
)

# A workspace: which release is active, and whether it is silenced. `changed` grows with every
# change, so that one statement tells each process which workspaces to load again.
workspaces = Table(
    "workspaces",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("changed", BigInteger, nullable=False),
    # None until something was published.
    Column("active", Integer),
    Column("is_paused", Boolean, nullable=False),
    # A JSON list of the steps that are silenced one by one.
    Column("paused_steps", Text, nullable=False),
    Column("is_managed_by_file", Boolean, nullable=False),
)

# The id of an attribute, allotted at its first publish and kept through renaming.
attributes = Table(
    "attributes",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("key", Key(), primary_key=True),
    # A renamed attribute and its old key share one id.
    Column("id", Integer, nullable=False),
    # The release that allotted it.
    Column("release", Integer, nullable=False),
)

# The configuration being written, `version` by compare-and-set.
drafts = Table(
    "drafts",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# A published configuration, never changed; tokens name it by number.
releases = Table(
    "releases",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # Of the canonical document: the same configuration has the same digest.
    Column("digest", Key(), nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
)

# One-time entry to the widget: stored hashed, used once, in a statement of its own.
tickets = Table(
    "tickets",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("workspace", Key(), nullable=False),
    Column("site", Key(), nullable=False),
    Column("mode", Key(), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
)

# Assertions that may be used once and were.
jtis = Table(
    "jtis",
    metadata,
    Column("workspace", Key(), primary_key=True),
    Column("site", Key(), primary_key=True),
    Column("jti", Key(), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# What backends show instead of a token of their site's key: stored hashed, good for one site.
api_keys = Table(
    "api_keys",
    metadata,
    # SHA-256 of the whole text.
    Column("hash", LargeBinary, primary_key=True),
    # What it is called where it may be read: the middle of the text.
    Column("id", Key(), nullable=False, unique=True),
    Column("workspace", Key(), nullable=False),
    Column("site", Key(), nullable=False),
    # Words with a space between.
    Column("scopes", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # None: until it is rotated or revoked.
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_on", Date),
)

# Which process does a job at the moment.
leases = Table(
    "leases",
    metadata,
    Column("name", Key(), primary_key=True),
    Column("holder", Key(), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
