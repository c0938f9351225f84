"""Heights: how much room a step will take, so that a page can keep it free before it loads."""

from collections.abc import Sequence

from app.forms.question import Question

# Pixels at the default font size, in a frame some 480 wide; a page's own theme may differ.
_CARD = 190
_PURPOSE = 36
_ONE_LINE = 92
_HINT = 24
_EDITOR = 100
_ROW = 97
_BY_CONTROL = {"textarea": 150, "birthdate": 116, "checkbox": 60}


def estimated_height(questions: Sequence[Question], *, has_purpose: bool) -> int:
    """The height in pixels of a step that asks these questions."""
    return _CARD + (_PURPOSE if has_purpose else 0) + sum(map(_height, questions))


def profile_height(answers: int) -> int:
    """The height in pixels of an editor with so many answers."""
    return _EDITOR + max(answers, 1) * _ROW


def _height(question: Question) -> int:
    control = question.kind.control(question)
    hint = _HINT if question.hint else 0
    if control in ("radios", "checkboxes"):
        count = len(question.options) or 2
        return 40 + 44 * count + hint
    return _BY_CONTROL.get(control, _ONE_LINE) + hint
