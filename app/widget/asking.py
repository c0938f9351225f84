"""Asking: a decision becomes a prompt on the screen, or thanks, or nothing at all."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from markupsafe import Markup, escape

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
from app.widget.notices import NO_TEXT, screen_of, show_nothing, show_notice
from app.widget.returned import RETRIES, Fields, Notice, form_status
from app.widget.screens import Events, Screen, respond
from app.widget.visits import Visit

# Of each release, and gone with it.
_PROMPTS: WeakKeyDictionary[Release, Skeletons] = WeakKeyDictionary()
_ACTIONS = ("answers", "skips", "dismissals")


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
    title = _title(visit, visit.release.steps[step]) if screen.is_ours else ""
    status = form_status(visit, form, notice)
    texts = {
        "id": visit.instance.encode(),
        "nonce": screen.nonce.encode(),
        "token": token.encode(),
        "said": _said(screen, events).encode(),
    }
    if visit.action:
        texts["action"] = escape(visit.action).encode()
    if visit.flow:
        texts["flow"] = visit.sealed_flow().encode()
    content = _content(visit, screen, step, form, left, notice, fields, texts)
    told = {"step": step, "prompt": prompt}
    events = {**(events or {}), "askonce-prompted": told} if status == 200 else events
    retry = RETRIES.get(notice)
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
            "flow": texts.get("flow", ""),
            **_wiring(visit, texts, is_skippable=definition.skip.allowed),
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


def _said(screen: Screen, events: Events | None) -> Markup:
    """What our frame's script says aloud while the focus goes to the next step."""
    if not screen.is_frame or "askonce-saved" not in (events or {}):
        return Markup("")
    with use_locale(screen.locale):
        return Markup(' data-ao-status="{}"').format(gettext("Your answers are saved."))


def _wiring(visit: Visit, texts: Mapping[str, str], *, is_skippable: bool) -> dict[str, object]:
    """The addresses and attributes of the prompt's forms, and which buttons it has."""
    own = texts.get("action")
    urls = {action: own or visit.address("fragments", action) for action in _ACTIONS}
    name, nonce = texts["id"], texts["nonce"]
    posts = {
        "answers": form_attributes(visit.presentation, urls["answers"], nonce),
        "skips": lone_form_attributes(visit.presentation, urls["skips"], nonce),
        "dismissals": lone_form_attributes(visit.presentation, urls["dismissals"], nonce),
    }
    told = visit.address("fragments", "prompts")
    seen = seen_attributes(visit.presentation, told, nonce, f"#{name}-dismissals")
    return {
        "id": name,
        "urls": urls,
        "posts": posts,
        "does": visit.does("fragments", *_ACTIONS),
        "seen": seen,
        "skip": {"form": f"{name}-skips"} if is_skippable else None,
        "dismiss": {"form": f"{name}-dismissals"},
    }


def _title(visit: Visit, step: Step) -> Wording:
    return visit.release.wording(step.title, visit.site_key, visit.locale) or NO_TEXT


def _thanks(visit: Visit) -> Wording:
    step = visit.release.steps.get(visit.token.step) if visit.token else None
    if step is None:
        return NO_TEXT
    return visit.release.wording(step.thanks, visit.site_key, visit.locale) or NO_TEXT


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
