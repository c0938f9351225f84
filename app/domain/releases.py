"""The releases a process holds: each workspace's active one, and older ones that tokens name."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from app.domain.heads import Head, find_release, list_heads
from app.domain.release import Paused, Release
from app.domain.sites import Site
from app.domain.stored import from_bytes
from app.domain.theme_sheets import ThemeSheet
from app.lib.db import Database, DatabaseError

__all__ = ["Paused", "Release", "Releases", "UnknownRelease"]

OLDER_KEPT = 32
SHEETS_KEPT = 1024
SECONDS = 1.0
SPREAD = 0.2

Tell = Callable[[str, Mapping[str, Any]], None]


class UnknownRelease(Exception):
    """There is no release of that number, or this version of the program cannot read it."""


class Releases:
    """What every request reads, without a query; `poll` brings what was published elsewhere.

    `tell(event, details)` is told of what went wrong; nothing personal is in it.
    """

    def __init__(self, database: Database, tell: Tell = lambda _event, _details: None) -> None:
        self._database = database
        self._tell = tell
        self._heads: dict[str, Head] = {}
        self._active: dict[str, Release] = {}
        self._sites: dict[str, tuple[Release, str, Site]] = {}
        self._older: OrderedDict[tuple[str, int], Release] = OrderedDict()
        self._sheets: OrderedDict[tuple[str, str], ThemeSheet] = OrderedDict()
        self._looked = 0.0
        self._is_away = False

    def active(self, workspace: str) -> Release | None:
        return self._active.get(workspace)

    def workspaces(self) -> tuple[str, ...]:
        """The keys of all workspaces that have an active release."""
        return tuple(self._active)

    def find_site(self, public_id: str) -> tuple[Release, str, Site] | None:
        """The active release, key and site of a public id, `workspace.site`."""
        return self._sites.get(public_id)

    async def find_sheet(self, public_id: str, name: str) -> ThemeSheet | None:
        """The sheet of a site's theme, now or a while ago. None when there is none.

        A page of another process may be of a release that comes here within the second: then it
        is looked for at once, though not for everybody who asks for what never was.
        """
        found = self._sheet(public_id, name)
        if found or public_id not in self._sites or time.monotonic() < self._looked + SECONDS:
            return found
        self._looked = time.monotonic()
        await self.poll()
        return self._sheet(public_id, name)

    def _sheet(self, public_id: str, name: str) -> ThemeSheet | None:
        if public_id in self._sites:
            release, key, _ = self._sites[public_id]
            active = release.theme_sheet(key)
            if active.name == name:
                return active
        return self._sheets.get((public_id, name))

    async def poll(self) -> None:
        """Load what changed. When the database is away or a row is broken, what is held stays."""
        try:
            heads = await self._database.read(list_heads)
            for head in heads:
                if self._heads.get(head.workspace) != head:
                    await self._follow(head)
        except Exception as error:  # whatever it was, the process goes on with what it holds
            self._say_once(error)
        else:
            self._is_away = False

    async def load(self, workspace: str, number: int) -> Release:
        """The release of that number, perhaps an older one. Raises UnknownRelease."""
        active = self._active.get(workspace)
        if active and active.number == number:
            return active
        key = (workspace, number)
        if key not in self._older:
            self._older[key] = await self._read(workspace, number, Paused())
            while len(self._older) > OLDER_KEPT:
                self._older.popitem(last=False)
        self._older.move_to_end(key)
        return self._older[key]

    async def watch(self) -> None:
        """Poll each second, more or less, until cancelled."""
        while True:
            await asyncio.sleep(SECONDS * random.uniform(1 - SPREAD, 1 + SPREAD))
            await self.poll()

    async def _follow(self, head: Head) -> None:
        held = self._active.get(head.workspace)
        try:
            if head.active is None:
                return
            if held and held.number == head.active:
                self._hold(held.silenced(head.paused))
            else:
                self._hold(await self._read(head.workspace, head.active, head.paused))
        except UnknownRelease:
            details = {"workspace": head.workspace, "release": head.active}
            self._tell("release_not_readable", details)
        # Only now: a database that went away between is asked again. A broken row is not.
        self._heads[head.workspace] = head

    async def _read(self, workspace: str, number: int, paused: Paused) -> Release:
        body = await self._database.read(find_release, workspace, number)
        if body is None:
            raise UnknownRelease(f"{workspace} has no release {number}")
        try:
            return await asyncio.to_thread(lambda: Release.stored(from_bytes(body), number, paused))
        except ValueError:
            # Without its cause: a newer program's document may say anything.
            raise UnknownRelease(f"release {number} of {workspace} cannot be read") from None

    def _hold(self, release: Release) -> None:
        if former := self._active.get(release.workspace):
            self._keep_sheets(former)
        self._active[release.workspace] = release
        others = {k: v for k, v in self._sites.items() if v[0].workspace != release.workspace}
        sites = release.document.sites.items()
        own = {f"{release.workspace}.{key}": (release, key, site) for key, site in sites}
        self._sites = {**others, **own}

    def _keep_sheets(self, release: Release) -> None:
        """Pages that were made with a release ask for its sheets when another one is active."""
        for key in release.document.sites:
            sheet = release.theme_sheet(key)
            kept = f"{release.workspace}.{key}", sheet.name
            self._sheets[kept] = sheet
            self._sheets.move_to_end(kept)
        while len(self._sheets) > SHEETS_KEPT:
            self._sheets.popitem(last=False)

    def _say_once(self, error: Exception) -> None:
        if not self._is_away:
            code = error.code if isinstance(error, DatabaseError) else None
            self._tell("releases_not_polled", {"error": type(error).__name__, "code": code})
        self._is_away = True
