"""A tenant of Auth0's, as far as an Action sees it: what `api.redirect` encodes, sends, validates.

Written after Auth0's documentation of redirects with Actions and what its platform says when it
refuses: `iss` is the host name, `exp` fifteen minutes from `iat` unless told, `sub` the user's id;
an answer has `sub`, `iss`, `exp`, `iat`, the type JWT, the user's own `sub`, and the same `state`
as the address of `/continue` that it was posted to.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

PARAMETER = "session_token"


class InvalidToken(Exception):
    """What the tenant says of a token that it does not believe."""


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return read


def sign(header: Mapping[str, Any], claims: Mapping[str, Any], secret: str) -> str:
    """A token of whatever is given."""
    signed = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{_encode(signature)}"


@dataclass
class Tenant:
    """One tenant and the user who is logging in; `states` are the logins that wait."""

    origin: str
    secret: str
    user_id: str = "auth0|vera-4711"
    states: dict[str, bool] = field(default_factory=dict)

    @property
    def hostname(self) -> str:
        return urlsplit(self.origin).netloc

    def encode_token(self, payload: Mapping[str, Any], expires_in: int = 900, **said: Any) -> str:
        """`api.redirect.encodeToken`; `said` overrides what Auth0 itself would say."""
        now = int(time.time())
        claims = {"iss": self.hostname, "iat": now, "exp": now + expires_in}
        claims |= {"sub": self.user_id, "ip": "203.0.113.7", **payload, **said}
        claims = {name: value for name, value in claims.items() if value is not None}
        return sign({"alg": "HS256", "typ": "JWT"}, claims, self.secret)

    def send_user_to(self, url: str, query: Mapping[str, str]) -> str:
        """`api.redirect.sendUserTo`: the address, with the state of a login that waits."""
        state = secrets.token_urlsafe(48)
        self.states[state] = True
        return f"{url}?{urlencode({**query, 'state': state})}"

    def validate_token(self, query: Mapping[str, str], body: Mapping[str, str]) -> dict[str, Any]:
        """`/continue`, and `api.redirect.validateToken`. Raises InvalidToken."""
        params = {**query, **body}
        if not self.states.pop(params.get("state", ""), False):
            raise InvalidToken("invalid_request: there is no such login")
        if PARAMETER not in params:
            raise InvalidToken("there is no such parameter in the POST body or query string")
        header, claims, signature = params[PARAMETER].split(".")
        said = _decode(claims)
        self._check(_decode(header), said, params["state"])
        signed = hmac.digest(self.secret.encode(), f"{header}.{claims}".encode(), hashlib.sha256)
        if not hmac.compare_digest(signature, _encode(signed)):
            raise InvalidToken("failed signature validation")
        return said

    def _check(self, header: dict[str, Any], said: dict[str, Any], state: str) -> None:
        if said.get("state") != state:
            raise InvalidToken("state in the token does not match the /continue state")
        if missing := {"sub", "iss", "exp", "iat"} - said.keys():
            raise InvalidToken(f"missing or invalid standard claims: {sorted(missing)}")
        if header.get("alg") != "HS256" or str(header.get("typ")).upper() != "JWT":
            raise InvalidToken("unexpected token payload type")
        if said["sub"] != self.user_id:
            raise InvalidToken("the sub claim does not match the user_id")
        if said["exp"] <= time.time():
            raise InvalidToken("the token has expired")
