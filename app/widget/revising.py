"""Revising: what a posted form of the profile editor does, at whichever address it arrives."""

from typing import Any

from app.domain.editing import Edit, clear_answer, edit_answer, editable_attributes
from app.domain.refusals import Refused
from app.domain.standing import Standing
from app.domain.subjects import Subject, TooMuch
from app.forms.form import Form
from app.lib.db import DatabaseError
from app.lib.i18n import Wording, gettext, use_locale
from app.lib.pages import Page
from app.widget.dialects import form_attributes, lone_form_attributes
from app.widget.embeds import address
from app.widget.listed import list_rows
from app.widget.loading import SentTooOften, TypedTooMuch, note_unread, read_person
from app.widget.notices import screen_of, show_notice
from app.widget.requests import AppRequest, first, note_away, note_ignored, note_refusal
from app.widget.returned import RETRIES, Fields, Notice, fields_unsent, form_status
from app.widget.screens import Events, Screen, respond
from app.widget.visits import Visit

_ACTIONS = ("questions", "answers", "removals")


async def open_question(_: AppRequest, visit: Visit) -> Page:
    """Open the form of one answer; of none, go back to the list."""
    subject = await read_person(visit)
    if visit.is_stale:
        raise Refused("token_expired")
    key = first(visit.body, "attribute")
    if key is None:
        return show_profile(visit, subject)
    check_editable(visit, subject, key)
    values = Standing(visit.release, subject, visit.moment).prefilled([key])
    return show_question(visit, visit.form(None, (key,), values))


async def save_edit(request: AppRequest, visit: Visit) -> Page:
    """Save one answer, and show the list again; else the form with what is wrong."""
    kept = await keep_edit(request, visit)
    saved: Events = {"askonce-saved": {"status": "saved"}}
    return (
        kept if isinstance(kept, Page) else show_profile(visit, kept, notice="saved", events=saved)
    )


async def keep_edit(request: AppRequest, visit: Visit) -> Subject | Page:
    """Save one answer; the page to show instead where that cannot be."""
    key = edited_attribute(visit)
    form = visit.form(None, (key,))
    note_ignored(request, visit.body, form.keys)
    if not form.submit(visit.body):
        told: Events = {"askonce-invalid": {"status": "invalid"}}
        return show_question(visit, form, events=told)
    try:
        database, edit = visit.runtime.database, edit_of(visit, key)
        return await database.save(edit_answer, visit.who, edit, form.answers[key], visit.at)
    except DatabaseError as error:
        note_away(request, error)
        return show_again(visit, "unsaved")
    except TooMuch as error:
        note_refusal(request, error)
        return show_again(visit, "too_much")


async def save_removal(request: AppRequest, visit: Visit) -> Page:
    """Clear one answer, and show the list again."""
    kept = await keep_removal(request, visit)
    told: Events = {"askonce-saved": {"status": "cleared"}}
    return (
        kept if isinstance(kept, Page) else show_profile(visit, kept, notice="cleared", events=told)
    )


async def keep_removal(request: AppRequest, visit: Visit) -> Subject | Page:
    """Clear one answer; the page to show instead where that cannot be."""
    key = edited_attribute(visit)
    try:
        database, edit = visit.runtime.database, edit_of(visit, key)
        return await database.save(clear_answer, visit.who, edit, visit.at)
    except DatabaseError as error:
        note_away(request, error)
        return show_again(visit, "unsaved", fields_unsent(visit))


def check_editable(visit: Visit, subject: Subject, key: str) -> None:
    """Refuse an attribute that this person may not change on this site."""
    known = editable_attributes(visit.release, subject, visit.site_key)
    if key not in known or visit.release.attributes[key].rights.subject != "write":
        raise Refused("not_editable")


def edited_attribute(visit: Visit) -> str:
    """The one attribute that the token of an editing form is for."""
    token = visit.token
    if token is None or len(token.fields) != 1:
        raise Refused("not_editable")
    try:
        key = visit.release.key_of(token.fields[0])
    except KeyError:
        raise Refused("not_editable") from None
    if visit.release.attributes[key].rights.subject != "write":
        raise Refused("not_editable")
    return key


def edit_of(visit: Visit, key: str) -> Edit:
    """What the verbs of editing need to know of the visit."""
    token, moment = visit.token, visit.moment
    prompt = token.prompt if token else ""
    site, locale = visit.site_key, visit.locale
    return Edit(prompt, visit.release, site, key, locale, moment.sitting, visit.basis)


def show_profile(
    visit: Visit,
    subject: Subject,
    *,
    is_mount: bool = False,
    notice: str = "",
    events: Events | None = None,
) -> Page:
    """The list of what is known, each with where it came from; nothing where others may look."""
    screen = screen_of(visit, is_mount=is_mount)
    if visit.is_stale:
        return show_notice(screen, "saved", events=events)
    with use_locale(visit.locale):
        title = Wording(gettext("Your answers"))
        rows = list_rows(visit, subject)
    sheet = address("editor.css") if screen.is_frame else ""
    values: dict[str, Any] = {"title": title, "rows": rows, "notice": notice, "sheet": sheet}
    listed = screen.render("app/widget/editor.html", {**values, **_wiring(visit, screen, ())})
    content = screen.mounted(listed)
    return respond(screen, content.encode(), title=title, events=events)


def show_question(
    visit: Visit,
    form: Form,
    *,
    notice: Notice = "",
    fields: Fields = "new",
    events: Events | None = None,
) -> Page:
    """The form of one answer."""
    screen = screen_of(visit)
    with use_locale(visit.locale):
        title = Wording(gettext("Change your answer"))
    keys = tuple(question.name for question in form.questions)
    values: dict[str, Any] = {
        "title": title,
        "form": form,
        "notice": notice,
        "fields": form.fields if fields == "new" else (),
        "stays": fields == "kept",
        "save": None if fields == "none" else {},
        **_wiring(visit, screen, keys),
    }
    content = screen.mounted(screen.render("app/widget/editing.html", values))
    retry = RETRIES.get(notice)
    status, page = form_status(visit, form, notice), content.encode()
    return respond(screen, page, title=title, status=status, events=events, headers=retry)


def show_unread(request: AppRequest, error: TypedTooMuch | SentTooOften) -> Page:
    """The form whose field was too much, or sent too often, with what was typed."""
    note_unread(request, error)
    return show_again(error.visit, error.notice, error.fields)


def show_again(visit: Visit, notice: Notice, fields: Fields = "new") -> Page:
    """The same form with what was typed; `notice` says why it is not saved."""
    form = visit.form(None, (edited_attribute(visit),))
    form.keep(visit.body)
    told: Events = {"askonce-error": {"status": notice}}
    return show_question(visit, form, notice=notice, fields=fields, events=told)


def _wiring(visit: Visit, screen: Screen, keys: tuple[str, ...]) -> dict[str, Any]:
    """The addresses, attributes and token of the editor's forms."""
    urls = {action: visit.address("profile", action) for action in _ACTIONS}
    posts = {
        "answers": form_attributes(visit.presentation, urls["answers"], screen.nonce),
        "list": form_attributes(visit.presentation, urls["questions"], screen.nonce),
        "questions": lone_form_attributes(visit.presentation, urls["questions"], screen.nonce),
        "removals": lone_form_attributes(visit.presentation, urls["removals"], screen.nonce),
    }
    token, _ = visit.seal("editor", "", keys, None)
    return {
        "id": visit.instance,
        "urls": urls,
        "posts": posts,
        "does": visit.does("profile", *_ACTIONS),
        "token": token,
        "flow": visit.sealed_flow(),
    }
