"""All that a customer's server does for Askonce: sign who somebody is, and ask for a frame."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Literal
from urllib.request import ProxyHandler, Request, build_opener

from joserfc import jwt
from joserfc.jwk import OKPKey

LIFETIME = 60  # seconds; Askonce takes no longer ones
PATIENCE = 1.0  # seconds that a page of ours waits for Askonce, before it goes without
NoFrame = Literal["nothing", "away"]
_log = logging.getLogger(__name__)
# No proxy of the environment stands between two servers on one machine.
_open = build_opener(ProxyHandler({})).open


@dataclass(frozen=True)
class Visitor:
    """A signed-in person as Askonce shall know them; times are seconds since 1970."""

    sub: str
    locale: str
    sid: str
    auth_time: int
    signed_up_at: int
    traits: Mapping[str, str] = field(default_factory=dict)
    clock: int | None = None


@dataclass(frozen=True)
class Frame:
    """A step that waits: the address for an iframe, good for one minute and one use."""

    url: str
    height: int


@dataclass(frozen=True)
class Site:
    """One site of Acme at Askonce: its public id, its key, and the claims it supplies."""

    id: str
    askonce: str
    origin: str
    key: OKPKey
    supplies: tuple[str, ...]

    def assertion(self, visitor: Visitor) -> str:
        """A bearer token that lets the visitor's page fetch fragments for one minute."""
        here = {"sub": visitor.sub, "origin": self.origin, "mode": "htmx"}
        return self._sign("askonce+jwt", self._claims() | here | self._facts(visitor))

    def frame(
        self, visitor: Visitor, view: Literal["step", "profile"], moment: Mapping[str, str]
    ) -> Frame | NoFrame:
        """Ask Askonce, from server to server, whether there is something to show.

        When Askonce is away our page is whole without it, after a second at most.
        """
        wanted = {"site": self.id.partition(".")[2], "mode": "frame", "sub": visitor.sub}
        wanted |= {"view": view, "origin": self.origin}
        try:
            decided = self._post({**wanted, **self._facts(visitor), "moment": dict(moment)})
            if decided["decision"] == "nothing":
                return "nothing"
            return Frame(str(decided["url"]), int(decided["height"]))
        except (OSError, HTTPException, LookupError, TypeError, ValueError) as fault:
            _log.warning("Askonce gave no ticket: %s", fault)
        return "away"

    def _facts(self, visitor: Visitor) -> dict[str, Any]:
        traits = {key: value for key, value in visitor.traits.items() if key in self.supplies}
        facts: dict[str, Any] = {
            "locale": visitor.locale,
            "auth_time": visitor.auth_time,
            "sid": visitor.sid,
            "signed_up_at": visitor.signed_up_at,
            "traits": traits,
        }
        return facts if visitor.clock is None else {**facts, "clock": visitor.clock}

    def _claims(self) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.id, "aud": self.askonce, "iat": now, "exp": now + LIFETIME}

    def _sign(self, kind: str, claims: dict[str, Any]) -> str:
        header = {"alg": "Ed25519", "kid": self.key.kid, "typ": kind}
        return jwt.encode(header, claims, self.key, algorithms=["Ed25519"])

    def _post(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        credential = self._sign("askonce-client+jwt", self._claims())
        request = Request(
            f"{self.askonce}/api/v1/tickets",
            json.dumps(wanted).encode(),
            {"Authorization": f"Bearer {credential}", "Content-Type": "application/json"},
        )
        with _open(request, timeout=PATIENCE) as answer:
            decided: dict[str, Any] = json.load(answer)
        return decided


def read_key(file: Path) -> OKPKey:
    """The site's private key. A real one comes from a vault or the environment."""
    written = json.loads(file.read_text())
    return OKPKey.import_key({name: written[name] for name in ("kty", "crv", "x", "d", "kid")})
