"""Results: a site's backend learns once what came of an errand, for the code it was sent."""

from hmac import compare_digest
from typing import Any

import msgspec
from litestar import Response, post

from app.api.loading import NO_STORE, ApiRequest, load_client, read_asked, release_of, runtime_of
from app.domain.backchannel import Client
from app.domain.changes import find_subject
from app.domain.moments import Moment
from app.domain.refusals import Refused
from app.domain.releases import Release
from app.domain.results import Result, redeem_code, tell_result
from app.runtime import Runtime


class ResultRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The code as it stood in the address, and the state that the backend had sent."""

    code: str
    state: str | None = None

    def __repr__(self) -> str:
        return "ResultRequest()"


@post("/api/v1/results", status_code=200)
async def post_results(request: ApiRequest) -> Response[dict[str, Any]]:
    """Redeem a code: what happened, and the answers that the site may read.

    A code is good once, for a minute, for its own site. One that comes with another state than it
    was made with is used up: somebody has put it into another's hands.
    """
    runtime = runtime_of(request)
    client = await load_client(request, "results")
    asked = await read_asked(request, ResultRequest)
    place = (client.workspace, client.site_key)
    result = await runtime.database.write(
        redeem_code, runtime.keyring, place, asked.code, runtime.now()
    )
    if result is None:
        raise Refused("code_spent")
    if asked.state is not None and not _is_same(asked.state, result.state):
        raise Refused("code_state")
    answer = await _answer(runtime, release_of(request, client), client, result)
    return Response(answer, status_code=200, headers=NO_STORE)


def _is_same(said: str, kept: str | None) -> bool:
    return compare_digest(said.encode(), (kept or "").encode())


async def _answer(
    runtime: Runtime, release: Release, client: Client, result: Result
) -> dict[str, Any]:
    subject = await find_subject(runtime.database, release.subject_key(client.site_key, result.sub))
    now = Moment(runtime.now(), client.site_key, release.document.default_locale, "")
    return tell_result(release, subject, now, result)
