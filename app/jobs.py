"""The jobs: what has to be done now and then, by one process of all."""

import asyncio
import random
import secrets
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.domain.jtis import purge_jtis
from app.domain.leases import take_lease
from app.domain.tickets import purge_tickets
from app.lib.db import DatabaseError
from app.runtime import Runtime

EVERY = 60.0  # seconds
SPREAD = 0.2

Job = Callable[[Connection, datetime], int]
JOBS: dict[str, Job] = {"purge_jtis": purge_jtis, "purge_tickets": purge_tickets}
log = structlog.get_logger()


async def run_jobs(runtime: Runtime) -> None:
    """Do every job each minute, where this process holds the lease, until cancelled."""
    holder = secrets.token_hex(8)
    while True:
        await asyncio.sleep(EVERY * random.uniform(1 - SPREAD, 1 + SPREAD))
        for name, job in JOBS.items():
            await run_job(runtime, name, job, holder)


async def run_job(runtime: Runtime, name: str, job: Job, holder: str) -> None:
    """Do one job if nobody else does; a database that is away is tried again next time."""
    at = runtime.now()
    try:
        if await runtime.database.write(take_lease, name, holder, at):
            done = await runtime.database.write(job, at)
            log.info("job", job=name, rows=done)
    except DatabaseError as error:
        log.warning("job_failed", job=name, code=error.code)
