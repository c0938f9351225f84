"""Health: whether the process lives, and whether it can do its work."""

from typing import Any, cast

from litestar import Request, Response, get
from litestar.datastructures import State

from app.domain.heads import list_heads
from app.lib.db import DatabaseError
from app.runtime import Runtime


@get("/health", media_type="text/plain")
async def show_health() -> str:
    """The process answers."""
    return "ok"


@get("/ready", media_type="text/plain")
async def show_ready(request: Request[Any, Any, State]) -> Response[str]:
    """The database answers and a configuration is published; else 503 says which is missing."""
    runtime = cast(Runtime, request.app.state.runtime)
    try:
        await runtime.database.read(list_heads)
    except DatabaseError:
        return Response("the database is away", status_code=503)
    if not runtime.releases.workspaces():
        return Response("no configuration is published", status_code=503)
    return Response("ok", status_code=200)
