"""Observing: one log line and a few metrics for each request, naming the route and nobody.

Paths hold tickets and bodies hold lives: what is written down is the route's template, the
status, the time it took and the code of a refusal.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

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


def noted(scope: Any, fact: str) -> str | int | None:
    """A fact that was noted of a request, if it was."""
    found: str | int | None = scope.get(_NOTES, {}).get(fact)
    return found


class _Answered(NamedTuple):
    """A request that is over: when, by which route, how it ended, and what was noted of it."""

    at: datetime
    route: str
    method: str
    status: int
    seconds: float
    facts: Mapping[str, Any]


class Observed:
    """An application whose requests are counted, timed and logged.

    `waits` is for how many seconds they are kept, to be told together, which costs each less.
    """

    def __init__(self, app: App, waits: float = 0.0) -> None:
        self._app = app
        self._waits = waits
        self._log = structlog.get_logger().bind()
        self._untold: list[_Answered] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                self._tell()  # a server that stops has told all
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
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route, facts = scope.get("path_template") or "unknown", scope.get(_NOTES, {})
        over = _Answered(datetime.now(UTC), route, scope["method"], status, seconds, facts)
        self._untold.append(over)
        if not self._waits:
            self._tell()
        elif len(self._untold) == 1:
            asyncio.get_running_loop().call_later(self._waits, self._tell)

    def _tell(self) -> None:
        told, self._untold = self._untold, []
        for one in told:
            _count(one)
            self._log.info(
                "request",
                timestamp=one.at,
                route=one.route,
                method=one.method,
                status=one.status,
                ms=round(one.seconds * 1000, 2),
                **one.facts,
            )


def _count(one: _Answered) -> None:
    # What a proxy must not see as a failure is one all the same.
    counted = one.facts.get("counted_as", one.status)
    _requests(one.route, one.method, counted, one.facts.get("refusal", "")).inc()
    _seconds(one.route).observe(one.seconds)
    if "ignored_fields" in one.facts:
        _IGNORED.labels(one.route).inc(one.facts["ignored_fields"])


@lru_cache(maxsize=4096)
def _requests(route: str, method: str, status: int, refusal: str) -> Counter:
    known = method if method in ("GET", "POST", "HEAD", "OPTIONS") else "other"
    return _REQUESTS.labels(route, known, str(status), refusal)


@lru_cache(maxsize=256)
def _seconds(route: str) -> Histogram:
    return _SECONDS.labels(route)
