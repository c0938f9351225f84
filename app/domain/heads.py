"""The workspaces and their releases as rows: which one is active, what is silenced, each body."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from app.domain.release import Paused, Release
from app.domain.stored import from_bytes
from app.domain.tables import releases, workspaces


@dataclass(frozen=True, slots=True)
class Head:
    """A workspace: its active release, what is silenced, and `changed`, which grows with both."""

    workspace: str
    changed: int
    active: int | None
    paused: Paused


_HEADS = select(
    workspaces.c.workspace,
    workspaces.c.changed,
    workspaces.c.active,
    workspaces.c.is_paused,
    workspaces.c.paused_steps,
)


def list_heads(connection: Connection) -> tuple[Head, ...]:
    """Every workspace; one statement."""
    return tuple(_head(row) for row in connection.execute(_HEADS))


def find_head(connection: Connection, workspace: str) -> Head | None:
    """A workspace, if there is one."""
    row = connection.execute(_HEADS.where(workspaces.c.workspace == workspace)).one_or_none()
    return _head(row) if row else None


def lock_head(connection: Connection, workspace: str) -> Head:
    """A workspace, made if need be; whoever else would publish to it waits."""
    new = insert(workspaces).values(
        workspace=workspace,
        changed=0,
        active=None,
        is_paused=False,
        paused_steps="[]",
        is_managed_by_file=False,
    )
    connection.execute(new.on_conflict_do_nothing())
    one = _HEADS.where(workspaces.c.workspace == workspace).with_for_update()
    return _head(connection.execute(one).one())


def _head(row: Any) -> Head:
    steps = frozenset(json.loads(row.paused_steps))
    return Head(row.workspace, row.changed, row.active, Paused(row.is_paused, steps))


def find_release(connection: Connection, workspace: str, number: int) -> bytes | None:
    """The stored body of a release."""
    body: bytes | None = connection.scalar(
        select(releases.c.document).where(
            releases.c.workspace == workspace, releases.c.number == number
        )
    )
    return body


def load_active(connection: Connection, workspace: str) -> Release | None:
    """The active release, compiled. Raises ValueError when it cannot be read."""
    head = find_head(connection, workspace)
    body = find_release(connection, workspace, head.active) if head and head.active else None
    if head is None or head.active is None or body is None:
        return None
    return Release.stored(from_bytes(body), head.active, head.paused)
