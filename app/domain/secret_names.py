"""The secrets that a document names and does not hold: whether the environment has them here."""

from collections.abc import Iterator, Mapping

from app.domain.sites import Site
from app.domain.workspace import Workspace
from app.lib.signatures import SECRET_BYTES


def unset_secrets(document: Workspace, environ: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that is missing or too short; never anything of its value."""
    for site_key, site in document.sites.items():
        for place, name in _named(site):
            length = len(environ.get(name, "").encode("utf-8"))
            if length < SECRET_BYTES:
                wrong = "has no" if not length else "has too short a"
                yield (
                    f"sites.{site_key}.{place}: the environment here {wrong} {name};"
                    f" where Askonce runs it must hold at least {SECRET_BYTES} bytes"
                )


def _named(site: Site) -> Iterator[tuple[str, str]]:
    for key in site.keys:
        if key.secret_env:
            yield f"keys.{key.kid}.secret_env", key.secret_env
    if site.auth0:
        yield "auth0.secret_env", site.auth0.secret_env
