"""Loading a visit: the step token in a form proves who asks, before anything else."""

from collections.abc import Mapping
from datetime import datetime

from app.domain.assertions import observed_origin
from app.domain.changes import find_subject
from app.domain.limits import TooMany
from app.domain.moments import Moment
from app.domain.refusals import Refused
from app.domain.subjects import Subject, SubjectKey
from app.domain.tokens import (
    OURS,
    PLAIN,
    Presentation,
    Purpose,
    StepToken,
    check_listed,
    open_token,
)
from app.lib.body import BadBody, TooLarge
from app.lib.headers import headers_of
from app.lib.observing import note
from app.widget.mounting import believe_person
from app.widget.requests import (
    AppRequest,
    Place,
    body_of,
    first,
    note_refusal,
    place_of,
    presentation_of,
)
from app.widget.returned import Notice, fields_again, fields_unsent
from app.widget.visits import Body, Visit


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
        believe_person(visit.runtime, request, visit.who)
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


def note_unread(request: AppRequest, error: "TypedTooMuch | SentTooOften") -> None:
    """Why a form came back as it was; what a page must not see as a refusal is counted as one."""
    note_refusal(request, error)
    if isinstance(error, SentTooOften):
        note(request.scope, counted_as=429)
