"""Journeys: a real Askonce, a real customer's site on another origin, a real browser."""

import os
import random
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    Playwright,
    sync_playwright,
)

if TYPE_CHECKING:
    from tests.e2e.hosts import HostSite

ROOT = Path(__file__).parents[2]
SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
# The same engine, without the windows that nobody looks at.
SYSTEM_SHELL = Path("/usr/bin/chromium-headless-shell")
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    # A page that a test answers itself counts as one from outside, which may not reach loopback.
    "--disable-features=LocalNetworkAccessChecks",
]
SECRET = "only-for-tests-0123456789-abcdefghijklmnop"


@dataclass(frozen=True, slots=True)
class World:
    """The running pair: `askonce` and `demo` are origins, `log` is what both wrote."""

    askonce: str
    demo: str
    database_url: str
    log: Path


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Askonce on SQLite beside the demo site, started as `make run` starts them."""
    directory = tmp_path_factory.mktemp("world")
    with started(f"sqlite:///{directory / 'askonce.db'}", directory / "log") as world:
        yield world


@pytest.fixture(scope="session")
def world_on_postgresql(
    new_postgresql: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The same on PostgreSQL."""
    # In a thread of its own: the browser's driver keeps the loop of this one.
    with ThreadPoolExecutor(1) as other:
        url = other.submit(new_postgresql, "template0").result().replace("+asyncpg", "")
    with started(url, tmp_path_factory.mktemp("world") / "log") as world:
        yield world


@pytest.fixture(scope="session")
def host(world: World) -> Iterator["HostSite"]:
    """A site of our own that the shop allows, for pages that the demo would never write."""
    from tests.e2e.hosts import host_site

    with host_site(world) as site:
        yield site


@contextmanager
def started(database_url: str, log: Path, demo_port: int | None = None) -> Iterator[World]:
    """Run both until the block ends, on ports of their own."""
    port, metrics_port, free_port = free_ports(3)
    demo_port = demo_port or free_port
    world = World(f"http://localhost:{port}", f"http://127.0.0.1:{demo_port}", database_url, log)
    environment = os.environ | {
        "PORT": str(port),
        "DEMO_PORT": str(demo_port),
        "DATABASE_URL": database_url,
        "ASKONCE_URL": world.askonce,
        "ASKONCE_METRICS": f"127.0.0.1:{metrics_port}",
        "ASKONCE_SECRET": SECRET,
    }
    with log.open("wb") as output:
        command = [sys.executable, "tools/run.py"]
        pair = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        if not (wait_for(world.askonce + "/ready", pair) and wait_for(world.demo + "/", pair)):
            raise RuntimeError("Askonce and the demo did not start:\n" + world.log.read_text())
        yield world
    finally:
        pair.send_signal(signal.SIGTERM)
        pair.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Until it answers there; false when the process ended, or after minutes."""
    for _ in range(2400):  # a busy machine is no fault
        if process.poll() is not None:
            return False
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=2).close()
            return True
        Event().wait(0.05)
    return False


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on, nor gets for a connection of its own."""
    found: list[int] = []
    for port in random.SystemRandom().sample(range(20_000, 32_000), 1000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            break
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser per worker."""
    executable = next(filter(Path.exists, [SYSTEM_SHELL, SYSTEM_CHROMIUM]), None)
    browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a fresh visitor; arguments are those of Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def create(**options: object) -> BrowserContext:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)  # a busy machine is no fault
        contexts.append(context)
        return context

    yield create
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of a fresh visitor. Uncaught errors and refusals by a content policy fail the test."""
    page = new_context(locale="en-GB").new_page()
    faults = watch(page)
    yield page
    assert faults == []


def watch(page: Page) -> list[str]:
    """The list that will hold every uncaught error and refusal by a content policy on this page."""
    faults: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text or "TrustedHTML" in said.text:
            faults.append(said.text)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", note)
    return faults


def axe_violations(place: Page | Frame, context: str | None = None) -> str:
    """What axe finds in one document, or in a part of it by its selector; empty is good."""
    # A frame is a part of a page, whose heading of level one is the host's.
    is_part = isinstance(place, Frame) and place.parent_frame is not None
    rules = {"page-has-heading-one": {"enabled": False}} if is_part else {}
    options = {"resultTypes": ["violations"], "iframes": False, "rules": rules}
    found = Axe().run(place, context=context, options=options)
    return str(found.generate_report()) if found.violations_count else ""


@pytest.fixture
def no_axe_violations() -> Callable[[Page], None]:
    """Runs axe over a page and all its frames: any violation fails the test and is listed."""

    def check(page: Page) -> None:
        # One frame at a time: from outside axe cannot see into a frame of another origin.
        for frame in page.frames:
            assert axe_violations(frame) == "", frame.url

    return check
