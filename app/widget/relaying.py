"""Relaying: a form of ours that was posted to a host, as the host's backend passes it on."""

from collections.abc import Awaitable, Callable

import msgspec

from app.domain.introductions import Introduction
from app.domain.prompts import dismiss_step, skip_step
from app.domain.refusals import Refused
from app.domain.subjects import Subject
from app.domain.tokens import Purpose, StepToken, open_token
from app.lib.body import MOST_PAIRS, BadBody
from app.lib.db import DatabaseError
from app.lib.pages import Page
from app.widget.answering import (
    Done,
    complete_prompt,
    rest_prompt,
    show_dismissed,
    show_saved,
    show_skipped,
)
from app.widget.frames import note_opened
from app.widget.loading import visit_of
from app.widget.requests import AppRequest, Place, first, note_refusal
from app.widget.revising import open_question, save_edit, save_removal
from app.widget.visits import Body, Visit


class FragmentRequest(Introduction, kw_only=True, forbid_unknown_fields=True):
    """An introduction, where the host's forms post to, and a form of ours that was posted there."""

    action: str
    submit: dict[str, str | list[str]] | None = None


async def relay_form(request: AppRequest, place: Place, asked: FragmentRequest) -> Page:
    """Do what the posted form is for. Raises Refused."""
    body = _body(asked)
    act = _ACTS.get(first(body, "_do") or "")
    if act is None:
        raise Refused("form_unreadable")
    purpose, do = act
    visit = visit_of(
        place, _proved(place, asked, body, purpose), body, place.runtime.now(), is_scripted=False
    )
    return await do(request, msgspec.structs.replace(visit, action=asked.action))


async def note_included(request: AppRequest, visit: Visit, subject: Subject) -> Subject:
    """What is put into a page counts as seen: no script will tell.

    Where that cannot be stored now, the page is shown all the same.
    """
    try:
        return await note_opened(visit, subject)
    except DatabaseError as error:
        note_refusal(request, error)
        return subject


def _body(asked: FragmentRequest) -> Body:
    """The fields as a browser would have sent them. Raises BadBody."""
    posted = (asked.submit or {}).items()
    body = {name: [texts] if isinstance(texts, str) else texts for name, texts in posted if texts}
    if sum(map(len, body.values())) > MOST_PAIRS:
        raise BadBody(413, "body_fields")
    return body


def _proved(place: Place, asked: FragmentRequest, body: Body, purpose: Purpose) -> StepToken:
    """The token of a form that was made for this site, and for whom the host says it is.

    A form that a stranger made for themselves, posted by somebody else's browser, ends here.
    """
    runtime = place.runtime
    try:
        token = open_token(runtime.keyring, first(body, "_t") or "", purpose, runtime.now())
    except Refused as refused:
        if refused.code == "token_expired":
            raise
        # The backend's own credential was good: this is about the form that it relays.
        raise Refused("form_unreadable") from None
    if token.site != f"{place.release.workspace}.{place.site}":
        raise Refused("token_site")
    if token.presentation != "include":
        raise Refused("token_mode")
    if token.subject != place.release.subject_key(place.site, asked.sub).subject:
        raise Refused("token_subject_mismatch")
    return token


async def _answer(request: AppRequest, visit: Visit) -> Page:
    done = await complete_prompt(request, visit)
    if isinstance(done, Page):
        return done
    subject = await note_included(request, visit, done.subject)
    return show_saved(Done(visit, done.prompt, subject))


async def _skip(request: AppRequest, visit: Visit) -> Page:
    done = await rest_prompt(request, visit, skip_step)
    return done if isinstance(done, Page) else show_skipped(done)


async def _dismiss(request: AppRequest, visit: Visit) -> Page:
    done = await rest_prompt(request, visit, dismiss_step)
    return done if isinstance(done, Page) else show_dismissed(done)


Act = Callable[[AppRequest, Visit], Awaitable[Page]]
# What a form says of itself, as the addresses of other modes would.
_ACTS: dict[str, tuple[Purpose, Act]] = {
    "fragments/answers": ("step", _answer),
    "fragments/skips": ("step", _skip),
    "fragments/dismissals": ("step", _dismiss),
    "profile/questions": ("editor", open_question),
    "profile/answers": ("editor", save_edit),
    "profile/removals": ("editor", save_removal),
}
