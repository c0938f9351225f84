"""Acme's application: its two sites at Askonce, its pages, its own session."""

import os
from pathlib import Path
from typing import Any

from litestar import Litestar, Request
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException
from litestar.logging import LoggingConfig
from litestar.middleware.session.client_side import CookieBackendConfig
from litestar.response import Redirect
from litestar.static_files import create_static_files_router

from demo.askonce import Site, read_key
from demo.letter import LETTER
from demo.look import Acme
from demo.modes import MODES
from demo.pages import PAGES, guest
from demo.reception import RECEPTION
from demo.sign_in import SIGN_IN

HERE = Path(__file__).parent


def create_site(askonce: str, origin: str) -> Litestar:
    """The site as it stands at `origin`, embedding the Askonce at `askonce`; both are origins."""
    acme = Acme(
        shop=_site("shop", askonce, origin, ("given_name", "family_name", "email", "plan")),
        club=_site("club", askonce, origin, ("given_name", "family_name", "email")),
    )
    static = create_static_files_router("/static", [HERE / "static"])
    return Litestar(
        [*PAGES, *LETTER, *RECEPTION, *MODES, *SIGN_IN, static],
        dependencies={
            "guest": Provide(guest),
            "acme": Provide(lambda: acme, sync_to_thread=False),
        },
        middleware=[_session().middleware],
        exception_handlers={NotAuthorizedException: _ask_to_sign_in},
        openapi_config=None,
        logging_config=LoggingConfig(
            log_exceptions="always", disable_stack_trace={400, 401, 404, 405}
        ),
    )


def _site(name: str, askonce: str, origin: str, supplies: tuple[str, ...]) -> Site:
    key = read_key(HERE / "keys" / f"{name}.demo-private-key.json")
    return Site(f"acme.{name}", askonce, origin, key, supplies)


def _session() -> CookieBackendConfig:
    # Sealed with a secret of this process: a restart signs everybody out.
    return CookieBackendConfig(secret=os.urandom(32), key="acme", samesite="lax")


def _ask_to_sign_in(_request: Request[Any, Any, Any], _fault: Exception) -> Redirect:
    return Redirect("/sign-in", status_code=303)
