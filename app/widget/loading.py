"""Loading a visit: who asks, proved by an assertion or a step token before anything else."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

import msgspec
from litestar import Request
from litestar.datastructures import State

from app.domain.assertions import AssertedMode, Door, observed_origin, verify_assertion
from app.domain.backchannel import bearer
from app.domain.changes import find_subject
from app.domain.limits import TooMany, asking_of
from app.domain.moments import Moment
from app.domain.newcomers import Newcomer, Wishes, meet
from app.domain.refusals import Refused
from app.domain.releases import Release
from app.domain.sites import Site
from app.domain.subjects import Subject, SubjectKey
from app.domain.theme_sheets import wished_scheme
from app.domain.tokens import (
    OURS,
    PLAIN,
    Presentation,
    Purpose,
    StepToken,
    check_listed,
    open_token,
)
from app.lib.body import BadBody, TooLarge, arriving, read_form
from app.lib.db import DatabaseError
from app.lib.headers import headers_of, query_of
from app.lib.observing import note
from app.runtime import Runtime
from app.widget.returned import Notice, fields_again, fields_unsent
from app.widget.visits import Body, Visit, new_instance

AppRequest = Request[Any, Any, State]
PRESENTATIONS = ("2", "4", "frame")


def runtime_of(request: AppRequest) -> Runtime:
    """What the process holds."""
    runtime: Runtime = request.app.state.runtime
    return runtime


class Place(msgspec.Struct, frozen=True):
    """The site of a path, in the active release."""

    runtime: Runtime
    release: Release
    site: str

    @property
    def definition(self) -> Site:
        return self.release.document.sites[self.site]


def place_of(request: AppRequest) -> Place:
    """The site that the path names. Raises Refused."""
    runtime = runtime_of(request)
    found = runtime.releases.find_site(request.path_params["site"])
    if found is None:
        raise Refused("unknown_site")
    return Place(runtime, found[0], found[1])


def presentation_of(request: AppRequest) -> Presentation:
    """Which dialect the path asks for; a route of one presentation says so. Raises Refused."""
    written = request.path_params.get("dialect", "frame")
    if request.scope["route_handler"].opt.get("presentation") == "hosted":
        return "hosted"
    if written not in PRESENTATIONS:
        raise Refused("unknown_path")
    return cast(Presentation, written)


async def body_of(request: AppRequest, headers: Mapping[str, str]) -> Body:
    """The fields of a posted form. Raises BadBody."""
    return await read_form(arriving(request.receive), headers.get("content-type", ""))


def first(body: Body, name: str) -> str | None:
    """The one text of a name of ours; None when it is absent or empty."""
    texts = body.get(name)
    return texts[0] or None if texts else None


def note_ignored(request: AppRequest, body: Body, known: frozenset[str]) -> None:
    """Count the fields that nobody asked for: hosts add their own, and strangers try theirs."""
    ignored = body.keys() - known - _OURS
    if ignored:
        note(request.scope, ignored_fields=len(ignored))


def note_refusal(request: AppRequest, error: Exception) -> None:
    """Why a request was refused, to those who count and log."""
    note(request.scope, refusal=getattr(error, "code", type(error).__name__))


def note_unread(request: AppRequest, error: "TypedTooMuch | SentTooOften") -> None:
    """Why a form came back as it was; what a page must not see as a refusal is counted as one."""
    note_refusal(request, error)
    if isinstance(error, SentTooOften):
        note(request.scope, counted_as=429)


def note_away(request: AppRequest, error: DatabaseError) -> None:
    """A failure to those who count, though neither page nor proxy may see a status that says so."""
    note(request.scope, refusal=error.code, counted_as=503)


_OURS = frozenset(["_t", "_f", "_do", "attribute"])


# Mode c, the mount: an assertion of this minute.


async def load_mount(request: AppRequest) -> tuple[Visit, Subject]:
    """The person that a host's page brings, and the person's row with this arrival in it."""
    place, presentation = place_of(request), presentation_of(request)
    headers, query = headers_of(request.scope), query_of(request.scope)
    embedder = observed_origin(headers)
    body: Body = await body_of(request, headers) if request.scope["method"] == "POST" else {}
    told = {**query, **{name: texts[0] for name, texts in body.items() if texts[0]}}
    authorization = headers.get("authorization")
    text = bearer(authorization) if authorization else first(body, "assertion") or ""
    now = place.runtime.now()
    door = await open_door(place, "htmx", text, embedder)
    assertion = verify_assertion(text, door, now, check_claimed(request, place))
    believe_person(request, place.release.subject_key(place.site, assertion.sub))
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


def note_believed(request: AppRequest, who: SubjectKey) -> None:
    """This person's credential was good: others at the same address do not count against them."""
    runtime_of(request).limits.note_believed(asking_of(request.scope), who)


