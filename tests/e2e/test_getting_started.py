"""The guide, followed: its files and commands as they are printed, in an empty directory."""

import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "getting-started.md").read_text()


def block(language: str, first_words: str) -> str:
    """The one fenced block of the guide that begins with these words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    (found,) = [text for text in blocks if text.startswith(first_words)]
    return str(found)


def askonce(*words: str, cwd: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "app.cli", *words]
    return subprocess.run(
        command, cwd=cwd, env=environment, check=True, capture_output=True, text=True
    ).stdout


@contextmanager
def running(command: list[str], url: str, cwd: Path, environment: dict[str, str]) -> Iterator[None]:
    with (cwd / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(400):
            with suppress(OSError):
                urllib.request.urlopen(url, timeout=2).close()
                break
            assert process.poll() is None, (cwd / "log").read_text()
            Event().wait(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[str]:
    """The guide's shop and its Askonce, on ports of their own; the shop's address."""
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        probes = (one, two, three)
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        port, host_port, metrics = (probe.getsockname()[1] for probe in probes)
    url = f"http://localhost:{port}"
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "ASKONCE_SECRET": "only-for-tests-0123456789-abcdefghijklmnop",
        "ASKONCE_METRICS": f"127.0.0.1:{metrics}",
        "DATABASE_URL": "sqlite:///askonce.db",
    }
    environment.pop("ASKONCE_URL", None)
    keys = askonce("key", "shop.pem", cwd=tmp_path, environment=environment).strip()
    written = re.sub(r"keys: \[.*\]", keys, block("yaml", "# askonce.yaml"))
    (tmp_path / "askonce.yaml").write_text(written.replace(":8001", f":{host_port}"))
    host = block("python", "# host.py").replace(":8000", f":{port}").replace("8001", str(host_port))
    (tmp_path / "host.py").write_text(host)
    askonce("config", "check", "askonce.yaml", cwd=tmp_path, environment=environment)
    askonce("migrate", cwd=tmp_path, environment=environment)
    serve = [sys.executable, "-m", "app.cli", "serve", "--config", "askonce.yaml"]
    address = f"http://127.0.0.1:{host_port}"
    with (
        running(serve, url + "/ready", tmp_path, environment),
        running([sys.executable, "host.py"], address, tmp_path, environment),
    ):
        yield address


def test_whoever_follows_the_guide_is_asked_once(shop: str, page: Page) -> None:
    page.goto(shop)
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Save").click()
    expect(frame.get_by_role("heading", name="There is a problem")).to_be_visible()
    frame.get_by_label("Company").fill("Acme")
    frame.get_by_role("button", name="Save").click()
    expect(frame.get_by_role("heading", name="Thank you")).to_be_visible()
    page.goto(shop)
    expect(page.get_by_role("heading", name="Hello")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
