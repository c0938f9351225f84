"""The progress: where a person stands with a step."""

from datetime import datetime

import msgspec

from app.domain.steps import Skip
from app.domain.times import milliseconds_of, to_milliseconds


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a person stands with a step. Moments are in milliseconds.

    `prompts` counts the sittings in which it was seen since it was last completed, and
    `prompted_in` is the last of them; `dismissed` and `completed_in` are the sittings in which it
    was closed and completed. `shown` are the attribute ids it has shown when completed, `round`
    is the step's `again` at that time.
    """

    prompts: int = 0
    prompted_at: int | None = None
    prompted_in: str | None = None
    skips: int = 0
    skipped_at: int | None = None
    rests_until: int | None = None
    stopped: bool = False
    dismissed: str | None = None
    completed_at: int | None = None
    completed_in: str | None = None
    round: int = 0
    shown: tuple[str, ...] = ()

    @property
    def was_opened(self) -> bool:
        """Whether it has ever been seen."""
        return self.prompted_at is not None

    def is_resting(self, at: datetime) -> bool:
        return self.rests_until is not None and to_milliseconds(at) < self.rests_until


def skips_left(progress: Progress, skip: Skip) -> int:
    """How many more times the step can be skipped and come back; the skip after is final."""
    return max(skip.rungs - progress.skips, 0)


def after_prompt(progress: Progress, sitting: str, at: datetime) -> Progress:
    """A showing came into view; a second one in the same sitting counts no more."""
    if progress.prompted_in == sitting:
        return progress
    return msgspec.structs.replace(
        progress,
        prompts=progress.prompts + 1,
        prompted_at=to_milliseconds(at),
        prompted_in=sitting,
    )


def after_skip(progress: Progress, skip: Skip, at: datetime) -> Progress:
    """One rung down the ladder: it rests for the rung's time, and after the last for good."""
    moment = to_milliseconds(at)
    final = progress.skips >= skip.rungs
    rest = None if final else moment + milliseconds_of(skip.snooze[progress.skips])
    return msgspec.structs.replace(
        progress, skips=progress.skips + 1, skipped_at=moment, rests_until=rest, stopped=final
    )


def after_dismissal(progress: Progress, sitting: str) -> Progress:
    """It rests for this sitting; the ladder does not move."""
    return msgspec.structs.replace(progress, dismissed=sitting)


def after_completion(
    progress: Progress, shown: tuple[str, ...], again: int, sitting: str, at: datetime
) -> Progress:
    """It is finished, and what was shown counts as shown; ladder and prompts start anew."""
    return msgspec.structs.replace(
        progress,
        completed_at=to_milliseconds(at),
        completed_in=sitting,
        round=again,
        shown=tuple(sorted({*progress.shown, *shown})),
        prompts=0,
        skips=0,
        rests_until=None,
        stopped=False,
        dismissed=None,
    )
