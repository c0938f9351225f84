"""Requirements: what is missing for a person at a site, and where to send them, in one call."""

from typing import Any

from litestar import Response, post

from app.api.errands import decide_for, send_to, sent_by
from app.api.loading import NO_STORE, ApiRequest, load_client, read_asked, release_of, runtime_of
from app.domain.introductions import Introduction, check_site, introduced
from app.domain.refusals import Refused


class RequirementsRequest(Introduction, kw_only=True, forbid_unknown_fields=True):
    """An introduction, and where the person goes back to if they are to be asked."""

    return_to: str | None = None
    state: str | None = None


@post("/api/v1/requirements", status_code=200)
async def post_requirements(request: ApiRequest) -> Response[dict[str, Any]]:
    """What a sign-in has to know: whether something required is missing, and what to do.

    With `return_to` the answer has an address to send the person to, if there is something to ask.
    """
    runtime = runtime_of(request)
    client = await load_client(request, "requirements")
    asked = await read_asked(request, RequirementsRequest)
    check_site(asked, client)
    now = runtime.now()
    body = introduced(asked, client, now)
    if asked.return_to is not None:
        if "hosted" not in client.site.modes:
            raise Refused("token_mode")
        body = sent_by(body, client, asked.return_to, asked.state, now)
    errand = await decide_for(runtime, release_of(request, client), client, body)
    told: dict[str, Any] = {"missing": errand.missing, "decision": "nothing"}
    if errand.has_something:
        told |= {"decision": "ask", "step": errand.decision.step}
        told["asks"] = errand.decision.attributes
        if asked.return_to is not None:
            told |= await send_to(runtime, client, body)
    return Response(told, status_code=200, headers=NO_STORE)
