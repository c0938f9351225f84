"""The checks: each reads a case and says what it finds; none asks anybody for anything."""

from collections.abc import Callable, Iterator

from app.doctor.cases import Case
from app.doctor.checks import (
    answers,
    assertions,
    elements,
    files,
    frames,
    mounts,
    networks,
    pages,
    policies,
    sites,
)
from app.doctor.findings import Finding

Check = Callable[[Case], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    pages.check,
    networks.check,
    sites.check,
    policies.check,
    files.check,
    frames.check,
    elements.check,
    mounts.check,
    assertions.check,
    answers.check,
)
