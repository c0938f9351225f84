"""The arena: the service in two processes, and an eye on all that a request does to it."""

import json
import re
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode

import httpx
from prometheus_client import REGISTRY
from sqlalchemy import Connection, Row, select

from app.domain.tables import api_keys, counts, events, history, jtis, subjects, tickets
from app.lib.signatures import Verifier
from tests.unit.world import World

FORM = "application/x-www-form-urlencoded"
KEPT = (subjects, history, events, counts, tickets, jtis, api_keys)
# What asks about people or secrets; jobs and the watch for releases go on beside.
_ASKS = re.compile(rf"^(?!DELETE).*\b({'|'.join(table.name for table in KEPT)})\b", re.DOTALL)
_NONCE = re.compile(r"""nonce(-|=")[\w-]+""")
_ALIKE = ("access-control-", "content-length", "vary")


class Sent(NamedTuple):
    """A request as it goes over the line: `target` is spelled to the letter."""

    method: str
    target: str
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def but(self, **headers: str | None) -> "Sent":
        """With other headers; `None` leaves one out, `_` in a name is a hyphen."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in {**self.headers, **changed}.items() if value}
        return self._replace(headers=kept)

    def typed(self, **fields: str) -> "Sent":
        """A form with other fields."""
        return self._replace(
            body=urlencode({**dict(parse_qsl(self.body.decode())), **fields}).encode()
        )


def get(target: str, **headers: str) -> Sent:
    return Sent("GET", target).but(**headers)


def posted(target: str, fields: Mapping[str, str], **headers: str) -> Sent:
    """A form."""
    return Sent("POST", target, {"content-type": FORM}, urlencode(fields).encode()).but(**headers)


def told(target: str, body: Any, method: str = "POST", **headers: str) -> Sent:
    """JSON."""
    sent = Sent(method, target, {"content-type": "application/json"}, json.dumps(body).encode())
    return sent.but(**headers)


class Attack(NamedTuple):
    """A request that must come to nothing.

    `makes` prepares what it takes, and returns the request. At most `looks` signatures are looked
    at for it and `asks` statements sent; `spends` are the tables that change all the same.
    """

    name: str
    makes: "Callable[[Arena], Awaitable[Sent]]"
    status: int
    code: str
    looks: int = 0
    asks: int = 0
    spends: tuple[str, ...] = ()


class Seen(NamedTuple):
    """What a request did."""

    sent: Sent
    response: httpx.Response
    lines: list[str]
    counted: float
    changed: tuple[str, ...]
    looks: int
    asks: list[str]

    @property
    def noted(self) -> dict[str, Any]:
        """The one line that was logged of it."""
        (line,) = self.lines
        noted: dict[str, Any] = json.loads(line)
        return noted

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def place(self) -> tuple[object, ...]:
        """Where all that is refused reads alike: a way in, at a site, in a dialect."""
        parts = self.sent.target.split("/") if self.sent.target.startswith("/v1/sites/") else []
        return self.noted["route"], self.sent.method, self.status, *parts[3:6:2]

    @property
    def is_explained(self) -> bool:
        """Whether a backend is told what is wrong with its request: its credential was good."""
        return self.sent.target.startswith("/api/") and self.status != 401

    @property
    def reading(self) -> str:
        """The answer as who sent it reads it, whatever page it was sent from."""
        headers = {
            name: value
            for name, value in self.response.headers.items()
            if not name.startswith(_ALIKE)
        }
        return _NONCE.sub("", f"{headers} {self.response.text}")


@dataclass
class Arena:
    """Two processes on one database; attacks go to the first."""

    world: World
    other: World
    log: list[str]
    pages: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)

    async def see(self, attack: Attack) -> Seen:
        """What became of it: each happens once, however much is asked about it."""
        if attack.name not in self.seen:
            self.seen[attack.name] = await self._watch(attack)
        return self.seen[attack.name]

    async def send(self, sent: Sent, world: World | None = None) -> httpx.Response:
        """What a process answers, to an address that nobody asked from before."""
        for private in _private(sent):
            self.world.keep(private)
        return await answer_of((world or self.world).app, sent)

    async def _watch(self, attack: Attack) -> Seen:
        sent = await attack.makes(self)
        before, counted = await self._rows(), refusals(attack.code)
        self.log.clear()
        with self.world.runtime.database.counting() as asked, calls(Verifier.holds) as looks:
            response = await self.send(sent)
        after = await self._rows()
        return Seen(
            sent,
            response,
            [line for line in self.log if '"event":"request"' in line],
            refusals(attack.code) - counted,
            tuple(name for name, rows in after.items() if not _is_kept(name, before[name], rows)),
            len(looks),
            [said for said in asked.statements if _ASKS.search(said)],
        )

    async def _rows(self) -> dict[str, list[Row[Any]]]:
        """All that is stored of people and secrets."""

        def read(connection: Connection) -> dict[str, list[Row[Any]]]:
            return {
                table.name: list(
                    connection.execute(select(table).order_by(*table.primary_key.columns))
                )
                for table in KEPT
            }

        return await self.world.database.read(read)


def _is_kept(name: str, before: list[Row[Any]], after: list[Row[Any]]) -> bool:
    """Whether nothing was written; what is over may be swept away meanwhile."""
    return set(after) <= set(before) if name in ("tickets", "jtis") else after == before


@contextmanager
def calls(function: Callable[..., Any]) -> Iterator[list[FrameType]]:
    """Each call of a function, of which nothing is replaced."""
    code, made = function.__code__, list[FrameType]()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is code:
            made.append(frame)

    sys.setprofile(note)
    try:
        yield made
    finally:
        sys.setprofile(None)


def refusals(code: str) -> float:
    """How many requests the metrics count as refused for that reason."""
    counted = REGISTRY.restricted_registry(["askonce_requests_total"]).collect()
    samples = [sample for metric in counted for sample in metric.samples]
    return sum(sample.value for sample in samples if sample.labels["refusal"] == code)


def _private(sent: Sent) -> list[str]:
    """What of a request is nobody else's business."""
    fields = [
        value
        for _, value in parse_qsl(sent.body.decode("latin-1"))
        if len(value) > 15 and "://" not in value
    ]
    credentials = [sent.headers.get("authorization", "").partition(" ")[2]]
    credentials += sent.headers.get("cookie", "").split("=")[1:]
    return [*fields, *credentials, *re.findall(r"/(?:frames|hosted)/([\w-]{43})", sent.target)]


_askers = iter(range(1, 2**24))


async def answer_of(app: Any, sent: Sent) -> httpx.Response:
    """What an application answers to a request, as a server hands it over."""
    path, _, query = sent.target.partition("?")
    number = next(_askers)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "https",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "root_path": "",
        "query_string": query.encode("ascii"),
        "client": (address, 1),
        "server": ("ask.example", 443),
        "headers": [(n.encode(), v.encode("latin-1")) for n, v in sent.headers.items()],
        "state": {},
    }
    heard: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body}

    async def send(message: Any) -> None:
        heard.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in heard[1:])
    return httpx.Response(heard[0]["status"], headers=heard[0]["headers"], content=content)
