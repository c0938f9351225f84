"""The step, as a person meets it: shown, answered, skipped, closed, seen."""

from collections.abc import Callable

from litestar import get, post

from app.domain.prompts import dismiss_step, note_prompt, skip_step
from app.domain.subjects import Subject
from app.lib.pages import Page
from app.widget.answering import (
    Done,
    complete_prompt,
    find_prompt,
    rest_prompt,
    show_dismissed,
    show_saved,
    show_skipped,
    show_unread,
    write,
)
from app.widget.asking import show_next
from app.widget.loading import SentTooOften, TypedTooMuch, load_form
from app.widget.mounting import load_mount
from app.widget.notices import no_change
from app.widget.requests import AppRequest

PLACE = "/v1/sites/{site:str}/fragments/{dialect:str}"


@get(PLACE)
async def show_step(request: AppRequest) -> Page:
    """Mode c: what a host's page gets for an assertion of this minute."""
    visit, subject = await load_mount(request)
    return show_next(visit, subject, is_mount=True, events={})


@post(PLACE, status_code=200)
async def post_moment(request: AppRequest) -> Page:
    """The same with everything in the body, a page's address too."""
    visit, subject = await load_mount(request)
    return show_next(visit, subject, is_mount=True, events={})


@post(PLACE + "/answers", status_code=200)
async def post_answers(request: AppRequest) -> Page:
    """Save the answers, and show what comes next; else the form with what is wrong."""
    saved = await save_answers(request)
    return saved if isinstance(saved, Page) else show_saved(saved)


@post(PLACE + "/skips", status_code=200)
async def post_skips(request: AppRequest) -> Page:
    """Not now: the step rests."""
    skipped = await rest_step(request, skip_step)
    return skipped if isinstance(skipped, Page) else show_skipped(skipped)


@post(PLACE + "/dismissals", status_code=200)
async def post_dismissals(request: AppRequest) -> Page:
    """Close it for this sitting."""
    closed = await rest_step(request, dismiss_step)
    return closed if isinstance(closed, Page) else show_dismissed(closed)


@post(PLACE + "/prompts", status_code=200)
async def post_prompts(request: AppRequest) -> Page:
    """It came into view."""
    visit = await load_form(request)
    await write(visit, note_prompt, await find_prompt(visit))
    return no_change()


async def save_answers(request: AppRequest) -> Done | Page:
    """Save the answers of a form in a page; the page to show instead where that cannot be."""
    try:
        visit = await load_form(request)
    except (TypedTooMuch, SentTooOften) as error:
        return await show_unread(request, error)
    return await complete_prompt(request, visit)


async def rest_step(request: AppRequest, verb: Callable[..., Subject]) -> Done | Page:
    """Skip or close the step of a form in a page; the page to show instead where that cannot be."""
    return await rest_prompt(request, await load_form(request), verb)
