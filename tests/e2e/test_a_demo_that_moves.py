"""`make run`: what the demo's configuration says counts at every start."""

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import free_ports, started


def test_a_demo_that_moves_and_comes_back_keeps_its_origins(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'askonce.db'}"
    home, away = free_ports(2)
    for port in (home, away, home):
        with started(database_url, tmp_path / "log", port) as world:
            assert world.demo in published(database_url)


def published(database_url: str) -> str:
    command = [sys.executable, "-m", "app.cli", "config", "export", "acme"]
    environment = os.environ | {"DATABASE_URL": database_url}
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout
