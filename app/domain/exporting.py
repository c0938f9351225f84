"""Exporting: a document back as text, as its author wrote it, or in the canonical form."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.domain.stored import digest_of, from_bytes, written
from app.domain.tables import releases, workspaces
from app.domain.validating import validate
from app.domain.workspace import Workspace
from app.lib import yaml


@dataclass(frozen=True, slots=True)
class Exported:
    """The active document as text; `is_source` when it is just what its author wrote."""

    text: str
    is_source: bool


def export_active(connection: Connection, workspace: str) -> Exported | None:
    """The text of the active release; None when nothing was published.

    The source comes back while it says what the release says, else the canonical form, in which
    comments are lost. Raises ValueError when this version of the program cannot read the release.
    """
    row = connection.execute(
        select(releases.c.source, releases.c.document)
        .join(workspaces, workspaces.c.workspace == releases.c.workspace)
        .where(workspaces.c.workspace == workspace, releases.c.number == workspaces.c.active)
    ).one_or_none()
    if row is None:
        return None
    document = from_bytes(row.document).workspace()
    if _says_the_same(row.source, document):
        return Exported(row.source, is_source=True)
    return Exported(canonical(document), is_source=False)


def _says_the_same(source: str, document: Workspace) -> bool:
    reading = yaml.read(source.encode())
    read, _ = (None, ()) if reading.flaws else validate(reading.value)
    return read is not None and digest_of(read) == digest_of(document)


def canonical(document: Workspace) -> str:
    """The document as YAML: the keys in the order of the schema, each list and map in its own."""
    value: dict[str, Any] = json.loads(written(document))
    head = {key: part for key, part in value.items() if not isinstance(part, dict)}
    large = [{key: part} for key, part in value.items() if isinstance(part, dict)]
    return "\n".join(yaml.write(section) for section in (head, *large))
