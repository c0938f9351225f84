"""Observing: one log line and a few metrics for each request, naming the route and nobody.

Paths hold tickets and bodies hold lives: what is written down is the route's template, the
status, the time it took and the code of a refusal.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_NOTES = "askonce"
_REQUESTS = Counter(
    "askonce_requests", "Requests answered.", ("route", "method", "status", "refusal")
)
_IGNORED = Counter("askonce_ignored_fields", "Fields of forms that nobody asked for.", ("route",))
_SECONDS = Histogram(
    "askonce_request_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def note(scope: Any, **facts: str | int) -> None:
    """Add facts to a request's log line: codes and numbers, nothing about a person."""
    scope.setdefault(_NOTES, {}).update(facts)


class Observed:
    """An application whose requests are counted, timed and logged."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._log = structlog.get_logger().bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            _tell(self._log, scope, status, time.perf_counter() - started)


def _tell(
    log: structlog.typing.FilteringBoundLogger, scope: Scope, status: int, seconds: float
) -> None:
    route = scope.get("path_template") or "unknown"
    facts = scope.get(_NOTES, {})
    # What a proxy must not see as a failure is one all the same.
    counted = facts.get("counted_as", status)
    _requests(route, scope["method"], counted, facts.get("refusal", "")).inc()
    _seconds(route).observe(seconds)
    if "ignored_fields" in facts:
        _IGNORED.labels(route).inc(facts["ignored_fields"])
    log.info(
        "request",
        route=route,
        method=scope["method"],
        status=status,
        ms=round(seconds * 1000, 2),
        **facts,
    )


@lru_cache(maxsize=4096)
def _requests(route: str, method: str, status: int, refusal: str) -> Counter:
    known = method if method in ("GET", "POST", "HEAD", "OPTIONS") else "other"
    return _REQUESTS.labels(route, known, str(status), refusal)


@lru_cache(maxsize=256)
def _seconds(route: str) -> Histogram:
    return _SECONDS.labels(route)
