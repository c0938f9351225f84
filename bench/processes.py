"""The processes under load: started on a free port, measured by the kernel, stopped by their id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 30.0  # seconds to start or to stop
_open = build_opener(ProxyHandler({})).open  # no proxy stands between two programs on loopback


class Process:
    """A server of one command, which answers `ready` with 200 once it serves."""

    def __init__(
        self, command: list[str], environment: Mapping[str, str], port: int, ready: str, log: Path
    ) -> None:
        self.port = check_is_free(port)
        self._ready = f"http://127.0.0.1:{port}{ready}"
        self._command = [sys.executable, *command]
        self._environment = {**os.environ, **environment}
        self._log = log
        self._child = self._started()

    def __enter__(self) -> "Process":
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def restart(self) -> None:
        """Stop it, and start another one of the same command on the same port."""
        self.stop()
        self._child = self._started()
        self._wait()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self._child.poll() is None:
            try:
                with _open(self._ready, timeout=2):
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError(f"it does not serve:\n{self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Ask it to end; in the end make it."""
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    @property
    def cpu(self) -> float:
        """User and system time so far, in seconds, of the process and all of its children."""
        return cpu_of(self._child.pid)

    @property
    def rss(self) -> float:
        """What its largest worker holds in memory, in MB (10^6 bytes)."""
        return max(map(_resident, tree(self._child.pid)))


def cpu_of(pid: int) -> float:
    """User and system time of a process and its children, the ended ones too, in seconds."""
    return sum(map(_ticks, tree(pid))) / TICKS


def tree(pid: int) -> Iterator[int]:
    """A process and what it has started."""
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listed.read_text().split():
            yield from tree(int(child))


def _ticks(pid: int) -> int:
    # After the name, which may hold anything: proc(5), fields 14 to 17.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def check_is_free(port: int) -> int:
    """The port. Raises OSError when somebody has it: a forgotten server would take requests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
    return port
