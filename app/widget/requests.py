"""The request: the site and the presentation of its path, its fields, and what is noted of it."""

from collections.abc import Mapping
from typing import Any, Self, cast

import msgspec
from litestar import Request
from litestar.datastructures import State

from app.domain.refusals import Refused
from app.domain.releases import Release
from app.domain.sites import Mode, Site
from app.domain.tokens import Presentation
from app.lib.body import arriving, read_form
from app.lib.db import DatabaseError
from app.lib.observing import note
from app.runtime import Runtime
from app.widget.visits import Body

AppRequest = Request[Any, Any, State]
PRESENTATIONS = ("2", "4", "frame")


def runtime_of(request: AppRequest) -> Runtime:
    """What the process holds."""
    runtime: Runtime = request.app.state.runtime
    return runtime


class Place(msgspec.Struct, frozen=True):
    """The site of a path, in the active release."""

    runtime: Runtime
    release: Release
    site: str

    @property
    def definition(self) -> Site:
        return self.release.document.sites[self.site]

    def in_mode(self, mode: Mode) -> Self:
        """The same place, if its site still has that mode. Raises Refused."""
        if mode not in self.definition.modes:
            raise Refused("token_mode")
        return self


def place_of(request: AppRequest) -> Place:
    """The site that the path names. Raises Refused."""
    runtime = runtime_of(request)
    found = runtime.releases.find_site(request.path_params["site"])
    if found is None:
        raise Refused("unknown_site")
    return Place(runtime, found[0], found[1])


def place_at(runtime: Runtime, workspace: str, site: str) -> Place:
    """The site of a ticket or an errand, in the active release. Raises Refused."""
    release = runtime.releases.active(workspace)
    if release is None or release.site(site) is None:
        raise Refused("unknown_site")
    return Place(runtime, release, site)


def presentation_of(request: AppRequest) -> Presentation:
    """Which dialect the path asks for; a route of one presentation says so. Raises Refused."""
    written = request.path_params.get("dialect", "frame")
    if request.scope["route_handler"].opt.get("presentation") == "hosted":
        return "hosted"
    if written not in PRESENTATIONS:
        raise Refused("unknown_path")
    return cast(Presentation, written)


async def body_of(request: AppRequest, headers: Mapping[str, str]) -> Body:
    """The fields of a posted form. Raises BadBody."""
    return await read_form(arriving(request.receive), headers.get("content-type", ""))


def first(body: Body, name: str) -> str | None:
    """The one text of a name of ours; None when it is absent or empty."""
    texts = body.get(name)
    return texts[0] or None if texts else None


def note_ignored(request: AppRequest, body: Body, known: frozenset[str]) -> None:
    """Count the fields that nobody asked for: hosts add their own, and strangers try theirs."""
    ignored = body.keys() - known - _OURS
    if ignored:
        note(request.scope, ignored_fields=len(ignored))


def note_refusal(request: AppRequest, error: Exception) -> None:
    """Why a request was refused, to those who count and log."""
    note(request.scope, refusal=getattr(error, "code", type(error).__name__))


def note_away(request: AppRequest, error: DatabaseError) -> None:
    """A failure to those who count, though neither page nor proxy may see a status that says so."""
    note(request.scope, refusal=error.code, counted_as=503)


_OURS = frozenset(["_t", "_f", "_do", "attribute"])


def check_destination(request: AppRequest, wanted: str) -> None:
    """Refuse a secret that opens elsewhere than in a `document` (or `iframe`), or unseen.

    Browsers say where an answer goes (Fetch Metadata); those that do not are let in.
    """
    if request.headers.get("sec-fetch-dest", wanted) != wanted:
        raise Refused("ticket_place")
    if "prefetch" in request.headers.get("sec-purpose", ""):
        raise Refused("ticket_place")
