"""Serving: the check before the first request, the worker processes, the metrics beside them."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import uvicorn
from sqlalchemy import Connection

from app.domain.document import read_document
from app.domain.heads import list_heads, load_active
from app.domain.publishing import apply_at_start
from app.domain.secret_names import unset_secrets
from app.lib.db import Database, DatabaseError
from app.migrations import is_current
from app.runtime import open_database
from app.settings import Settings, SettingsError

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

GRACE = 20  # seconds for what was accepted
STARTS_WITHIN = 60  # seconds; a worker that is silent for longer is started anew


class Source(NamedTuple):
    """A configuration file: its name, for messages, and its bytes."""

    name: str
    content: bytes


async def prepare(settings: Settings, source: Source | None, *, force: bool) -> None:
    """Refuse what cannot be served, and publish the configuration of `source` if there is one.

    Raises SettingsError with the sentence to show.
    """
    settings.need_secrets()
    database = open_database(settings)
    try:
        await database.open()
        if not await database.read(is_current):
            raise SettingsError("The database's schema is behind: run `askonce migrate` first.")
        if source:
            await _apply(database, source, force)
        await database.read(_warn_of_secrets)
    except DatabaseError as error:
        raise SettingsError(f"The database cannot be reached ({error.code}).") from None
    finally:
        await database.close()


def _warn_of_secrets(connection: Connection) -> None:
    """Say what the environment lacks that some site's keys name: their tokens are refused."""
    for head in list_heads(connection):
        release = None
        with suppress(ValueError):  # a newer program's: each process tells of it
            release = load_active(connection, head.workspace)
        for unset in unset_secrets(release.document, os.environ) if release else ():
            print(f"{head.workspace}: {unset}", file=sys.stderr)


async def _apply(database: Database, source: Source, force: bool) -> None:
    document = read_document(source.content, source.name)
    for mistake in (*document.mistakes, *document.warnings):
        print(mistake, file=sys.stderr)
    if document.workspace is None:
        raise SettingsError("The configuration has mistakes: nothing was published or served.")
    at = datetime.now(UTC)
    applied = await database.write(
        apply_at_start, document.workspace, source=document.source, at=at, force=force
    )
    if applied is None:
        print(
            f"{source.name} is an earlier release: not applied (--force applies it).",
            file=sys.stderr,
        )


def run(settings: Settings) -> None:
    """Serve with as many processes as the settings say, until a signal stops them."""
    # The server raises the signal again once it has stopped; what follows is still to be done.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with counting(settings):
        uvicorn.run(
            "app.main:create",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            loop="uvloop",
            http="httptools",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE,
            timeout_worker_healthcheck=STARTS_WITHIN,
        )


@contextmanager
def counting(settings: Settings) -> Iterator[None]:
    """Metrics on their own address; the counts of several processes are summed from a folder."""
    with ExitStack() as ending:
        folder = None
        if settings.workers > 1:
            folder = tempfile.mkdtemp(prefix="askonce-metrics-")
            ending.callback(shutil.rmtree, folder, ignore_errors=True)
            # Read by the library when a worker imports it.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        if settings.metrics:
            server = _show_metrics(*settings.metrics, folder)
            ending.callback(server.server_close)
            ending.callback(server.shutdown)
        yield


def _show_metrics(host: str, port: int, folder: str | None) -> "WSGIServer":
    from prometheus_client import REGISTRY, CollectorRegistry, start_http_server

    registry = REGISTRY
    if folder:
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    server, _ = start_http_server(port, host, registry)
    return server
