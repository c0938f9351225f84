"""Hosts of our own: a real site whose pages are as hostile as a test wants them."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from threading import Event, Thread
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from demo.askonce import read_key
from tests.e2e import conftest
from tests.e2e.backends import SITE, Person
from tests.e2e.conftest import ROOT, World

KEY = ROOT / "demo/keys/shop.demo-private-key.json"
FILES = [ROOT / "tests/e2e/pages", ROOT / "tests/e2e/vendor", ROOT / "demo/static/vendor"]
# What only the host may know of its visitor: in its address, its cookie and its own forms.
SECRET = "host-secret"
QUERY = f"?session={SECRET}&email=vera@people.example"
Answered = tuple[int, dict[str, str], bytes]
_HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the host: its parts, and what it puts in the place of ours at each visit."""

    mount: Callable[[Person], str]
    head: str = ""
    html: str = 'lang="en"'
    body: str = ""
    around: str = "{mount}"
    headers: dict[str, str] = field(default_factory=dict)
    is_mounted: bool = False  # by a component, which fetches it

    def written(self, mount: str) -> str:
        return f"""<!doctype html><html {self.html}><head><meta charset="utf-8"><title>Host</title>
          <script src="/files/host.js"></script>{self.head}</head><body {self.body}>
          <header id="host"><h1>Host</h1><p>Its own <a href="#top">words</a>.</p>
          <ul><li>One</li></ul><button id="buy">Buy</button><input id="search" aria-label="Search">
          </header>{self.around.format(mount=mount)}</body></html>"""


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that a browser sent to the host."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class HostSite:
    """The host's server: `origin` is allowed by the shop, `heard` is all that it was asked."""

    def __init__(self, askonce: str, origin: str) -> None:
        self.askonce = askonce
        self.origin = origin
        self.heard: list[Heard] = []
        self._key = read_key(KEY)
        self._pages: dict[str, tuple[Page, Person]] = {}

    def newcomer(self) -> Person:
        """Somebody at their third login: asked about their work, and then for a letter."""
        person = Person(self.askonce, self.origin, self._key, "host-" + token_hex(6))
        for number in (2, 1):
            person.signs_in(number)
        return person

    def serves(self, page: Page, person: Person | None = None) -> str:
        """The address at which that person finds the page, or a new one."""
        name = "page-" + token_hex(6)
        self._pages[name] = (page, replace(person or self.newcomer(), page=f"/{name}"))
        return f"{self.origin}/{name}{QUERY}"

    def answer(self, heard: Heard) -> Answered:
        self.heard.append(heard)
        _, name, *rest = urlsplit(heard.url).path.split("/")
        if name == "files":
            return _file(rest[0])
        if name == "back":
            return 200, _HTML, b"<!doctype html><title>Host</title><h1>Back</h1>"
        if name not in self._pages:
            return 404, {}, b""
        page, person = self._pages[name]
        if rest == ["token"]:
            nonce = heard.headers.get("x-askonce-nonce", "")
            return 200, {}, person.assertion("element", nonce).encode()
        is_bare = rest[:1] == ["bare"]
        if rest[-1:] == ["mount"]:
            return 200, _HTML, b"" if is_bare else page.mount(person).encode()
        return _page(page, person, heard, is_bare)


def _page(page: Page, person: Person, heard: Heard, is_bare: bool) -> Answered:
    """The page; with what became of the form that it was posted; or bare, without us."""
    cookie = {"Set-Cookie": f"host={SECRET}; Path=/; SameSite=Lax"}
    if is_bare or page.is_mounted:
        mount = ""
    elif heard.method == "POST":
        mount = person.fragment(submit=parse_qs(heard.body.decode(), keep_blank_values=True))
    else:
        mount = page.mount(person)
    return 200, {**_HTML, **cookie, **page.headers}, page.written(mount).encode()


def _file(name: str) -> Answered:
    for folder in FILES:
        if (folder / name).is_file():
            return 200, {"Content-Type": "text/javascript"}, (folder / name).read_bytes()
    return 404, {}, b""


class _Handler(BaseHTTPRequestHandler):
    site: HostSite
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, answered, content = self.site.answer(Heard(self.command, self.path, headers, body))
        self.send_response(status)
        for name, value in {**answered, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_said: object) -> None:
        """Nothing: what matters is in `heard`."""


@contextmanager
def host_site(world: World) -> Iterator[HostSite]:
    """Serve until the block ends; the shop's configuration allows its origin beside the demo's."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site = HostSite(world.askonce, f"http://127.0.0.1:{server.server_port}")
        handler.site = site  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        _allow(site.origin, world)
        try:
            yield site
        finally:
            server.shutdown()


def _allow(origin: str, world: World) -> None:
    """Publish the demo's configuration with the host's addresses in it, and all five modes."""
    written = (ROOT / "demo/askonce.yaml").read_text().replace("http://127.0.0.1:8001", world.demo)
    written = re.sub(r"\borigins: \[", rf'\g<0>"{origin}", ', written)
    written = re.sub(r"\breturn_urls: \[", rf'\g<0>"{origin}/back", ', written)
    written = re.sub(r"\breturn_urls:(\n +- )", rf"\g<0>{origin}/back\1", written)
    written = re.sub(r"\bmodes: \[.*\]", "modes: [element, frame, htmx, include, hosted]", written)
    environment = os.environ | {
        "DATABASE_URL": world.database_url,
        "ASKONCE_SECRET": conftest.SECRET,
        "ASKONCE_URL": world.askonce,
        "ASKONCE_DEVELOPMENT": "1",
    }
    command = [sys.executable, "-m", "app.cli", "config", "apply", "/dev/stdin"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=written, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    preflight = Request(
        f"{world.askonce}/v1/sites/{SITE}/fragments/2", headers={"Origin": origin}, method="OPTIONS"
    )
    for _ in range(600):
        with suppress(HTTPError):
            urlopen(preflight, timeout=5).close()
            return
        Event().wait(0.05)
    raise RuntimeError("the host's origin is not allowed")
