"""The returned form: what was not saved comes back, with what was typed and a reason why."""

from collections.abc import Mapping
from typing import Literal

from app.forms.form import Form
from app.widget.visits import Visit

# What the form's place in the page gets: fields, those it has, or none and so nothing to save.
Fields = Literal["new", "kept", "none"]
# The banner above it, as the notice component knows it.
Notice = Literal["", "reworded", "unsaved", "too_much", "too_many"]
_STATUSES = {"reworded": 409, "too_much": 413, "too_many": 429, "unsaved": 503}
# To a script these are a 200: of what is refused without being read nothing is put into the page,
# and what stands between us would put a page of its own in the place of a failure.
_SHOWN = ("too_many", "unsaved")
# When to send it again, in seconds.
RETRIES: Mapping[str, dict[str, str]] = {name: {"retry-after": "5"} for name in _SHOWN}


def form_status(visit: Visit, form: Form, notice: Notice) -> int:
    """The HTTP status of a form that is shown with that banner."""
    if notice in _SHOWN and visit.is_scripted:
        return 200
    return _STATUSES.get(notice, 422 if form.problems else 200)


def fields_again(visit: Visit) -> Fields:
    """What a form comes back with that was read: with a script, those that are in the page."""
    return "kept" if visit.is_scripted else "new"


def fields_unsent(visit: Visit) -> Fields:
    """What a form comes back with whose fields were not sent: those the person has before them.

    Without a script nothing can stay; blanks in the place of what is known must not be saved.
    """
    return "kept" if visit.is_scripted else "none"
