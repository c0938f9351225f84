"""A PostgreSQL server of the tests' own: empty, on loopback, forgetful, gone with the run."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    # Nothing here outlives the run: durability would only cost time.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


class Server:
    """One running server. `stop` ends it by its own process and removes its files."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="askonce-postgresql-"))
        self._become = _unprivileged(self.directory)
        self._binaries = _binaries()
        self.port = _free_port()
        self._run(
            "initdb",
            "--username=askonce",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            # A collation that is not that of bytes, as servers in the world have.
            "--locale=C.UTF-8",
            "--locale-provider=icu",
            "--icu-locale=en",
        )
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": ""}
        options = " ".join(f"-c {name}={value or repr('')}" for name, value in settings.items())
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self._log}", f"-o {options}")

    @property
    def address(self) -> str:
        """Where its databases are, in SQLAlchemy's spelling: add a slash and a name."""
        return f"postgresql+asyncpg://askonce@127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
        shutil.rmtree(self.directory)

    @property
    def _log(self) -> Path:
        return self.directory / "log"

    def _run(self, program: str, *arguments: str) -> None:
        # A file, not a pipe: the server inherits it, and a pipe would stay open as long as it runs.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self._binaries / program, f"--pgdata={self.directory / 'files'}", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                user=self._become,
                group=self._become,
                extra_groups=[] if self._become else None,
            )
            output.seek(0)
            said = output.read().decode()
        if done.returncode:
            log = self._log.read_text() if self._log.exists() else ""
            raise RuntimeError(f"{program} failed:\n{said}{log}")


def _unprivileged(directory: Path) -> str | None:
    """PostgreSQL refuses to run as root: then it runs as its own user, who gets the directory."""
    if os.geteuid() != 0:
        return None
    shutil.chown(directory, "postgres", "postgres")
    return "postgres"


def _binaries() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = str(installed[-1]) if installed else shutil.which("initdb")
    if not found:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return Path(found).parent


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdigit() else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
