"""Publishing: a document becomes an immutable release, in one transaction, or nothing changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.heads import Head, find_head, find_release, list_heads, lock_head
from app.domain.release import Paused, Release
from app.domain.stored import (
    Stored,
    allot_ids,
    digest_of,
    from_bytes,
    stored_of,
    to_bytes,
    written,
)
from app.domain.tables import attributes, drafts, releases, workspaces
from app.domain.workspace import Workspace

__all__ = ["Published", "apply_at_start", "find_release", "list_heads", "preview", "publish"]


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a document: the number of the release that holds it, and whether it is new."""

    number: int
    is_new: bool


def publish(
    connection: Connection,
    document: Workspace,
    *,
    author: str,
    note: str,
    source: str,
    at: datetime,
) -> Published:
    """Make the document the active release; one that equals it already publishes nothing.

    The document has been checked. Two that publish at once queue, and get numbers in their order.
    """
    head = lock_head(connection, document.workspace)
    digest = digest_of(document)
    if head.active is not None and digest == _digest(connection, head.workspace, head.active):
        return Published(head.active, is_new=False)
    stored, number = _stored_next(connection, head, document)
    connection.execute(
        insert(releases).values(
            workspace=head.workspace,
            number=number,
            digest=digest,
            document=to_bytes(stored),
            source=source,
            at=at,
            author=author,
            note=note,
        )
    )
    _keep_ids(connection, head.workspace, number, stored)
    _replace_draft(connection, document, source, at)
    _activate(connection, head.workspace, number)
    return Published(number, is_new=True)


def apply_at_start(
    connection: Connection, document: Workspace, *, source: str, at: datetime, force: bool = False
) -> Published | None:
    """Apply a file as a process starts, once for all processes; None when it is an old one.

    A document that equals an earlier release is left, unless forced: a restarted old process must
    not roll back what was published since. The workspace is managed by file from then on.
    """
    head = lock_head(connection, document.workspace)
    connection.execute(
        update(workspaces)
        .where(workspaces.c.workspace == head.workspace)
        .values(is_managed_by_file=True)
    )
    digest = digest_of(document)
    is_active = head.active and digest == _digest(connection, head.workspace, head.active)
    if not (force or is_active) and _was_published(connection, head.workspace, digest):
        return None
    return publish(
        connection, document, author="file", note="applied at start", source=source, at=at
    )


def _digest(connection: Connection, workspace: str, number: int) -> str | None:
    digest: str | None = connection.scalar(
        select(releases.c.digest).where(
            releases.c.workspace == workspace, releases.c.number == number
        )
    )
    return digest


def _was_published(connection: Connection, workspace: str, digest: str) -> bool:
    return bool(
        connection.scalar(
            select(func.count()).where(
                releases.c.workspace == workspace, releases.c.digest == digest
            )
        )
    )


def preview(connection: Connection, document: Workspace) -> Release:
    """The release that publishing the document would make, with the ids it would have there."""
    head = find_head(connection, document.workspace)
    head = head or Head(document.workspace, 0, None, Paused())
    stored, number = _stored_next(connection, head, document)
    return Release.stored(stored, number, head.paused)


def _stored_next(connection: Connection, head: Head, document: Workspace) -> tuple[Stored, int]:
    last = connection.scalar(
        select(func.max(releases.c.number)).where(releases.c.workspace == head.workspace)
    )
    newest = _read(connection, head.workspace, last)
    active = newest if head.active == last else _read(connection, head.workspace, head.active)
    former = dict(_former_ids(connection, head.workspace))
    ids, next_id = allot_ids(
        document,
        active.ids if active else {},
        former,
        newest.next_id if newest else 1,
    )
    return stored_of(document, ids, next_id), (last or 0) + 1


def _read(connection: Connection, workspace: str, number: int | None) -> Stored | None:
    body = find_release(connection, workspace, number) if number is not None else None
    return from_bytes(body) if body else None


def _former_ids(connection: Connection, workspace: str) -> Iterable[tuple[str, int]]:
    rows = connection.execute(
        select(attributes.c.key, attributes.c.id).where(attributes.c.workspace == workspace)
    )
    return ((row.key, row.id) for row in rows)


def _keep_ids(connection: Connection, workspace: str, number: int, stored: Stored) -> None:
    if not stored.ids:
        return
    rows = [
        {"workspace": workspace, "key": key, "id": id_, "release": number}
        for key, id_ in stored.ids.items()
    ]
    keep = insert(attributes)
    connection.execute(
        keep.on_conflict_do_update(
            index_elements=["workspace", "key"],
            set_={"id": keep.excluded.id, "release": keep.excluded.release},
            where=attributes.c.id != keep.excluded.id,
        ),
        rows,
    )


def _replace_draft(connection: Connection, document: Workspace, source: str, at: datetime) -> None:
    draft = insert(drafts).values(
        workspace=document.workspace,
        version=1,
        source=source,
        document=written(document),
        updated_at=at,
    )
    connection.execute(
        draft.on_conflict_do_update(
            index_elements=["workspace"],
            set_={
                "version": drafts.c.version + 1,
                "source": draft.excluded.source,
                "document": draft.excluded.document,
                "updated_at": draft.excluded.updated_at,
            },
        )
    )


def _activate(connection: Connection, workspace: str, number: int) -> None:
    connection.execute(
        update(workspaces)
        .where(workspaces.c.workspace == workspace)
        .values(active=number, changed=workspaces.c.changed + 1)
    )
