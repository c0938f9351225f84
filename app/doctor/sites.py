"""The sites that the doctor compares with: those that are published, or those of a file."""

import asyncio
import os
from pathlib import Path

from app.doctor.cases import Ours
from app.domain.document import read_document
from app.domain.heads import list_heads, load_active
from app.domain.releases import Releases
from app.domain.site_tokens import public_id
from app.domain.sites import Site
from app.domain.workspace import Workspace
from app.settings import Settings
from app.terminal import Opened


def published(url: str | None) -> Ours:
    """The sites of every active release in the database. Raises DatabaseError, SettingsError."""
    return Ours(_ours(url), asyncio.run(_published()))


async def _published() -> dict[str, Site]:
    found: dict[str, Site] = {}
    async with Opened() as database:
        for head in await database.read(list_heads):
            release = await database.read(load_active, head.workspace)
            found |= sites_of(release.document) if release else {}
    return found


def ours_of_file(file: Path, url: str | None) -> Ours:
    """The sites of a document. Raises ValueError with its first mistake."""
    document = read_document(file.read_bytes(), str(file))
    if document.workspace is None:
        raise ValueError(str(document.mistakes[0]))
    return Ours(_ours(url), sites_of(document.workspace))


def sites_of(document: Workspace) -> dict[str, Site]:
    """Every site of a document by its public id."""
    return {public_id(document.workspace, key): site for key, site in document.sites.items()}


def held(releases: Releases, url: str) -> Ours:
    """The sites that a serving process holds."""
    active = [releases.active(name) for name in releases.workspaces()]
    return Ours(url, {k: v for one in active if one for k, v in sites_of(one.document).items()})


def _ours(url: str | None) -> str:
    environ = {**os.environ, **({"ASKONCE_URL": url} if url else {})}
    return Settings.from_environment(environ).url
