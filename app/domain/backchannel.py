"""The back channel: a site's backend shows that it is the site's, with a token of a minute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from app.domain.refusals import Refused
from app.domain.site_tokens import (
    check_common,
    check_signature,
    find_key,
    public_id,
    read_claims,
    read_token,
)
from app.domain.sites import Site, SiteKey

TYP = "askonce-client+jwt"
LIFETIME = 60  # seconds
FindSite = Callable[[str, str], Site | None]
KeysOf = Callable[[Site], Mapping[str, SiteKey]]
# What an API key may be for; a token of the site's own key is for all of it.
Scope = Literal["tickets", "fragments", "results", "requirements", "sessions"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Client:
    """A site's backend: what it asks for, it asks for that site."""

    workspace: str
    site_key: str
    site: Site


def verify_client(
    authorization: str,
    find_site: FindSite,
    audience: str,
    at: datetime,
    keys_of: KeysOf = lambda _site: {},
    claimed: Callable[[str], None] = lambda _: None,
) -> Client:
    """The backend that sent an `Authorization` header (RFC 6750 section 2.1). Raises Refused.

    The path names no site here, so `iss` does: it chooses among our sites by workspace and key,
    and then counts for nothing until that site's own key holds. `keys_of` are the keys of a site's
    JWKS, by their ids; `claimed` is told the site before the signature is seen, and may refuse.
    """
    token = read_token(bearer(authorization), TYP)
    claims = read_claims(token)
    workspace, _, site_key = _issuer(claims.get("iss")).partition(".")
    site = find_site(workspace, site_key)
    if site is None:
        raise Refused("token_issuer")
    key = find_key(token, site, keys_of(site))
    check_common(claims, public_id(workspace, site_key), audience, at, LIFETIME)
    claimed(public_id(workspace, site_key))
    check_signature(token, key)
    return Client(workspace, site_key, site)


def bearer(authorization: str) -> str:
    """The credential of a `Bearer` header. Raises Refused when there is none."""
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() != "bearer" or not credential:
        raise Refused("token_missing")
    return credential.strip(" ")


def _issuer(written: object) -> str:
    if not isinstance(written, str):
        raise Refused("token_issuer")
    return written
