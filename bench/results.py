"""The results: a table to read and a file to compare with, each figure beside its target."""

from pathlib import Path

import msgspec

TARGETS = {"GET step": 6.0, "POST answers": 8.0, "POST skip": 7.0}
REFUSED = "refused: "  # beside a GET of a step, which each has to be cheaper than
GROWTH = 1.15  # a million people against a thousand
RESIDENT = 130  # MB for each worker
SLOWEST = 250  # ms for the slowest hundredth of 32 writers' saves

_HEADINGS = (
    "case                       database    subjects  cpu µs  floor  ratio  (target)"
    "     rps  p50 ms  p99 ms  failed  rss MB  PostgreSQL µs"
)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `beside_us` is PostgreSQL's own CPU for each request, which counts nowhere."""

    case: str
    database: str
    subjects: int
    cpu_us: float
    floor_cpu_us: float | None
    ratio: float | None
    rps: float
    p50_ms: float
    p99_ms: float
    failed: int
    rss_mb: float
    beside_us: float = 0.0


def heading() -> str:
    """What stands above the lines."""
    return _HEADINGS


def line(result: Result) -> str:
    """One line of the table."""
    floor = "" if result.floor_cpu_us is None else f"{result.floor_cpu_us:.0f}"
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    target = f"(≤ {TARGETS[result.case]:.0f})" if result.case in TARGETS else ""
    target = "(< 1)" if result.case.startswith(REFUSED) else target
    beside = f"{result.beside_us:.0f}" if result.beside_us else ""
    return (
        f"{result.case:<26} {result.database:<10} {result.subjects:>9,} {result.cpu_us:>7.0f}"
        f" {floor:>6} {ratio:>6}  {target:>8} {result.rps:>7,.0f} {result.p50_ms:>7.1f}"
        f" {result.p99_ms:>7.1f} {result.failed:>7} {result.rss_mb:>7.0f} {beside:>14}"
    )


def growth(results: list[Result]) -> list[str]:
    """What the most people cost against the fewest, for each case and database."""
    lines = []
    for case, database in dict.fromkeys((r.case, r.database) for r in results if r.ratio):
        alike = [r for r in results if (r.case, r.database) == (case, database)]
        few, many = min(alike, key=_subjects), max(alike, key=_subjects)
        if few is not many:
            # Beside their floors, for minutes lie between them, and the machine has its moods.
            times = (many.ratio or 0.0) / (few.ratio or 1.0)
            lines.append(
                f"{case}, {database}: {many.subjects:,} people cost {times:.2f} × of "
                f"{few.subjects:,} (≤ {GROWTH})"
            )
    return lines


def _subjects(result: Result) -> int:
    return result.subjects


def store(results: list[Result], file: Path) -> None:
    """Write them as a JSON list."""
    rows = [msgspec.to_builtins(result) for result in results]
    kept = [{k: _rounded(v) for k, v in row.items() if k != "beside_us"} for row in rows]
    file.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")


def _rounded(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value
