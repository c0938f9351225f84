"""Observing: each request is one line and a few numbers, by its route and about nobody."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import REGISTRY

from app.lib.observing import Message, Observed, Receive, Scope, Send, note


class Answers:
    """An application that answers with a status, notes facts, or breaks."""

    def __init__(self, status: int, error: Exception | None = None, **facts: str | int) -> None:
        self._status, self._error, self._facts = status, error, facts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["path_template"] = scope.get("wanted", "")
        if self._facts:
            note(scope, **self._facts)
        if self._error:
            raise self._error
        await send({"type": "http.response.start", "status": self._status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def ask(app: Any, route: str, method: str = "GET", kind: str = "http") -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"what Vera typed"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": kind, "method": method, "path": "/private/vera", "query_string": b"sub=vera"}
    observed = app if isinstance(app, Observed) else Observed(app)
    await observed({**scope, "wanted": route}, receive, send)
    return sent


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_request_is_one_line_that_names_its_route(logged: list[str]) -> None:
    await ask(Answers(204), "/seen/{who}")
    (line,) = [json.loads(one) for one in logged]
    assert line.keys() == {"event", "level", "timestamp", "route", "method", "status", "ms"}
    assert (line["route"], line["method"], line["status"]) == ("/seen/{who}", "GET", 204)
    assert "vera" not in logged[0].lower()


async def test_a_request_is_counted_and_timed(logged: list[str]) -> None:
    labels = {"route": "/counted", "method": "POST", "status": "201", "refusal": ""}
    for _ in range(3):
        await ask(Answers(201), "/counted", "POST")
    assert value("askonce_requests_total", **labels) == 3
    assert value("askonce_request_seconds_count", route="/counted") == 3
    assert len(logged) == 3


async def test_a_refusal_is_counted_by_its_code(logged: list[str]) -> None:
    await ask(Answers(401, refusal="token_expired"), "/refused")
    labels = {"route": "/refused", "method": "GET", "status": "401", "refusal": "token_expired"}
    assert value("askonce_requests_total", **labels) == 1
    assert json.loads(logged[-1])["refusal"] == "token_expired"


async def test_what_a_proxy_must_not_see_as_a_failure_is_counted_as_one(
    logged: list[str],
) -> None:
    await ask(Answers(200, counted_as=503, refusal="08006"), "/hidden")
    labels = {"route": "/hidden", "method": "GET", "status": "503", "refusal": "08006"}
    assert value("askonce_requests_total", **labels) == 1
    assert json.loads(logged[-1])["status"] == 200


async def test_fields_nobody_asked_for_are_counted(logged: list[str]) -> None:
    for n in (2, 5):
        await ask(Answers(200, ignored_fields=n), "/form")
    assert value("askonce_ignored_fields_total", route="/form") == 7
    assert [json.loads(line)["ignored_fields"] for line in logged] == [2, 5]


async def test_an_application_that_breaks_is_a_failure_all_the_same(logged: list[str]) -> None:
    with pytest.raises(RuntimeError):
        await ask(Answers(0, RuntimeError("about Vera")), "/broken")
    labels = {"route": "/broken", "method": "GET", "status": "500", "refusal": ""}
    assert value("askonce_requests_total", **labels) == 1
    assert "Vera" not in logged[-1]


@pytest.mark.parametrize("method", ["BREW", "x" * 99, "get"])
async def test_a_strange_method_makes_no_series_of_its_own(method: str, logged: list[str]) -> None:
    await ask(Answers(405), f"/strange/{len(method)}{method[0]}", method)
    route = f"/strange/{len(method)}{method[0]}"
    labels = {"route": route, "method": "other", "status": "405", "refusal": ""}
    assert value("askonce_requests_total", **labels) == 1
    assert len(logged) == 1


async def test_a_path_that_leads_nowhere_is_unknown(logged: list[str]) -> None:
    await ask(Answers(404), "")
    assert json.loads(logged[-1])["route"] == "unknown"


async def test_requests_are_told_together_a_moment_later(logged: list[str]) -> None:
    observed = Observed(Answers(200), waits=0.001)
    before = datetime.now(UTC)
    for route in ("/one", "/two"):
        await ask(observed, route)
    answered = datetime.now(UTC)
    assert logged == []
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0.002, later.set)
    await later.wait()
    lines = [json.loads(line) for line in logged]
    assert [line["route"] for line in lines] == ["/one", "/two"]
    assert all(before <= datetime.fromisoformat(line["timestamp"]) <= answered for line in lines)


async def test_a_server_that_stops_has_told_all(logged: list[str]) -> None:
    observed = Observed(Answers(200), waits=60)
    await ask(observed, "/last")
    await ask(observed, "", kind="lifespan")
    assert [json.loads(line)["route"] for line in logged] == ["/last"]


async def test_what_is_no_request_is_none_of_its_business(logged: list[str]) -> None:
    await ask(Answers(200), "", kind="lifespan")
    assert logged == []
