"""Serving: where the metrics of one worker, and of several, are shown, and for how long."""

import os
import socket
import tempfile
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from app.lib.db import Database
from app.serving import counting, prepare
from app.settings import Settings
from tests.unit.world import SECRET, document, publish_document

SHARED = {"keys: [{kid: k1": "keys: [{kid: hs, alg: HS256, secret_env: SHOP_SECRET}, {kid: k1"}
read = build_opener(ProxyHandler({})).open


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)


def settings(port: int, workers: int) -> Settings:
    address = f"127.0.0.1:{port}"
    environ = {"ASKONCE_METRICS": address, "ASKONCE_WORKERS": str(workers)}
    return Settings.from_environment(environ)


def shown(port: int) -> str:
    with read(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
        return str(page.read().decode())


def test_one_worker_counts_in_its_own_memory(port: int, tmp_path: Path) -> None:
    with counting(settings(port, workers=1)):
        assert "askonce_requests" in shown(port)
        assert list(tmp_path.iterdir()) == []
        assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
    with pytest.raises(URLError):
        shown(port)


def test_several_workers_count_in_files_that_go_with_them(port: int, tmp_path: Path) -> None:
    with counting(settings(port, workers=2)):
        (folder,) = tmp_path.iterdir()
        assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(folder)
        assert "askonce_requests" not in shown(port)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(URLError):
        shown(port)


def test_an_address_that_is_taken_leaves_nothing_behind(port: int, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(OSError, match="in use"), counting(settings(port, workers=2)):
            pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("secret", "is_told"), [(None, True), ("short", True), ("s" * 32, False)])
async def test_a_secret_that_the_environment_lacks_is_said_at_the_start(
    sqlite_url: str,
    secret: str | None,
    is_told: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    if secret:
        monkeypatch.setenv("SHOP_SECRET", secret)
    database = Database(sqlite_url)
    await database.open()
    await publish_document(database, document(**SHARED))
    await database.close()
    served = Settings("https://ask.example", sqlite_url, secrets=(SECRET,))
    await prepare(served, None, force=False)
    assert ("SHOP_SECRET" in capsys.readouterr().err) is is_told
