"""The standing: one person before one release at one moment, and what may be asked of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from app.domain.answers import Answer, State, state_of
from app.domain.moments import Moment
from app.domain.releases import Release
from app.domain.steps import Step, StepField
from app.domain.subjects import Subject
from app.domain.times import to_milliseconds

_ASKABLE = (State.UNSET, State.STALE, State.SUGGESTED)
_KNOWN = (State.ANSWERED, State.STALE)
_SETTLED = (State.DECLINED, State.NOT_APPLICABLE)


class Standing(msgspec.Struct):
    """The facts that gates and conditions ask for."""

    release: Release
    subject: Subject
    moment: Moment
    _answers: dict[str, tuple[State, Answer | None]] = {}
    _shown: tuple[Step, tuple[StepField, ...]] | None = None

    @property
    def at(self) -> datetime:
        return self.moment.at

    @property
    def site(self) -> str:
        return self.moment.site

    @property
    def locale(self) -> str:
        return self.moment.locale

    @property
    def logins(self) -> int:
        return self.subject.logins(self.moment.site)

    @property
    def first_seen(self) -> datetime | None:
        return self.subject.first_seen

    def answer(self, attribute: str) -> Any:
        """The known value of an attribute, stale or not; None where nothing is known."""
        state, answer = self._answers.get(attribute) or self._look_up(attribute)
        return answer.value if answer and state in _KNOWN else None

    def prefilled(self, attributes: Iterable[str]) -> dict[str, Any]:
        """What a form of these starts with: the known values, and those that were suggested."""
        values: dict[str, Any] = {}
        for attribute in attributes:
            state, answer = self._answers.get(attribute) or self._look_up(attribute)
            if answer is None:
                continue
            if state is State.SUGGESTED and answer.suggestion:
                values[attribute] = answer.suggestion.value
            elif state in _KNOWN and answer.value is not None:
                values[attribute] = answer.value
        return values

    def state(self, attribute: str) -> State:
        """The state of an attribute's answer at this moment."""
        return (self._answers.get(attribute) or self._look_up(attribute))[0]

    def _look_up(self, attribute: str) -> tuple[State, Answer | None]:
        answer = self.subject.answer(self.release.attribute_id(attribute))
        state = State.UNSET if answer is None else self._state(attribute, answer)
        self._answers[attribute] = found = state, answer
        return found

    def _state(self, attribute: str, answer: Answer) -> State:
        said_at, at = self.subject.said_at(answer), to_milliseconds(self.moment.at)
        return state_of(answer, said_at, self.release.attributes[attribute], at)

    def claim(self, name: str) -> Any:
        return self.moment.claims.get(name)

    def has_completed(self, step: str) -> bool:
        return self.subject.progress(step).completed_at is not None

    def has_skipped(self, step: str) -> bool:
        return self.subject.progress(step).skipped_at is not None

    def askable(self, step: Step) -> tuple[StepField, ...]:
        """The fields whose answer is missing or stale and may be asked now, in order."""
        return tuple([f for f in step.fields if self._is_askable(f) and self.is_visible(f)])

    def shown(self, step: Step) -> tuple[StepField, ...]:
        """The fields a prompt shows: the askable ones up to the step's limit, or known ones too."""
        # Asked again of the step that was chosen.
        if self._shown is None or self._shown[0] is not step:
            self._shown = step, self._find_shown(step)
        return self._shown[1]

    def _find_shown(self, step: Step) -> tuple[StepField, ...]:
        if step.ask == "all":
            return tuple(f for f in step.fields if not self._is_settled(f) and self.is_visible(f))
        return self.askable(step)[: step.at_most]

    def is_visible(self, field: StepField) -> bool:
        """Whether the person may write it here and its condition holds."""
        if field.attribute not in self.release.writable:
            return False
        return field.when is None or field.when.holds(self)

    def _is_askable(self, field: StepField) -> bool:
        state = self.state(field.attribute)
        return state in _ASKABLE or (field.required and state is State.EMPTY)

    def _is_settled(self, field: StepField) -> bool:
        return self.state(field.attribute) in _SETTLED
