"""Observing: each request is one line and a few numbers, by its route and about nobody."""

import json
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
    await Observed(app)({**scope, "wanted": route}, receive, send)
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


async def test_what_is_no_request_is_none_of_its_business(logged: list[str]) -> None:
    await ask(Answers(200), "", kind="lifespan")
    assert logged == []
