"""A login at a tenant of Auth0's, in the browser: out to Askonce, back, and into the app."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.auth0 import PARAMETER, InvalidToken, Tenant
from tests.e2e.conftest import ROOT, SECRET, free_ports, wait_for, watch
from tests.e2e.visiting import Card

SHARED = "what the tenant's Action and Askonce both know"


@dataclass
class Login:
    """A tenant with an application on another origin; `told` is what its Action was told."""

    askonce: str
    tenant: Tenant
    app: str
    told: list[dict[str, Any]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    has_script: bool = True

    def send_out(self) -> str:
        """`onExecutePostLogin`."""
        payload = {"locale": "en", "sid": token_hex(8)}
        token = self.tenant.encode_token({**payload, "traits": {"given_name": "Vera"}})
        door = f"{self.askonce}/v1/hosted/auth0/acme.shop"
        return self.tenant.send_user_to(door, {PARAMETER: token})

    def take_back(self, method: str, query: dict[str, str], body: dict[str, str]) -> str:
        """`onContinuePostLogin`; the address of the application to which the login then goes."""
        try:
            self.told.append(self.tenant.validate_token(query, body))
        except InvalidToken as fault:
            self.denied.append(str(fault))
            return f"{self.app}/callback?error=access_denied"
        self.methods.append(method)
        return f"{self.app}/callback?code=of-the-login"


def handler_of(login: Login) -> type[BaseHTTPRequestHandler]:
    class Serves(BaseHTTPRequestHandler):
        """/authorize and /continue of the tenant, /callback of the application."""

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            self._answer(dict(parse_qsl(self.rfile.read(length).decode())))

        def _answer(self, body: dict[str, str]) -> None:
            url = urlsplit(self.path)
            if url.path == "/authorize":
                self._go(login.send_out())
            elif url.path == "/continue":
                self._go(login.take_back(self.command, dict(parse_qsl(url.query)), body))
            else:
                page = b"<!doctype html><title>App</title><h1>Signed in</h1>"
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(page)

        def _go(self, url: str) -> None:
            self.send_response(302)
            self.send_header("location", url)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Serves


@contextmanager
def served(port: int, handler: type[BaseHTTPRequestHandler]) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def askonce(directory: Path, port: int, metrics: int, tenant: str) -> Iterator[str]:
    """The demo's configuration, whose shop has this tenant."""
    url = f"http://localhost:{port}"
    written = (ROOT / "demo/askonce.yaml").read_text()
    shop = "    name: Acme Shop\n"
    auth0 = f'    auth0: {{tenant: "{tenant}", secret_env: TENANTS_SECRET}}\n'
    configuration = directory / "askonce.yaml"
    configuration.write_text(written.replace(shop, shop + auth0))
    environment = os.environ | {
        "PORT": str(port),
        "ASKONCE_URL": url,
        "ASKONCE_METRICS": f"127.0.0.1:{metrics}",
        "ASKONCE_SECRET": SECRET,
        "TENANTS_SECRET": SHARED,
        "DATABASE_URL": f"sqlite:///{directory / 'askonce.db'}",
    }
    command = [sys.executable, "-m", "app.cli", "serve", "--migrate", "--config"]
    process = subprocess.Popen([*command, str(configuration)], cwd=ROOT, env=environment)
    try:
        assert wait_for(f"{url}/ready", process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Login]:
    port, metrics, tenants, apps = free_ports(4)
    tenant = Tenant(f"http://127.0.0.1:{tenants}", SHARED, "auth0|nobody")
    with askonce(tmp_path_factory.mktemp("auth0"), port, metrics, tenant.origin) as url:
        # The application is on another host too: where a login ends, no form of ours may say.
        login = Login(url, tenant, f"http://app.localhost:{apps}")
        with served(tenants, handler_of(login)), served(apps, handler_of(login)):
            yield login


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def page(
    request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext], login: Login
) -> Iterator[Page]:
    """Of somebody who logs in for the third time, with or without JavaScript."""
    page = new_context(locale="en-GB", java_script_enabled=request.param).new_page()
    login.has_script = request.param
    login.tenant.user_id = f"auth0|{request.node.name}"
    login.told.clear()
    login.methods.clear()
    login.denied.clear()
    faults = watch(page)
    for _ in range(2):
        page.goto(f"{login.tenant.origin}/authorize")
        presses_on(page, login)
    login.told.clear()
    login.methods.clear()
    yield page
    assert faults == []


def presses_on(page: Page, login: Login) -> None:
    """Through whatever the demo asks at these logins, to the application."""
    skip = page.get_by_role("button", name="Skip for now")
    if page.url.startswith(login.askonce) and skip.count():
        skip.click()
        goes_on(page, login)
    expect(page.get_by_role("heading", name="Signed in")).to_be_visible()


def goes_on(page: Page, login: Login) -> None:
    """Without a script the person presses the button that a script would."""
    if not login.has_script:
        page.get_by_role("button", name="Continue to Acme Shop").click()


def test_a_login_goes_out_and_on_to_its_application(page: Page, login: Login) -> None:
    card = Card(page.locator("html"))
    page.goto(f"{login.tenant.origin}/authorize")
    card.asks("About your work")
    assert urlsplit(page.url).query == ""
    assert page.url.startswith(f"{login.askonce}/v1/hosted/")
    card.field("Company").fill("Example Ltd")
    card.save()
    goes_on(page, login)
    expect(page.get_by_role("heading", name="Signed in")).to_be_visible()
    assert page.url == f"{login.app}/callback?code=of-the-login"
    (said,) = login.told
    assert said["answers"] == {"company": "Example Ltd"}
    assert said["sub"] == login.tenant.user_id
    assert (login.methods, login.denied) == (["POST"], [])


def test_back_after_the_login_is_no_second_one(page: Page, login: Login) -> None:
    page.goto(f"{login.tenant.origin}/authorize")
    first = page.url
    page.get_by_role("button", name="Close").click()
    goes_on(page, login)
    expect(page.get_by_role("heading", name="Signed in")).to_be_visible()
    page.goto(first)
    page.get_by_role("button", name="Continue to Acme Shop").click()
    goes_on(page, login)
    expect(page).to_have_url(f"{login.app}/callback?error=access_denied")
    assert login.denied == ["invalid_request: there is no such login"]
