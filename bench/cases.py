"""The cases: an action asked of Askonce and of the floor in turn, and the medians of the runs."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.askonce import Running
from bench.load import Load, send
from bench.processes import Process
from bench.requests import Action
from bench.results import Result

NAMES: dict[Action, str] = {"step": "GET step", "answers": "POST answers", "skips": "POST skip"}
_FLOOR_TIMES = 5  # a constant page takes a fraction: a run as long needs more of them
_WARM = 500
_TURNS = 4  # of a run, each beside one of the floor: the machine's speed changes by the second


@dataclass
class Run:
    """What one run has cost, in seconds; one that uses up the people takes several rounds."""

    cpu: float = 0.0
    database_cpu: float = 0.0
    lost: int = 0
    loads: list[Load] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return sum(load.requests for load in self.loads)

    @property
    def cpu_us(self) -> float:
        return self.cpu / self.requests * 1e6

    @property
    def beside_us(self) -> float:
        return self.database_cpu / self.requests * 1e6

    @property
    def rps(self) -> float:
        return self.requests / sum(load.seconds for load in self.loads)

    @property
    def failed(self) -> int:
        return self.lost + sum(load.failed for load in self.loads)


@dataclass(frozen=True)
class Case:
    """One action on one Askonce, beside the floor; requests pass through `file`."""

    running: Running
    action: Action
    floor: Process
    file: Path
    runs: list[Run] = field(default_factory=list)
    floors: list[Run] = field(default_factory=list)

    async def run(self, seconds: float) -> None:
        """One more run, of about so many seconds."""
        warm, run, floor = Run(), Run(), Run()
        await self._add(warm, _WARM)
        count = max(int(warm.rps * seconds), _WARM)
        for _ in range(_TURNS):
            self._add_floor(floor, count // _TURNS)
            await self._add(run, count // _TURNS)
        self.runs.append(run)
        self.floors.append(floor)

    def _add_floor(self, run: Run, count: int) -> None:
        prepared = self._prepare([random.randrange(self.running.subjects) for _ in range(count)])
        cpu = self.floor.cpu
        run.loads.append(send(prepared, self.floor.port, self.file, _FLOOR_TIMES))
        run.cpu += self.floor.cpu - cpu

    async def _add(self, run: Run, count: int) -> None:
        left = count
        while left > 0:
            left -= await self._round(run, left)

    async def _round(self, run: Run, most: int) -> int:
        running = self.running
        people = await running.people(most, anew=self.action != "step")
        saved, prepared = await running.saved(self.action), self._prepare(people)
        with measured(run, running):
            run.loads.append(send(prepared, running.process.port, self.file))
        run.lost += await running.lost(self.action, saved + len(people))
        return len(people)

    def _prepare(self, people: list[int]) -> list[bytes]:
        request = self.running.request
        return [request(self.action, person, number) for number, person in enumerate(people)]

    def result(self) -> Result:
        """The medians of the runs; the ratio is that of each run to the floor beside it."""
        beside = zip(self.runs, self.floors, strict=True)
        ratio = median(run.cpu_us / floor.cpu_us for run, floor in beside)
        floor = median(floor.cpu_us for floor in self.floors)
        return result(self.running, NAMES[self.action], self.runs, floor=floor, ratio=ratio)


def result(
    running: Running,
    case: str,
    runs: list[Run],
    floor: float | None = None,
    ratio: float | None = None,
) -> Result:
    """The medians of some runs."""
    loads = [load for run in runs for load in run.loads]
    return Result(
        case=case,
        database=running.database.name,
        subjects=running.subjects,
        cpu_us=median(run.cpu_us for run in runs),
        floor_cpu_us=floor,
        ratio=ratio,
        rps=median(run.rps for run in runs),
        p50_ms=median(load.p50_ms for load in loads),
        p99_ms=median(load.p99_ms for load in loads),
        failed=sum(run.failed for run in runs),
        rss_mb=running.process.rss,
        beside_us=median(run.beside_us for run in runs),
    )


@contextmanager
def measured(run: Run, running: Running) -> Iterator[None]:
    """Add to the run what the block costs."""
    cpu, beside = running.process.cpu, running.database.cpu
    yield
    run.cpu += running.process.cpu - cpu
    run.database_cpu += running.database.cpu - beside
