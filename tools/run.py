"""`make run`: Askonce and a customer's site beside it, both stopped by one Ctrl-C."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

ASKONCE = [sys.executable, "-m", "app.cli"]
DEMO = [sys.executable, "demo/site.py"]
CONFIGURATION = Path("demo/askonce.yaml")
DEMO_PORT = "8001"  # as the configuration of the demo has it


def main() -> int:
    """Migrate, start both, wait until one ends or somebody stops us."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    port, demo_port = os.environ.get("PORT") or "8000", os.environ.get("DEMO_PORT") or DEMO_PORT
    if taken := [number for number in (port, demo_port) if _is_taken(number)]:
        print(f"Port {taken[0]} is taken: choose others with PORT=… and DEMO_PORT=…", flush=True)
        return 1
    environment = os.environ | {"PORT": port, "DEMO_PORT": demo_port} | _defaults(port)
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as scratch:
        # Forced: what the file says counts, also where an earlier start has said it before.
        serve = ["serve", "--migrate", "--force", "--config"]
        serve.append(str(_configuration(demo_port, Path(scratch))))
        try:
            running.append(_start([*ASKONCE, *serve], environment))
            running.append(_start(DEMO, environment))
            _announce(port, demo_port, running)
            _until_one_ends(running)
            return 1
        except KeyboardInterrupt:
            return 0
        finally:
            _stop(running)


def _is_taken(port: str) -> bool:
    """Asked first: a server that was forgotten may share its port and take the requests."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def _defaults(port: str) -> dict[str, str]:
    """What a person who only wants to look need not set."""
    os.umask(0o077)
    Path("var").mkdir(exist_ok=True)
    return {
        "ASKONCE_URL": os.environ.get("ASKONCE_URL") or f"http://localhost:{port}",
        "ASKONCE_SECRET": os.environ.get("ASKONCE_SECRET") or _kept_secret(Path("var/secret")),
        "ASKONCE_DEVELOPMENT": os.environ.get("ASKONCE_DEVELOPMENT") or "1",
    }


def _announce(port: str, demo_port: str, running: Sequence[subprocess.Popen[bytes]]) -> None:
    if _wait_for(f"http://127.0.0.1:{port}/ready", running) and _wait_for(
        f"http://127.0.0.1:{demo_port}/", running
    ):
        print(f"\n  Askonce        http://localhost:{port}", flush=True)
        print(f"  the demo site  http://127.0.0.1:{demo_port}\n", flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _kept_secret(file: Path) -> str:
    """The master secret of this checkout, made once: what it sealed stays readable."""
    if not file.exists():
        file.write_text(secrets.token_urlsafe(48) + "\n")
    return file.read_text().strip()


def _configuration(demo_port: str, scratch: Path) -> Path:
    """The demo's configuration; its origins follow when the demo stands on another port."""
    if demo_port == DEMO_PORT:
        return CONFIGURATION
    moved = scratch / CONFIGURATION.name
    moved.write_text(CONFIGURATION.read_text().replace(f":{DEMO_PORT}", f":{demo_port}"))
    return moved


def _start(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl-C reaches us alone, and we end both in order.
    return subprocess.Popen(command, env=environment, start_new_session=True)


def _wait_for(url: str, running: Sequence[subprocess.Popen[bytes]]) -> bool:
    while all(process.poll() is None for process in running):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return True
        time.sleep(0.05)
    return False


def _until_one_ends(running: Sequence[subprocess.Popen[bytes]]) -> None:
    while all(process.poll() is None for process in running):
        time.sleep(0.2)


def _stop(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    for process in running:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
