"""The guide to including a form, followed: its two sites, as they are printed."""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, SECRET, free_ports
from tests.e2e.test_getting_started import askonce, block, running

GUIDE = (ROOT / "docs" / "embedding-include.md").read_text()
SITES = {"letter.py": ("python", sys.executable), "letter.mjs": ("js", "node")}


def printed(language: str) -> str:
    """The one site of the guide in that language."""
    (found,) = re.findall(rf"```{language}\n((?:#|//) letter.*?)```", GUIDE, re.DOTALL)
    return str(found)


@pytest.fixture(params=SITES)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The guide's site and its Askonce, on ports of their own; the site's address."""
    language, command = SITES[request.param]
    port, host_port, metrics = free_ports(3)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "ASKONCE_URL": f"http://localhost:{port}",
        "ASKONCE_SECRET": SECRET,
        "ASKONCE_METRICS": f"127.0.0.1:{metrics}",
        "DATABASE_URL": "sqlite:///askonce.db",
    }
    configuration = block("yaml", "# askonce.yaml").replace(":8001", f":{host_port}")
    configuration = re.sub(r"    keys: .*\n", "", configuration)
    configuration = re.sub(r"    modes: .*\n", modes(), configuration)
    (tmp_path / "askonce.yaml").write_text(configuration)
    written = printed(language).replace(":8000", f":{port}").replace("8001", str(host_port))
    (tmp_path / request.param).write_text(written)
    askonce("migrate", cwd=tmp_path, environment=environment)
    serve = [sys.executable, "-m", "app.cli", "serve", "--config", "askonce.yaml"]
    address = f"http://127.0.0.1:{host_port}/letter"
    with running(serve, f"http://localhost:{port}/ready", tmp_path, environment):
        words = ["keys", "create", "--site", "shop", "--scope", "fragments", "--json"]
        made = json.loads(askonce(*words, cwd=tmp_path, environment=environment))
        environment["ASKONCE_KEY"] = made["key"]
        with running([command, request.param], address, tmp_path, environment):
            yield address


def modes() -> str:
    (found,) = re.findall(r"```yaml\n(    modes: .*\n)```", GUIDE)
    return str(found)


def test_whoever_follows_the_guide_is_asked_once_in_the_page_itself(site: str, page: Page) -> None:
    page.goto(site)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page).to_have_title("Error: The letter")
    page.get_by_label("Company").fill("Acme")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.goto(site)
    expect(page.get_by_role("heading", name="The letter")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
