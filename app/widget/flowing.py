"""Flowing: what a hosted page shows next, at first, after a form and after a reload."""

from typing import Any

import msgspec

from app.domain.deciding import Decision
from app.domain.flows import Flow, StepStatus, StepTaken
from app.domain.moments import Moment
from app.domain.requirements import decide_errand
from app.domain.subjects import Subject
from app.domain.tickets import TicketBody
from app.lib.pages import Page
from app.widget.answering import Done, note_shown
from app.widget.asking import show_prompt
from app.widget.cookies import cookie_of, flow_of
from app.widget.leaving import HOSTED_PAGE, redirect, send_back, show_left
from app.widget.loading import read_person
from app.widget.requests import AppRequest, Place
from app.widget.revising import show_profile
from app.widget.visits import Visit, new_instance


def begin_flow(visit: Visit, said: TicketBody, name: str) -> Visit:
    """The visit that a ticket opened, with the errand that its backend sent the person on."""
    moment = visit.moment
    told = {"on": moment.on, "name": moment.name, "step": moment.step, "claims": moment.claims}
    flow = Flow(
        id=name,
        site=visit.public_id,
        sub=said.sub,
        way=said.way,
        return_to=said.return_to or "",
        state=said.state,
        view=said.view,
        locale=moment.locale,
        sitting=moment.sitting,
        moment={key: value for key, value in told.items() if value},
        basis=visit.basis,
        iat=int(visit.now.timestamp()),
        clock=int(visit.at.timestamp()) if visit.has_clock else None,
        theme=visit.theme,
    )
    return msgspec.structs.replace(visit, flow=flow, is_scripted=False)


def visit_of_flow(place: Place, flow: Flow) -> Visit:
    """The visit of somebody who is on an errand, without the token of a form."""
    now = place.runtime.now()
    moment = Moment(
        at=flow.acts_at(now),
        site=place.site,
        locale=flow.locale,
        sitting=flow.sitting,
        **flow.moment,
    )
    return Visit(
        runtime=place.runtime,
        release=place.release,
        site_key=place.site,
        who=place.release.subject_key(place.site, flow.sub),
        presentation="hosted",
        origin=place.runtime.url,
        instance=new_instance(),
        moment=moment,
        now=now,
        basis=flow.basis,
        is_scripted=False,
        has_clock=flow.clock is not None,
        theme=flow.theme,
        flow=flow,
    )


async def show_first(visit: Visit, subject: Subject) -> Page:
    """What a ticket opens: a step, the editor, or without a page the way straight back."""
    flow = errand(visit)
    if flow.view == "profile":
        return show_here(visit, subject)
    moment, decision = decide_errand(visit.release, subject, visit.moment)
    if decision.step is None:
        return await send_back(visit, is_direct=True)
    asked = msgspec.structs.replace(visit, moment=moment)
    await note_shown(asked, subject, decision)
    return _kept(asked, _show_step(asked, subject, decision))


async def show_now(visit: Visit) -> Page:
    """Where the person stands, after a reload or a redirect: nothing of it comes from a form."""
    subject = await read_person(visit)
    return show_left(visit) if errand(visit).has_left else await show_next_of(visit, subject)


async def show_next_of(visit: Visit, subject: Subject) -> Page:
    """The next step of an errand, its editor, or the way back when it is over."""
    flow = errand(visit)
    if flow.view == "profile":
        return show_here(visit, subject)
    moment, decision = decide_errand(visit.release, subject, visit.moment)
    if flow.status or flow.is_full or decision.step is None:
        return await send_back(visit)
    asked = msgspec.structs.replace(visit, moment=moment)
    return _kept(asked, _show_step(asked, subject, decision))


def show_here(visit: Visit, subject: Subject) -> Page:
    """The editor with a button that goes back."""
    page = show_profile(visit, subject, is_mount=True, notice=errand(visit).notice)
    return _kept(visit, page)


async def go_on(request: AppRequest, done: Done | Page, status: StepStatus) -> Page:
    """After a step's form: its own page if it is shown again, else what comes next."""
    if isinstance(done, Page):
        return done
    token = done.visit.token
    taken = StepTaken(done.prompt.step, status, token.fields if token else ())
    return await move_on(request, done.visit, errand(done.visit).after(taken), done.subject)


async def list_again(request: AppRequest, visit: Visit, kept: Subject | Page, notice: str) -> Page:
    """After an editor's form: its own page if it is shown again, else the list with a notice."""
    if isinstance(kept, Page):
        return kept
    return await move_on(request, visit, errand(visit).changed(notice=notice), kept)


async def move_on(request: AppRequest, visit: Visit, flow: Flow, subject: Subject) -> Page:
    """With a cookie to where a reload is harmless; without one, the next page at once."""
    kept = flow_of(request, flow.id)
    if not visit.is_stale:
        clock = int(visit.at.timestamp()) if visit.has_clock else None
        flow = flow.changed(iat=int(visit.now.timestamp()), clock=clock)
    flow = flow.joined(kept) if kept else flow
    here = _on_errand(visit, flow)
    if kept is None or visit.is_stale:
        return await show_next_of(here, subject)
    return redirect(f"{HOSTED_PAGE}?flow={flow.id}", cookie_of(here))


def _on_errand(visit: Visit, flow: Flow) -> Visit:
    """The visit at the moment of its errand, which is not the one at which a step appeared."""
    told: dict[str, Any] = {"on": "login", "name": None, "step": None, "claims": {}}
    here = visit.at_moment(**{**told, **flow.moment})
    return msgspec.structs.replace(here, flow=flow)


def errand(visit: Visit) -> Flow:
    """What the person of a hosted page came for."""
    assert visit.flow is not None
    return visit.flow


def _show_step(visit: Visit, subject: Subject, decision: Decision) -> Page:
    step = decision.step or ""
    form = visit.form(step, decision.attributes, decision.values)
    return show_prompt(visit, step, form, subject, is_mount=True)


def _kept(visit: Visit, page: Page) -> Page:
    page.headers["set-cookie"] = cookie_of(visit)
    return page
