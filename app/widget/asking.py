"""Asking: a decision becomes a prompt on the screen, or a card that says why there is none."""

from collections.abc import Mapping
from typing import Literal
from weakref import WeakKeyDictionary

from markupsafe import Markup

from app.domain.deciding import Standing, decide
from app.domain.progress import skips_left
from app.domain.release import Release
from app.domain.steps import Step
from app.domain.subjects import Subject
from app.forms.form import Form
from app.lib.i18n import Wording, gettext, ngettext, use_locale
from app.lib.pages import Page
from app.lib.skeletons import Skeletons, mark
from app.widget.asked import blank_fields, fields_of
from app.widget.dialects import form_attributes, lone_form_attributes, seen_attributes
from app.widget.screens import Events, Screen, event_header, new_nonce, respond
from app.widget.visits import Visit

# Of each release, and gone with it.
_PROMPTS: WeakKeyDictionary[Release, Skeletons] = WeakKeyDictionary()
_NOTICES = Skeletons()
_NO_TEXT = Wording("")
_ACTIONS = ("answers", "skips", "dismissals")
# What the form's place in the page gets: fields, those it has, or none and so nothing to save.
Fields = Literal["new", "kept", "none"]
# The banner of a form that comes back without being saved.
Notice = Literal["", "reworded", "unsaved", "too_much"]
_STATUSES = {"reworded": 409, "too_much": 413}


def screen_of(visit: Visit, *, is_mount: bool = False) -> Screen:
    """Where the answer to a visit will stand."""
    presentation, origins = visit.presentation, visit.site.origins
    nonce = new_nonce(presentation)
    return Screen(presentation, visit.locale, origins, is_mount, visit.is_scripted, nonce)


def show_next(visit: Visit, subject: Subject, *, is_mount: bool, events: Events) -> Page:
    """The step that is decided now; else thanks, or on a mount nothing at all."""
    decision = decide(visit.release, subject, visit.moment)
    if decision.step:
        form = visit.form(decision.step, decision.attributes, decision.values)
        return show_prompt(visit, decision.step, form, subject, is_mount=is_mount, events=events)
    if is_mount:
        return show_nothing(visit)
    done = {**events, "askonce-complete": {"status": "complete"}}
    return show_notice(screen_of(visit), "thanks", events=done, text=_thanks(visit))


def show_prompt(
    visit: Visit,
    step: str,
    form: Form,
    subject: Subject | None,
    *,
    is_mount: bool = False,
    notice: Notice = "",
    fields: Fields = "new",
    events: Events | None = None,
) -> Page:
    """A step with its form. `notice` is a banner of the component of that name."""
    screen = screen_of(visit, is_mount=is_mount)
    attributes = tuple([question.name for question in form.questions])
    left = _skips_left(visit, step, subject)
    token, prompt = visit.seal("step", step, attributes, subject, skips_left=left)
    title = _title(visit, visit.release.steps[step]) if screen.is_frame else ""
    status = status_of(visit, form, notice)
    texts = {
        "id": visit.instance.encode(),
        "nonce": screen.nonce.encode(),
        "token": token.encode(),
        "said": _said(screen, events).encode(),
    }
    content = _content(visit, screen, step, form, left, notice, fields, texts)
    told = {"step": step, "prompt": prompt}
    events = {**(events or {}), "askonce-prompted": told} if status == 200 else events
    retry = {"retry-after": "5"} if notice == "unsaved" else None
    return respond(screen, content, title=title, status=status, events=events, headers=retry)


def _content(
    visit: Visit,
    screen: Screen,
    step: str,
    form: Form,
    left: int | None,
    notice: str,
    fields: Fields,
    texts: Mapping[str, bytes],
) -> bytes:
    """The prompt: unless its form is wrong, it differs from the last by a few texts alone."""
    definition, release = visit.release.steps[step], visit.release

    def render(form: Form | None, texts: Mapping[str, str]) -> Markup:
        values = {
            "title": _title(visit, definition),
            "purpose": release.wording(definition.purpose, visit.site_key, visit.locale),
            "progress": _progress(visit, left),
            "form": form,
            "notice": notice,
            "fields": texts["fields"],
            "stays": fields == "kept",
            "save": None if fields == "none" else {},
            "said": texts["said"],
            "token": texts["token"],
            **_wiring(visit, screen, texts, is_skippable=definition.skip.allowed),
        }
        return screen.mounted(screen.render("app/widget/prompt.html", values))

    def write() -> Markup:
        asked = blank_fields(form, mark("id")) if blank else mark("fields")
        return render(None, {**{name: mark(name) for name in texts}, "fields": asked})

    blank = form.questions if form.is_blank and fields == "new" else ()
    if not blank:
        texts = {**texts, "fields": fields_of(form) if fields == "new" else b""}
        if form.problems:
            return render(form, {k: Markup(v.decode()) for k, v in texts.items()}).encode()
    key = (step, blank, visit.site_key, visit.runtime.url, screen.look, left, notice, fields)
    return _PROMPTS.setdefault(release, Skeletons()).fill(key, write, texts)


