"""Answering: what a posted form of a step does, at whichever address it arrives."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from app.domain.deciding import Decision
from app.domain.prompts import Prompt, complete_step, note_prompt, skip_step
from app.domain.refusals import Refused
from app.domain.releases import Release, UnknownRelease
from app.domain.subjects import Subject, TooMuch
from app.lib.db import DatabaseError
from app.lib.pages import Page
from app.widget.asking import current_form, show_next, show_prompt
from app.widget.loading import SentTooOften, TypedTooMuch, note_unread, read_person
from app.widget.notices import screen_of, show_notice, take_away
from app.widget.requests import AppRequest, note_away, note_ignored, note_refusal
from app.widget.returned import Fields, Notice, fields_unsent
from app.widget.screens import Events
from app.widget.visits import Visit, prompt_of


class Done(NamedTuple):
    """What a form did: to whom, with which prompt, and who the person is afterwards."""

    visit: Visit
    prompt: Prompt
    subject: Subject


async def complete_prompt(request: AppRequest, visit: Visit) -> Done | Page:
    """Save the answers of a form; the page to show instead where that cannot be."""
    prompt = await find_prompt(visit)
    if not is_still_asked(visit, prompt):
        return await show_changed(visit)
    asked = as_asked(visit, prompt)
    form = asked.form(prompt.step, prompt.attributes)
    note_ignored(request, visit.body, form.keys)
    if not form.submit(visit.body):
        told = {"askonce-invalid": _told(prompt, "invalid")}
        return show_prompt(asked, prompt.step, form, None, events=told)
    try:
        subject = await write(visit, complete_step, prompt, form.answers)
    except DatabaseError as error:
        note_away(request, error)
        return show_again(visit, prompt, "unsaved")
    except TooMuch as error:
        note_refusal(request, error)
        return show_again(visit, prompt, "too_much")
    return Done(visit, prompt, subject)


async def rest_prompt(
    request: AppRequest, visit: Visit, verb: Callable[..., Subject]
) -> Done | Page:
    """Skip or close the step of a form; the page to show instead where that cannot be."""
    prompt = await find_prompt(visit)
    if verb is skip_step and not prompt.definition.skip.allowed:
        raise Refused("not_skippable")
    try:
        return Done(visit, prompt, await write(visit, verb, prompt))
    except DatabaseError as error:
        note_away(request, error)
        return show_again(visit, prompt, "unsaved", fields_unsent(visit))


def show_saved(done: Done) -> Page:
    """What comes next."""
    told: Events = {"askonce-saved": _told(done.prompt, "saved")}
    return show_next(done.visit, done.subject, is_mount=False, events=told)


def show_skipped(done: Done) -> Page:
    """That the step rests; nothing else that is optional follows at once."""
    told: Events = {"askonce-skipped": _told(done.prompt, "skipped")}
    return show_notice(screen_of(done.visit), "skipped", events=told)


def show_dismissed(done: Done) -> Page:
    """Nothing more, for this sitting."""
    return take_away(done.visit, {"askonce-dismissed": _told(done.prompt, "dismissed")})


async def find_prompt(visit: Visit) -> Prompt:
    """The prompt that the token of a visit stands for. Raises Refused."""
    token, active = visit.token, visit.release
    if token is None or token.release == active.number:
        return prompt_of(visit, active)
    try:
        return prompt_of(visit, await visit.runtime.releases.load(active.workspace, token.release))
    except UnknownRelease:
        raise Refused("token_expired") from None


def is_still_asked(visit: Visit, prompt: Prompt) -> bool:
    """Whether each attribute has the id, kind and access it had when the form was made."""
    active, asked = visit.release, prompt.release
    return active is asked or all(_is_alike(active, asked, key) for key in prompt.attributes)


def _is_alike(active: Release, asked: Release, key: str) -> bool:
    try:
        # The id stays with the answers where the key was renamed.
        return active.same_question(asked, active.key_of(asked.attribute_id(key)))
    except KeyError:
        return False


def as_asked(visit: Visit, prompt: Prompt) -> Visit:
    """The visit in the release whose words the person reads."""
    return msgspec.structs.replace(visit, release=prompt.release)


async def write(
    visit: Visit, verb: Callable[..., Subject], prompt: Prompt, *values: object
) -> Subject:
    """Run one of the prompt's verbs for the person of the visit."""
    return await visit.runtime.database.save(
        lambda connection: verb(connection, visit.who, prompt, *values, visit.at)
    )


async def note_shown(visit: Visit, subject: Subject, decision: Decision) -> Subject:
    """The step of a decision is seen, where no script will tell; once in a sitting."""
    sitting = visit.moment.sitting
    if decision.step is None or subject.progress(decision.step).prompted_in == sitting:
        return subject
    prompt = Prompt(
        id="",
        release=visit.release,
        site=visit.site_key,
        step=decision.step,
        attributes=decision.attributes,
        locale=visit.locale,
        sitting=sitting,
        issued_at=visit.at,
    )
    return await write(visit, note_prompt, prompt)


async def show_unread(request: AppRequest, error: TypedTooMuch | SentTooOften) -> Page:
    """The form whose fields were too much, or sent too often, with what was typed."""
    note_unread(request, error)
    return show_again(error.visit, await find_prompt(error.visit), error.notice, error.fields)


async def show_changed(visit: Visit) -> Page:
    """The form as it is asked now, with what was typed carried over."""
    token = visit.token
    assert token is not None
    told: Events = {"askonce-error": {"status": "changed"}}
    subject = await read_person(visit)
    form = current_form(visit, token.step, subject)
    if form is None:
        kind = "expired" if visit.flow is None else "ended"
        return show_notice(screen_of(visit, is_end=True), kind, status=409, events=told)
    form.submit(visit.body)
    return show_prompt(visit, token.step, form, subject, notice="reworded", events=told)


def show_again(visit: Visit, prompt: Prompt, notice: Notice, fields: Fields = "new") -> Page:
    """The same form with what was typed; `notice` says why it is not saved."""
    asked = as_asked(visit, prompt)
    form = asked.form(prompt.step, prompt.attributes)
    form.keep(visit.body)
    told: Events = {"askonce-error": _told(prompt, notice)}
    return show_prompt(
        asked,
        prompt.step,
        form,
        None,
        notice=notice,
        fields=fields,
        events=told,
    )


def _told(prompt: Prompt, status: str) -> dict[str, str]:
    return {"step": prompt.step, "prompt": prompt.id, "status": status}
