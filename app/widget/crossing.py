"""Crossing origins: which pages may ask a site's steps of us, by the exact origins of its site.

The framework's own CORS is one for the process; this one is for each site, and stands outside of
everything, so that a refusal can be read by the page that caused it.
"""

from collections.abc import Callable

from app.lib.observing import App, Message, Receive, Scope, Send

PREFIX = "/v1/sites/"
_PREFLIGHT = {
    b"access-control-allow-methods": b"GET, POST",
    b"access-control-allow-headers": b"authorization, content-type, hx-request, hx-request-type, "
    b"hx-source, hx-target, hx-current-url, hx-boosted, hx-trigger, hx-trigger-name, hx-prompt",
    b"access-control-max-age": b"7200",
}
# htmx 2 complains of every header of its own that it may not look for: all are named.
_EXPOSED = (
    b"HX-Trigger, HX-Trigger-After-Swap, HX-Trigger-After-Settle, HX-Location, HX-Refresh, "
    b"HX-Redirect, HX-Push, HX-Push-Url, HX-Replace-Url, HX-Retarget, HX-Reswap, HX-Reselect, "
    b"Askonce-Refusal"
)
OriginsOf = Callable[[str], tuple[str, ...]]


class Crossing:
    """An application that answers pages of the origins that a site allows; `origins_of` a site."""

    def __init__(self, app: App, origins_of: OriginsOf) -> None:
        self._app = app
        self._origins_of = origins_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        allowed = self._allowed(scope)
        if scope["method"] == "OPTIONS":
            await _answer_preflight(send, allowed)
            return

        async def crossed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_headers(allowed)]
            await send(message)

        await self._app(scope, receive, crossed)

    def _allowed(self, scope: Scope) -> bytes | None:
        """The asking page's origin, if its site allows it."""
        site = scope["path"][len(PREFIX) :].partition("/")[0]
        for name, origin in scope["headers"]:
            if name == b"origin":
                found: bytes = origin
                return found if found.decode("latin-1") in self._origins_of(site) else None
        return None


def _headers(allowed: bytes | None) -> list[tuple[bytes, bytes]]:
    vary = [(b"vary", b"Origin")]
    if allowed is None:
        return vary
    return [
        (b"access-control-allow-origin", allowed),
        (b"access-control-expose-headers", _EXPOSED),
        *vary,
    ]


async def _answer_preflight(send: Send, allowed: bytes | None) -> None:
    headers = [*_headers(allowed), *(_PREFLIGHT.items() if allowed else ())]
    status = 204 if allowed else 403
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
