"""Refusing a backend: JSON with a stable code and one sentence, nothing that helps a thief."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from app.api.loading import runtime_of
from app.domain.limits import TooMany
from app.domain.refusals import HEADER, PAGE, Refused
from app.domain.site_tokens import said_issuer
from app.domain.subjects import TooMuch
from app.lib.body import BadBody
from app.lib.db import DatabaseError
from app.lib.observing import note
from app.lib.pages import Page

_SENTENCES = {
    400: "The request cannot be understood.",
    401: "The token is not valid.",
    403: "The site may not ask for this.",
    404: "There is no such address.",
    413: "The request is too large.",
    415: "The request must be application/json.",
    429: "Too many requests. Ask again after the seconds that Retry-After says.",
    503: "The service cannot answer right now. Try again.",
}
_FORBIDDEN = (
    "token_mode",
    "token_origin",
    "token_clock",
    "api_key_scope",
    "return_url",
    "token_site",
    "token_subject_mismatch",
    "action_place",
    "not_editable",
    "not_skippable",
)
_MALFORMED = (
    "request_body",
    "unknown_moment",
    "token_subject",
    "token_auth_time",
    "form_unreadable",
    "code_spent",
    "code_state",
)


def refuse_backend(request: Request[Any, Any, State], error: Exception) -> Response[Any]:
    """The answer to a backend's request that was refused."""
    code = str(getattr(error, "code", type(error).__name__))
    status = status_of(error)
    note(request.scope, refusal=code)
    # Why a credential was not believed is for our log; what is wrong with a body is for its author.
    public = "unauthorized" if status == 401 else "unavailable" if status == 503 else code
    content = {"error": public, "message": _SENTENCES.get(status, _SENTENCES[400])}
    headers = {"cache-control": "no-store", **({"retry-after": "5"} if status == 503 else {})}
    if isinstance(error, TooMany):
        headers["retry-after"] = str(error.seconds)
    if status == 401 and _is_sandbox(request):
        content["refusal"] = headers[HEADER] = code
    content["docs"] = f"{runtime_of(request).url}{PAGE}#{content.get('refusal', public)}"
    return Response(content, status_code=status, headers=headers)


def refuse_flood(url: str, error: TooMany) -> Page:
    """The answer to a backend's request that is refused before anything of it is read."""
    told = {"error": error.code, "message": _SENTENCES[429], "docs": f"{url}{PAGE}#{error.code}"}
    headers = {"cache-control": "no-store", "retry-after": str(error.seconds)}
    return Page(msgspec.json.encode(told), 429, headers, "application/json")


def _is_sandbox(request: Request[Any, Any, State]) -> bool:
    """Whether the credential, believed or not, names a site that is for tests alone.

    Anybody may name one: they learn what is wrong with a token of their own making.
    """
    credential = request.headers.get("authorization", "").partition(" ")[2]
    found = runtime_of(request).releases.find_site(said_issuer(credential))
    return found is not None and found[2].sandbox


def status_of(error: Exception) -> int:
    """The HTTP status that says what went wrong, and to whom it is due."""
    if isinstance(error, BadBody):
        return error.status
    if isinstance(error, DatabaseError):
        return 503
    if isinstance(error, TooMuch):
        return 413
    code = error.code if isinstance(error, Refused) else ""
    if code == "too_many":
        return 429
    if code in _FORBIDDEN:
        return 403
    if code == "unknown_path":
        return 404
    return 400 if code in _MALFORMED else 401
