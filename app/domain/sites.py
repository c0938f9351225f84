"""The sites: apps and web sites that embed steps, with their origins, keys and requirements."""

import re
from functools import cached_property
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, field_validator, model_validator

from app.domain.parts import COUNTRY, AttributeKey, Locale, Part
from app.domain.themes import Theme
from app.lib.signatures import UnusableKey, Verifier

Mode = Literal["element", "frame", "htmx", "include", "hosted"]
# Neither blanks nor controls, which browsers drop or cut, nor the backslash, which they turn.
_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\xa0\\]{1,2048}")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class SiteKey(Part):
    """A key whose signatures the site stands by: a public key, or by opt-in a shared secret."""

    kid: str = Field(
        min_length=1, max_length=64, description="The key's id, as in the header of a JWT."
    )
    alg: Literal["Ed25519", "EdDSA", "ES256", "RS256", "HS256"] = Field(
        description="The one algorithm it is used with (RFC 7518, RFC 9864)."
    )
    jwk: dict[str, Any] | None = Field(None, description="The public key as a JWK (RFC 7517).")
    secret_env: str | None = Field(
        None, description="HS256 only: the environment variable that holds the secret."
    )

    @model_validator(mode="after")
    def _holds_what_its_algorithm_needs(self) -> Self:
        if self.alg == "HS256":
            if not self.secret_env or self.jwk:
                raise ValueError("an HS256 key names secret_env, and has no jwk")
        elif not self.jwk or self.secret_env:
            raise ValueError(f"a key for {self.alg} has a public jwk, and no secret_env")
        return self

    @field_validator("jwk")
    @classmethod
    def _is_public(cls, jwk: dict[str, Any] | None) -> dict[str, Any] | None:
        if jwk and {"d", "p", "q", "k"} & set(jwk):
            raise ValueError("this is a private key: only the public part belongs here")
        return jwk

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.jwk:
            try:
                self.verifier  # noqa: B018 - reading it raises on a key that is none
            except UnusableKey:
                raise ValueError(f"this jwk is not a public key for {self.alg}") from None
        return self

    @cached_property
    def verifier(self) -> Verifier:
        """What holds for a text that the public key signed. Raises UnusableKey."""
        return Verifier(self.alg, self.jwk or {})


class Auth0(Part):
    """An Auth0 tenant whose Action sends people to the hosted page in the middle of a login."""

    tenant: str = Field(description="The tenant's own origin, or that of its custom domain.")
    secret_env: str = Field(
        description="The environment variable that holds the secret shared with the Action."
    )

    @field_validator("tenant")
    @classmethod
    def _is_an_origin(cls, tenant: str) -> str:
        check_origin(tenant)
        return tenant

    @property
    def issuers(self) -> tuple[str, ...]:
        """How Auth0 and people who write Actions spell the tenant in `iss`."""
        return (self.tenant.partition("://")[2], self.tenant, f"{self.tenant}/")

    @property
    def continues(self) -> str:
        """Where the login that waits goes on."""
        return f"{self.tenant}/continue"


class Jwks(Part):
    """Where the site publishes its public keys: one address, which no token can change."""

    url: str = Field(
        max_length=2048,
        description="The address of a JWK Set (RFC 7517); https, http on loopback only.",
    )

    @field_validator("url")
    @classmethod
    def _is_one_exact_address(cls, url: str) -> str:
        parts = urlsplit(url)
        check_origin(f"{parts.scheme}://{parts.netloc}")
        if parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
            raise ValueError(f"{url!r} is not an address of a file, like https://shop.example/jwks")
        return url


class Site(Part):
    """An app or web site of the workspace that embeds steps."""

    name: str = Field(min_length=1, max_length=255, description="Its name, as people know it.")
    origins: tuple[str, ...] = Field(
        min_length=1, description="Exact origins that may embed; http on loopback only."
    )
    return_urls: tuple[str, ...] = Field(
        (), description="Exact addresses to which a person may be sent back."
    )
    locales: tuple[Locale, ...] = Field(
        (), description="Its languages, preferred first. The workspace's default when left out."
    )
    region: str | None = Field(
        None, pattern=COUNTRY, description="The country whose phone numbers need no +code."
    )
    modes: tuple[Mode, ...] = Field(
        ("element", "frame", "htmx"), description="What its assertions may be used for."
    )
    keys: tuple[SiteKey, ...] = Field((), description="Its keys; two live ones allow a rotation.")
    jwks: Jwks | None = Field(None, description="Where more of its keys are, besides `keys`.")
    requires: tuple[AttributeKey, ...] = Field(
        (), description="Attributes the site cannot do without."
    )
    supplies: tuple[AttributeKey, ...] = Field(
        (), description="Attributes its assertions and API calls may set."
    )
    reads: tuple[AttributeKey, ...] = Field(
        (), description="Attributes it reads beyond what it asks and requires."
    )
    theme: Theme = Field(default_factory=Theme, description="How its steps look.")
    auth0: Auth0 | None = Field(
        None, description="An Auth0 tenant whose Action may send people to the hosted page."
    )
    sandbox: bool = Field(
        False, description="For QA: assertions may carry a clock, and people can be reset."
    )

    @field_validator("origins")
    @classmethod
    def _are_exact_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            check_origin(origin)
        return origins

    @field_validator("return_urls")
    @classmethod
    def _are_exact_addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            check_address(address)
        return addresses

    @field_validator("keys")
    @classmethod
    def _have_their_own_kid(cls, keys: tuple[SiteKey, ...]) -> tuple[SiteKey, ...]:
        if len({key.kid for key in keys}) != len(keys):
            raise ValueError("two keys have the same kid")
        return keys

    def key(self, kid: str) -> SiteKey | None:
        """The key of that id, if this site has it."""
        return next((key for key in self.keys if key.kid == kid), None)

    def has_address(self, address: str) -> bool:
        """Whether it is an address of the site's own: a path, or one with an origin of the site.

        What browsers read another way than it is written (`//`, `\\`, a tab) is none.
        """
        if not _ADDRESS.fullmatch(address):
            return False
        if address.startswith("/"):
            return not address.startswith("//")
        return any(
            address == one or address.startswith((f"{one}/", f"{one}?", f"{one}#"))
            for one in self.origins
        )


def check_address(address: str) -> None:
    """Raise ValueError unless a person can be sent there with a query of ours added."""
    parts = urlsplit(address)
    check_origin(f"{parts.scheme}://{parts.netloc}")
    if not address.isascii() or not _ADDRESS.fullmatch(address) or "#" in address:
        raise ValueError(f"{address!r}: write it in ASCII, without blanks, backslashes or a #")
    if taken := {name for name, _ in parse_qsl(parts.query)} & {"code", "state"}:
        raise ValueError(f"{address!r}: {', '.join(sorted(taken))} in the query is for us to add")


def check_origin(origin: str) -> None:
    """Raise ValueError unless it is an exact web origin: https, or http on loopback."""
    try:
        parts = urlsplit(origin)
        parts.port  # noqa: B018 - reading it raises on a port that is none
    except ValueError:
        raise ValueError(f"{origin!r} is not an origin like https://shop.example") from None
    host = parts.hostname or ""
    if f"{parts.scheme}://{parts.netloc}" != origin or not host or "*" in host or "@" in origin:
        raise ValueError(f"{origin!r} is not an exact origin like https://shop.example")
    if origin != origin.lower():
        raise ValueError(f"write the origin in lower case: {origin.lower()}")
    loopback = f"[{host}]" in LOOPBACK or host in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError(f"{origin!r}: use https (http is for loopback only)")
