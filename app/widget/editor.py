"""The profile editor: what a person has answered, where it came from, and a way to change it."""

from litestar import get, post

from app.lib.pages import Page
from app.widget.loading import SentTooOften, TypedTooMuch, load_form
from app.widget.mounting import load_mount
from app.widget.requests import AppRequest
from app.widget.revising import (
    open_question,
    save_edit,
    save_removal,
    show_profile,
    show_unread,
)

PLACE = "/v1/sites/{site:str}/profile/{dialect:str}"


@get(PLACE)
async def show_editor(request: AppRequest) -> Page:
    """Mode c: the editor for an assertion of this minute."""
    visit, subject = await load_mount(request)
    return show_profile(visit, subject, is_mount=True)


@post(PLACE, status_code=200)
async def post_editor(request: AppRequest) -> Page:
    """The same with everything in the body."""
    visit, subject = await load_mount(request)
    return show_profile(visit, subject, is_mount=True)


@post(PLACE + "/questions", status_code=200)
async def post_questions(request: AppRequest) -> Page:
    """Open the form of one answer; of none, go back to the list."""
    return await open_question(request, await load_form(request, "editor"))


@post(PLACE + "/answers", status_code=200)
async def post_answers(request: AppRequest) -> Page:
    """Save one answer, and show the list again; else the form with what is wrong."""
    try:
        visit = await load_form(request, "editor")
    except (TypedTooMuch, SentTooOften) as error:
        return show_unread(request, error)
    return await save_edit(request, visit)


@post(PLACE + "/removals", status_code=200)
async def post_removals(request: AppRequest) -> Page:
    """Clear one answer, and show the list again."""
    return await save_removal(request, await load_form(request, "editor"))
