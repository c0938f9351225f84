"""Loading a backend: who asks, proved by its credential before anything of it is read."""

from typing import Any, TypeVar, cast

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from app.domain.api_keys import client_of, is_api_key
from app.domain.backchannel import Client, Scope, bearer, verify_client
from app.domain.limits import asking_of
from app.domain.refusals import Refused
from app.domain.releases import Release
from app.domain.site_tokens import public_id, said_issuer
from app.domain.sites import Site
from app.lib.body import arriving, read_json
from app.runtime import Runtime

ApiRequest = Request[Any, Any, State]
Asked = TypeVar("Asked")
NO_STORE = {"cache-control": "no-store"}


def runtime_of(request: ApiRequest) -> Runtime:
    """What the process holds."""
    return cast(Runtime, request.app.state.runtime)


def admits(scope: Scope) -> Guard:
    """A guard of what another surface serves to backends: leaves the client as its `auth`."""

    async def admit(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        connection.scope["auth"] = await load_client(cast(ApiRequest, connection), scope)

    return admit


async def load_client(request: ApiRequest, scope: Scope) -> Client:
    """The site's backend that sent the request, if it may do what `scope` names.

    A token of the site's own key may do everything that the site may, an API key what it was made
    for. Raises Refused.
    """
    runtime, now = runtime_of(request), runtime_of(request).now()
    authorization = request.headers.get("authorization", "")

    def find(workspace: str, site: str) -> Site | None:
        release = runtime.releases.active(workspace)
        return release.site(site) if release else None

    limits, asking = runtime.limits, asking_of(request.scope)

    def claimed(issuer: str) -> None:
        limits.check_claimed(asking, issuer)

    credential = bearer(authorization)
    if is_api_key(credential):
        limits.check_claimed(asking, credential)
        key = await runtime.api_keys.find(runtime.database, credential, now)
        client = client_of(key, scope, find(key.workspace, key.site))
        limits.note_believed(asking, credential)
        return client
    workspace, _, site = said_issuer(credential).partition(".")
    jwks = runtime.jwks
    await jwks.prepare(find(workspace, site), credential)
    client = verify_client(authorization, find, runtime.url, now, jwks.keys_of, claimed)
    limits.note_believed(asking, public_id(client.workspace, client.site_key))
    return client


async def read_asked(request: ApiRequest, kind: type[Asked]) -> Asked:
    """What the backend asks for. Raises BadBody, and Refused for members that do not belong."""
    content_type = request.headers.get("content-type", "")
    try:
        return msgspec.convert(await read_json(arriving(request.receive), content_type), kind)
    except msgspec.ValidationError:
        raise Refused("request_body") from None


def release_of(request: ApiRequest, client: Client) -> Release:
    """The active release of the client's workspace. Raises Refused."""
    release = runtime_of(request).releases.active(client.workspace)
    if release is None:
        raise Refused("unknown_site")
    return release
