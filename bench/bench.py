"""Measure what a request costs under load, print it and write var/bench.json.

make bench            five runs of each case, each of new processes, with a thousand and a
                      million people: ten minutes
make bench QUICK=1    one short one with a thousand: within a minute
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])

from bench.askonce import Running, running
from bench.cases import Case
from bench.databases import AnyDatabase, OnSqlite, postgresql_server
from bench.flood import refuse_floods
from bench.load import answer_to
from bench.processes import Process, free_port
from bench.requests import Action
from bench.results import RESIDENT, SLOWEST, Result, growth, heading, line, store
from bench.writers import write_many, write_one

VAR = Path("var")


class Plan(NamedTuple):
    """How thorough: how many people, runs, seconds for each run, and saves of the writers."""

    subjects: tuple[int, ...]
    runs: int
    seconds: float
    saves: int


FULL = Plan((1_000, 1_000_000), 5, 3.0, 20_000)
QUICK = Plan((1_000,), 1, 1.0, 2_000)


async def main(plan: Plan) -> list[Result]:
    """Every case, printed as it is measured."""
    results = []
    print(heading())
    with _directory() as directory:
        async for result in _measure(plan, directory):
            print(line(result), flush=True)
            results.append(result)
    print(*growth(results), sep="\n")
    print(f"32 writers: none fails, p99 ≤ {SLOWEST} ms; ≤ {RESIDENT} MB for each worker")
    return results


async def _measure(plan: Plan, directory: Path) -> AsyncIterator[Result]:
    sqlite = OnSqlite(directory)
    with postgresql_server() as postgresql:
        for subjects in plan.subjects:
            for database in (sqlite, postgresql):
                async for result in _cases(database, subjects, plan, directory):
                    yield result
    async with running(sqlite, plan.saves, directory, workers=2) as askonce:
        yield await write_many(askonce, plan.saves, directory / "requests")
    async with running(sqlite, 1, directory, workers=2) as askonce:
        yield await write_one(askonce, plan.saves // 4, directory / "requests")


async def _cases(
    database: AnyDatabase, subjects: int, plan: Plan, directory: Path
) -> AsyncIterator[Result]:
    async with running(database, subjects, directory) as askonce:
        with await _floor(askonce, directory) as floor:
            file = directory / "requests"
            cases = [Case(askonce, action, floor, file) for action in get_args(Action)]
            for number in range(plan.runs):
                if number:
                    # How a process lies in memory makes it faster or slower by a twentieth.
                    askonce.process.restart()
                    floor.restart()
                    await askonce.begin_again()
                for case in cases:
                    await case.run(plan.seconds)
            for case in cases:
                yield case.result()
        if database.name == "sqlite" and subjects == plan.subjects[0]:
            async for result in refuse_floods(askonce, plan.runs, plan.seconds / 2, file):
                yield result


async def _floor(askonce: Running, directory: Path) -> Process:
    """Constant pages as large as what Askonce answers."""
    (person,) = await askonce.people(1, anew=True)
    sizes = {
        action: len(answer_to(askonce.request(action, person, 0), askonce.process.port))
        for action in get_args(Action)
    }
    await askonce.renew([person])
    port = free_port()
    environment = {"BENCH_PAGES": msgspec.json.encode(sizes).decode(), "PORT": str(port)}
    return Process(["-m", "bench.floor"], environment, port, "/ready", directory / "floor.log")


@contextmanager
def _directory() -> Iterator[Path]:
    """Room for databases, logs and requests, which is gone afterwards."""
    place = VAR.absolute() / "bench"
    place.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=place))
    # PostgreSQL may run as another user, who must be able to pass.
    directory.chmod(0o711)
    tempfile.tempdir = str(directory)
    try:
        yield directory
    finally:
        tempfile.tempdir = None
        shutil.rmtree(place)


def _end(*_: object) -> None:
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)  # so that what was started is stopped
    chosen = QUICK if os.environ.get("QUICK") else FULL
    store(asyncio.run(main(chosen)), VAR / "bench.json")
