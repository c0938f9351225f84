"""The returned form: what was not saved comes back, with what was typed and a reason why."""

from typing import Literal

from app.forms.form import Form
from app.widget.visits import Visit

# What the form's place in the page gets: fields, those it has, or none and so nothing to save.
Fields = Literal["new", "kept", "none"]
# The banner above it, as the notice component knows it.
Notice = Literal["", "reworded", "unsaved", "too_much"]
_STATUSES = {"reworded": 409, "too_much": 413}


def form_status(visit: Visit, form: Form, notice: Notice) -> int:
    """The HTTP status of a form that is shown with that banner.

    To a script never a 5xx: whatever stands between us would put its own page in the way.
    """
    if notice == "unsaved":
        return 200 if visit.is_scripted else 503
    return _STATUSES.get(notice, 422 if form.problems else 200)


def fields_unsent(visit: Visit) -> Fields:
    """What a form comes back with whose fields were not sent: those the person has before them.

    Without a script nothing can stay; blanks in the place of what is known must not be saved.
    """
    return "kept" if visit.is_scripted else "none"