def status_of(visit: Visit, form: Form, notice: Notice) -> int:
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


def _said(screen: Screen, events: Events | None) -> Markup:
    """What our frame's script says aloud while the focus goes to the next step."""
    if not screen.is_frame or "askonce-saved" not in (events or {}):
        return Markup("")
    with use_locale(screen.locale):
        return Markup(' data-ao-status="{}"').format(gettext("Your answers are saved."))


def show_notice(
    screen: Screen,
    kind: str,
    *,
    status: int = 200,
    events: Events | None = None,
    text: Wording = _NO_TEXT,
) -> Page:
    """A card in the place of a prompt; `kind` is one of the notice component's."""
    key = (kind, text, text.lang, screen.look)
    values = {"kind": kind, "text": text}
    content = _NOTICES.fill(key, lambda: screen.render("app/widget/notice.html", values), {})
    with use_locale(screen.locale):
        title = gettext("Your answers")
    return respond(screen, content, title=title, status=status, events=events)


def show_nothing(visit: Visit) -> Page:
    """Nothing to ask: a mount stays as it was, and the page hears of it."""
    screen = screen_of(visit, is_mount=True)
    if screen.is_frame:
        return show_notice(screen, "nothing")
    return no_change({"askonce-nothing": {"status": "nothing"}})


def no_change(events: Events | None = None) -> Page:
    """The page stays as it is."""
    return Page(b"", 204, {"cache-control": "no-store", **event_header(events)})


def take_away(visit: Visit, events: Events) -> Page:
    """The prompt goes; a frame cannot go by itself and says so instead."""
    screen = screen_of(visit)
    if screen.is_frame:
        return show_notice(screen, "skipped", events=events)
    return respond(screen, b"", events=events)


def _wiring(
    visit: Visit, screen: Screen, texts: Mapping[str, str], *, is_skippable: bool
) -> dict[str, object]:
    """The addresses and attributes of the prompt's forms, and which buttons it has."""
    root = "" if screen.is_frame else visit.runtime.url
    place = f"{root}/v1/sites/{visit.public_id}/fragments/{visit.presentation}"
    urls = {action: f"{place}/{action}" for action in _ACTIONS}
    name, nonce = texts["id"], texts["nonce"]
    posts = {
        "answers": form_attributes(visit.presentation, urls["answers"], nonce),
        "skips": lone_form_attributes(visit.presentation, urls["skips"], nonce),
        "dismissals": lone_form_attributes(visit.presentation, urls["dismissals"], nonce),
    }
    seen = seen_attributes(visit.presentation, f"{place}/prompts", nonce, f"#{name}-dismissals")
    return {
        "id": name,
        "urls": urls,
        "posts": posts,
        "seen": seen,
        "skip": {"form": f"{name}-skips"} if is_skippable else None,
        "dismiss": {"form": f"{name}-dismissals"},
    }


def _title(visit: Visit, step: Step) -> Wording:
    return visit.release.wording(step.title, visit.site_key, visit.locale) or _NO_TEXT


def _thanks(visit: Visit) -> Wording:
    step = visit.release.steps.get(visit.token.step) if visit.token else None
    if step is None:
        return _NO_TEXT
    return visit.release.wording(step.thanks, visit.site_key, visit.locale) or _NO_TEXT


def _skips_left(visit: Visit, step: str, subject: Subject | None) -> int | None:
    """How often the step can still be skipped and come back; None where it cannot be skipped.

    A form that comes back wrong was made without the person's row: its token remembers.
    """
    skip = visit.release.steps[step].skip
    if not skip.allowed:
        return None
    if subject is None:
        return visit.token.moment.get("skips_left") if visit.token else None
    return skips_left(subject.progress(step), skip)


def _progress(visit: Visit, left: int | None) -> str:
    """What a skip will mean, said before it happens."""
    if left is None:
        return ""
    with use_locale(visit.locale):
        if left == 0:
            return gettext("If you skip this, we will not ask again.")
        return ngettext(
            "You can skip this {n} more time.", "You can skip this {n} more times.", left
        )


def current_form(visit: Visit, step: str, subject: Subject) -> Form | None:
    """What a step would ask now; None where that is nothing, or there is no such step any more."""
    if step not in visit.release.steps:
        return None
    standing = Standing(visit.release, subject, visit.moment)
    fields = standing.shown(visit.release.steps[step])
    attributes = tuple(field.attribute for field in fields)
    return visit.form(step, attributes, standing.prefilled(attributes)) if attributes else None
