"""Log-out: a site's backend ends all that was shown to a person until now."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from litestar import delete

from app.api.loading import ApiRequest, load_client, release_of, runtime_of
from app.domain.refusals import Refused
from app.domain.sessions import end_sessions
from app.domain.site_tokens import identifier

_PREFIX, _RESOURCE = b"/api/v1/subjects/", b"/sessions"
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@delete("/api/v1/subjects/{rest:path}", status_code=204)
async def delete_sessions(request: ApiRequest) -> None:
    """The person of `/api/v1/subjects/{sub}/sessions` has logged out.

    204 also for a person of whom nothing is known: there is nothing to end.
    """
    client = await load_client(request, "sessions")
    sub = subject_of(request.scope)
    runtime = runtime_of(request)
    who = release_of(request, client).subject_key(client.site_key, sub)
    await runtime.database.save(end_sessions, who, client.site_key, runtime.now())


def subject_of(scope: Any) -> str:
    """The `sub` in the path of a request, which may hold slashes, escaped or not. Raises Refused.

    Everything between the prefix and the last segment is the `sub`, as it was sent: the server's
    own reading of the path no longer tells `%252F` from `%2F`.
    """
    path: bytes = scope["raw_path"]
    if not path.startswith(_PREFIX) or not path.endswith(_RESOURCE):
        raise Refused("unknown_path")
    written = path[len(_PREFIX) : -len(_RESOURCE)]
    if _BROKEN_ESCAPE.search(written):
        raise Refused("token_subject")
    try:
        sub = unquote_to_bytes(written).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("token_subject") from None
    return identifier({"sub": sub}, "sub", "token_subject")
