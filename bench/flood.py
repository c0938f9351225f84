"""The flood: what a request costs that is refused, beside a step that is shown to somebody."""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from statistics import median

from bench.askonce import Running
from bench.cases import Run, measured
from bench.load import send
from bench.people import AUTH_TIME, sub
from bench.requests import Browser
from bench.results import REFUSED, Result
from bench.signing import assertion, forged

_TURNS = 4
_WARM = 500
_FLOODING = "203.0.113.66"


def _good(browser: Browser, number: int) -> str:
    return assertion(sub(number), f"http://{browser.host}", int(time.time()), AUTH_TIME)


def _somewhere() -> str:
    """An address of its own for each: the limits never come into it."""
    return f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"


# What is sent by whom: all that can be wrong, from the cheapest to the dearest to find out.
FLOODS: dict[str, Callable[[Browser, int], bytes]] = {
    "too many": lambda b, n: b.show(forged(_good(b, n)), _FLOODING),
    "garbage": lambda b, _: b.show(secrets.token_urlsafe(200), _somewhere()),
    "unknown key": lambda b, n: b.show(forged(_good(b, n), "other"), _somewhere()),
    "bad signature": lambda b, n: b.show(forged(_good(b, n)), _somewhere()),
}


async def refuse_floods(
    running: Running, runs: int, seconds: float, file: Path
) -> AsyncIterator[Result]:
    """Each kind in turn with good requests, by the same process."""
    await running.begin_again()  # whoever has answered is shown nothing
    for name, build in FLOODS.items():
        pairs = [_pair(running, build, seconds, file) for _ in range(runs)]
        good = median(shown.cpu_us for shown, _ in pairs)
        refused = [refused for _, refused in pairs]
        loads = [load for run in refused for load in run.loads]
        yield Result(
            case=REFUSED + name,
            database=running.database.name,
            subjects=running.subjects,
            cpu_us=median(run.cpu_us for run in refused),
            floor_cpu_us=good,
            ratio=median(refused.cpu_us / shown.cpu_us for shown, refused in pairs),
            rps=median(run.rps for run in refused),
            p50_ms=median(load.p50_ms for load in loads),
            p99_ms=median(load.p99_ms for load in loads),
            failed=sum(shown.failed + refused.failed for shown, refused in pairs),
            rss_mb=running.process.rss,
        )


def _pair(
    running: Running, build: Callable[[Browser, int], bytes], seconds: float, file: Path
) -> tuple[Run, Run]:
    """A run of steps that are shown and one of refusals, in turns."""
    warm, shown, refused = Run(), Run(), Run()
    _send(running, warm, build, _WARM, file)
    count = max(int(warm.rps * seconds), _WARM) // _TURNS
    for _ in range(_TURNS):
        _send(running, shown, _shown, count // 2, file, "200")
        _send(running, refused, build, count, file)
    return shown, refused


def _shown(browser: Browser, number: int) -> bytes:
    return browser.ask(sub(number), int(time.time()))


def _send(
    running: Running,
    run: Run,
    build: Callable[[Browser, int], bytes],
    count: int,
    file: Path,
    expected: str = "4[02]%d",
) -> None:
    prepared = [build(running.browser, number % running.subjects) for number in range(count)]
    with measured(run, running):
        run.loads.append(send(prepared, running.process.port, file, expected=expected))
