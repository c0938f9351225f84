"""Mounting: a person whom an assertion of this minute or a ticket proves, and their arrival."""

from collections.abc import Callable, Mapping
from datetime import datetime

from app.domain.assertions import AssertedMode, Door, observed_origin, verify_assertion
from app.domain.backchannel import bearer
from app.domain.limits import asking_of
from app.domain.newcomers import Newcomer, Wishes, meet
from app.domain.subjects import Subject, SubjectKey
from app.domain.theme_sheets import wished_scheme
from app.domain.tokens import Presentation
from app.lib.headers import headers_of, query_of
from app.runtime import Runtime
from app.widget.requests import (
    AppRequest,
    Place,
    body_of,
    first,
    place_of,
    presentation_of,
)
from app.widget.visits import Body, Visit, new_instance


async def load_mount(request: AppRequest) -> tuple[Visit, Subject]:
    """The person that a host's page brings, and the person's row with this arrival in it."""
    place, presentation = place_of(request), presentation_of(request)
    headers, query = headers_of(request.scope), query_of(request.scope)
    embedder = observed_origin(headers)
    told: Mapping[str, str] = query
    body: Body = {}
    if request.scope["method"] == "POST":
        body = await body_of(request, headers)
        told = {**query, **{name: texts[0] for name, texts in body.items() if texts[0]}}
    authorization = headers.get("authorization")
    text = bearer(authorization) if authorization else first(body, "assertion") or ""
    now = place.runtime.now()
    door = await open_door(place, "htmx", text, embedder)
    assertion = verify_assertion(text, door, now, check_claimed(request, place))
    believe_person(place.runtime, request, place.release.subject_key(place.site, assertion.sub))
    wishes = Wishes(
        on=told.get("on"),
        name=told.get("name"),
        step=told.get("step"),
        locale=told.get("locale"),
        # A page's address is told in a body alone: the address of a request is logged by many.
        url=first(body, "url"),
    )
    newcomer = Newcomer.from_assertion(assertion, wishes, now, headers.get("accept-language"))
    return await meet_person(place, newcomer, presentation, assertion.origin, now)


async def open_door(
    place: Place, mode: AssertedMode, text: str, embedder: str | None, nonce: str | None = None
) -> Door:
    """Where the assertion `text` is shown, with the keys that it may be signed with."""
    site, jwks = place.definition, place.runtime.jwks
    await jwks.prepare(site, text)
    return Door(
        workspace=place.release.workspace,
        site_key=place.site,
        site=site,
        mode=mode,
        audience=place.runtime.url,
        embedder=embedder,
        nonce=nonce,
        fetched=jwks.keys_of(site),
    )


def check_claimed(request: AppRequest, place: Place) -> Callable[[str], None]:
    """Refuses to look at a signature where too many were not good, before it is looked at."""
    limits, asking = place.runtime.limits, asking_of(request.scope)

    def check(sub: str) -> None:
        limits.check_claimed(asking, place.release.subject_key(place.site, sub))

    return check


def note_believed(runtime: Runtime, request: AppRequest, who: SubjectKey) -> None:
    """This person's credential was good: others at the same address do not count against them."""
    runtime.limits.note_believed(asking_of(request.scope), who)


def believe_person(runtime: Runtime, request: AppRequest, who: SubjectKey) -> None:
    """The same for a person who asks now. Raises TooMany for one who asks too often."""
    note_believed(runtime, request, who)
    runtime.limits.check_person(who)


async def meet_person(
    place: Place, newcomer: Newcomer, presentation: Presentation, origin: str, now: datetime
) -> tuple[Visit, Subject]:
    """The visit of a proved person, and the person's row with this arrival in it."""
    subject, moment = await meet(place.runtime.database, place.release, place.site, newcomer)
    visit = Visit(
        runtime=place.runtime,
        release=place.release,
        site_key=place.site,
        who=subject.key,
        presentation=presentation,
        origin=origin,
        instance=new_instance(),
        moment=moment,
        now=now,
        basis=subject.basis(now),
        has_clock=newcomer.at != now,
        theme=wished_scheme(newcomer.wishes.theme),
    )
    return visit, subject
