"""The sites that the doctor compares with: those that are published, or those of a file."""

import asyncio
import os
from pathlib import Path

from app.doctor.cases import Ours, sites_of
from app.domain.document import read_document
from app.domain.heads import list_heads, load_active
from app.domain.sites import Site
from app.settings import Settings
from app.terminal import Opened


def published(url: str | None) -> Ours:
    """The sites of every active release in the database. Raises DatabaseError, SettingsError."""
    settings = _settings(url)
    return Ours(settings.url, asyncio.run(_published()), settings.outbound_loopback)


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
    settings = _settings(url)
    return Ours(settings.url, sites_of(document.workspace), settings.outbound_loopback)


def _settings(url: str | None) -> Settings:
    environ = {**os.environ, **({"ASKONCE_URL": url} if url else {})}
    return Settings.from_environment(environ)
