"""The clinic: a real Askonce and a real host on loopback, its pages as sick as a test wants."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import uvicorn

from app.doctor.cases import Case, Ours, sites_of
from app.doctor.examining import examine
from app.doctor.findings import Finding
from app.domain.publishing import publish
from app.lib.db import Database
from app.main import create_app
from app.migrations import migrate
from app.runtime import create_runtime
from app.settings import Settings
from tests.unit.domain.documents import sound
from tests.unit.signing import ED25519, sign
from tests.unit.world import SECRET

DOCUMENT = """askonce: 1
workspace: acme
subjects: shared
attributes: {company: {kind: text}}
sites:
  shop:
    name: Shop
    origins: ["HOST"]
    sandbox: true
    keys: [{kid: k1, alg: Ed25519, jwk: KEY}]
  framed: {name: Framed, origins: ["HOST"], modes: [frame]}
  rotating: {name: Rotating, origins: ["HOST"], jwks: {url: "HOST/jwks"}}
  closed: {name: Closed, origins: ["https://shop.example"]}
steps:
  work: {title: Work, fields: [company], trigger: {on: login}}
"""
HTML = "text/html; charset=utf-8"


@dataclass
class Served:
    """What the host answers for a path."""

    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    raw: bytes = b""


@dataclass
class Clinic:
    """`ask` and `host` are origins; `pages` is what the host serves, by path."""

    ask: str
    host: str
    document: str
    database_url: str
    pages: dict[str, Served]
    asked: list[tuple[str, dict[str, str]]]

    @property
    def ours(self) -> Ours:
        return Ours(self.ask, sites_of(sound(self.document)), has_loopback=True)

    def serves(self, path: str, body: str, **headers: str) -> str:
        """Serve a page with these headers (`_` is a hyphen), and return its address.

        With a `location` it sends there.
        """
        told = {"content-type": HTML} | {k.replace("_", "-"): v for k, v in headers.items()}
        status = 302 if "location" in headers else 200
        self.pages[path] = Served(self.filled(body), told, status)
        return self.host + path

    def filled(self, text: str) -> str:
        return text.replace("ASK", self.ask).replace("HOST", self.host)

    def examines(self, body: str, **headers: str) -> tuple[Case, list[Finding]]:
        """What the doctor finds in a page."""
        url = self.serves("/page", body, **headers)
        return examine(url, self.ours, datetime.now(UTC))

    def assertion(self, **said: Any) -> str:
        now = int(datetime.now(UTC).timestamp())
        claims = {"iss": "acme.shop", "sub": "4711", "aud": self.ask, "iat": now, "exp": now + 60}
        claims |= {"origin": self.host, "mode": "htmx"}
        return sign({"alg": "Ed25519", "kid": "k1", "typ": "askonce+jwt"}, {**claims, **said})


@contextmanager
def open_clinic(directory: Path) -> Iterator[Clinic]:
    """Both, until the block ends."""
    pages: dict[str, Served] = {}
    asked: list[tuple[str, dict[str, str]]] = []
    with _host(pages, asked) as host:
        key = json.dumps(ED25519.as_dict(private=False))
        document = DOCUMENT.replace("KEY", key).replace("HOST", host)
        database_url = f"sqlite:///{directory / 'askonce.db'}"
        with _askonce(database_url, document) as ask:
            yield Clinic(ask, host, document, database_url, pages, asked)


@contextmanager
def _host(pages: dict[str, Served], asked: list[tuple[str, dict[str, str]]]) -> Iterator[str]:
    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            served = pages.get(self.path, Served(status=404))
            self.send_response(served.status)
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(served.raw or served.body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody listens."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def _askonce(database_url: str, document: str) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://localhost:{listening.getsockname()[1]}"
        asyncio.run(_prepare(database_url, document))
        settings = Settings(url, database_url=database_url, secrets=(SECRET,))
        config = uvicorn.Config(create_app(create_runtime(settings)), log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            threading.Event().wait(0.01)
        yield url
        server.should_exit = True
        thread.join()


async def _prepare(database_url: str, document: str) -> None:
    await migrate(database_url)
    database = Database(database_url)
    await database.open()
    at = datetime.now(UTC)
    await database.write(publish, sound(document), author="", note="", source=document, at=at)
    await database.close()