def believe_person(request: AppRequest, who: SubjectKey) -> None:
    """The same for a person who asks now. Raises TooMany for one who asks too often."""
    note_believed(request, who)
    runtime_of(request).limits.check_person(who)


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


def check_destination(request: AppRequest, wanted: str) -> None:
    """Refuse a secret that opens elsewhere than in a `document` (or `iframe`), or unseen.

    Browsers say where an answer goes (Fetch Metadata); those that do not are let in.
    """
    if request.headers.get("sec-fetch-dest", wanted) != wanted:
        raise Refused("ticket_place")
    if "prefetch" in request.headers.get("sec-purpose", ""):
        raise Refused("ticket_place")


# Every later request: a step token in the form.


class TypedTooMuch(BadBody):
    """A form in a page, with more text than is read; `visit` is without it."""

    notice: Notice = "too_much"

    def __init__(self, visit: Visit) -> None:
        super().__init__(413, "body_size")
        self.visit = visit
        self.fields = fields_unsent(visit)


class SentTooOften(TooMany):
    """A form of a person who sends too many; it may be sent again in a moment."""

    notice: Notice = "too_many"

    def __init__(self, visit: Visit, seconds: float) -> None:
        super().__init__(seconds)
        self.visit = visit
        self.fields = fields_again(visit)


async def load_form(request: AppRequest, purpose: Purpose = "step") -> Visit:
    """The visit that a form's token stands for; the row is not read yet.

    Raises TypedTooMuch where a script can keep the fields that somebody typed into, and
    SentTooOften.
    """
    place, headers = place_of(request), headers_of(request.scope)
    try:
        body = await body_of(request, headers)
    except TooLarge as error:
        raise _too_much(request, place, headers, error, purpose) from None
    visit = _proved(request, place, headers, body, purpose)
    try:
        believe_person(request, visit.who)
    except TooMany as error:
        raise SentTooOften(visit, error.seconds) from None
    return visit


def _too_much(
    request: AppRequest,
    place: Place,
    headers: Mapping[str, str],
    error: TooLarge,
    purpose: Purpose,
) -> BadBody:
    try:
        visit = _proved(request, place, headers, error.fields(), purpose)
    except (Refused, BadBody):
        return error
    return TypedTooMuch(visit) if visit.is_scripted else error


def _proved(
    request: AppRequest, place: Place, headers: Mapping[str, str], body: Body, purpose: Purpose
) -> Visit:
    now = place.runtime.now()
    token = open_token(place.runtime.keyring, first(body, "_t") or "", purpose, now)
    if token.site != request.path_params["site"]:
        raise Refused("token_site")
    if token.presentation != presentation_of(request):
        raise Refused("token_mode")
    _check_embedder(place, headers, token)
    # Whether a script will put the answer into a page, or the browser wants a whole document.
    is_scripted = has_script(token.presentation, headers)
    return visit_of(place, token, body, now, is_scripted=is_scripted)


def has_script(presentation: Presentation, headers: Mapping[str, str]) -> bool:
    """Whether a script will put the answer into a page; else it is a document."""
    return presentation not in PLAIN and (presentation != "frame" or "hx-request" in headers)


def _check_embedder(place: Place, headers: Mapping[str, str], token: StepToken) -> None:
    """A form in a host's page comes from that page; one in a document of ours comes from us."""
    origin = observed_origin(headers)
    is_ours = token.presentation in OURS
    expected = place.runtime.url if is_ours else token.origin
    if origin is not None and origin != expected:
        raise Refused("token_origin")
    if origin is None and not is_ours:
        raise Refused("origin_missing")
    check_listed(token, place.definition)


async def read_person(visit: Visit) -> Subject:
    """The row of the person whom a token names. Raises Refused where it counts no more."""
    subject = await find_subject(visit.runtime.database, visit.who)
    subject.check_basis(visit.basis)
    return subject


def visit_of(
    place: Place, token: StepToken, body: Body, now: datetime, *, is_scripted: bool
) -> Visit:
    """The visit of an opened token, in the active release."""
    told = token.moment
    return Visit(
        runtime=place.runtime,
        release=place.release,
        site_key=place.site,
        who=SubjectKey(place.release.workspace, token.subject),
        presentation=token.presentation,
        origin=token.origin,
        instance=token.instance,
        moment=Moment(
            at=token.acts_at(now),
            site=place.site,
            locale=token.locale,
            sitting=token.sitting or "",
            on=told.get("on", "login"),
            name=told.get("name"),
            step=told.get("step"),
            claims=told.get("claims", {}),
        ),
        now=now,
        basis=token.basis,
        is_scripted=is_scripted,
        is_stale=token.is_stale(now),
        has_clock=token.clock is not None,
        body=body,
        token=token,
        theme=told.get("theme"),
    )
