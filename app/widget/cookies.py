"""The cookie of a hosted page: a nicety for reloads and Back, which nothing depends on."""

from app.domain.flows import Flow, open_flow
from app.domain.refusals import Refused
from app.widget.requests import AppRequest, runtime_of
from app.widget.visits import Visit

_SECONDS = 30 * 60
_LARGEST = 3800  # browsers keep 4,096 bytes of name and value
_NAME = "__Host-askonce-hosted-"


def flow_of(request: AppRequest, name: str) -> Flow | None:
    """The errand of that name as the browser keeps it; None without a cookie, or with an old one.

    Each errand has a cookie of its own, so that two in one browser do not meet.
    """
    runtime = runtime_of(request)
    now = runtime.now()
    try:
        flow = open_flow(runtime.keyring, request.cookies.get(_NAME + name, ""), now)
    except Refused:
        return None
    return None if flow.id != name or flow.is_stale(now) else flow


def cookie_of(visit: Visit) -> str:
    """What the browser shall keep of a visit's errand; it expires at once where that is too much.

    `Lax`: it comes along when another site sends the person to us, and never with its posts.
    """
    sealed = visit.sealed_flow()
    seconds = _SECONDS if len(sealed) <= _LARGEST else 0
    kept = sealed if seconds else ""
    name = visit.flow.id if visit.flow else ""
    return f"{_NAME}{name}={kept}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"
