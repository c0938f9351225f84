"""Refusing a backend: JSON with a stable code and one sentence, nothing that helps a thief."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import State

from app.domain.refusals import Refused
from app.lib.body import BadBody
from app.lib.db import DatabaseError
from app.lib.observing import note

_SENTENCES = {
    400: "The request cannot be understood.",
    401: "The token is not valid.",
    403: "The site may not ask for this.",
    413: "The request is too large.",
    415: "The request must be application/json.",
    503: "The service cannot answer right now. Try again.",
}
_FORBIDDEN = ("token_mode", "token_origin", "token_clock")
_MALFORMED = ("request_body", "unknown_moment", "token_subject", "token_auth_time")


def refuse_backend(request: Request[Any, Any, State], error: Exception) -> Response[Any]:
    """The answer to a backend's request that was refused."""
    code = str(getattr(error, "code", type(error).__name__))
    status = _status(error, code)
    note(request.scope, refusal=code)
    # Why a credential was not believed is for our log; what is wrong with a body is for its author.
    public = "unauthorized" if status == 401 else "unavailable" if status == 503 else code
    content = {"error": public, "message": _SENTENCES.get(status, _SENTENCES[400])}
    headers = {"cache-control": "no-store", **({"retry-after": "5"} if status == 503 else {})}
    return Response(content, status_code=status, headers=headers)


def _status(error: Exception, code: str) -> int:
    if isinstance(error, BadBody):
        return error.status
    if isinstance(error, DatabaseError):
        return 503
    if isinstance(error, Refused) and code in _FORBIDDEN:
        return 403
    return 400 if code in _MALFORMED else 401
