"""All that a customer's server does for Askonce: sign who somebody is, fetch, and relay."""

import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Literal
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from joserfc import jwt
from joserfc.jwk import OKPKey

LIFETIME = 60  # seconds; Askonce takes no longer ones
PATIENCE = 1.0  # seconds that a page of ours waits for Askonce, before it goes without
SAVING = 5.0  # seconds that somebody waits who pressed Save
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
class Fragment:
    """A form for a page of ours: its markup, the page's status, and what became of a posted one.

    Beside what Askonce says, `state` is `refused` (for us to mend, or somebody else's form) or
    `away`.
    """

    html: str
    status: int
    state: str


@dataclass(frozen=True)
class Result:
    """What came of somebody's errand on Askonce's own page, as it told our server.

    Beside what Askonce says, `status` is `away`, or `wrong` for a code that is nobody's.
    """

    status: str
    steps: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        return {"status": self.status, "steps": self.steps, "answers": self.answers}


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
        return self._assertion(visitor, mode="htmx")

    def element_assertion(self, visitor: Visitor, nonce: str) -> str:
        """What `<ask-once>` asks our token endpoint for: good once, and for the frame that made
        the nonce. It says who is signed in here, whatever the page said.
        """
        return self._assertion(visitor, mode="element", nonce=nonce, jti=secrets.token_hex(16))

    def frame(
        self, visitor: Visitor, view: Literal["step", "profile"], moment: Mapping[str, str]
    ) -> Frame | NoFrame:
        """Ask Askonce, from server to server, whether there is something to show.

        When Askonce is away our page is whole without it, after a second at most.
        """
        wanted: dict[str, Any] = {"site": self.id, "mode": "frame", "sub": visitor.sub}
        wanted |= {"view": view, "origin": self.origin}
        try:
            wanted |= {**self._facts(visitor), "moment": dict(moment)}
            decided = self._post("tickets", wanted)
            if decided["decision"] == "nothing":
                return "nothing"
            return Frame(str(decided["url"]), int(decided["height"]))
        except (OSError, HTTPException, LookupError, TypeError, ValueError) as fault:
            _log.warning("Askonce gave no ticket: %s", fault)
        return "away"

    def fragment(
        self, visitor: Visitor, action: str, wanted: Mapping[str, Mapping[str, Any]]
    ) -> Fragment:
        """Fetch what there is to ask in a page of ours, whose forms post to `action`.

        `wanted` is a `moment`; or, as `submit`, the form that was posted there, whole. The
        visitor is always who is signed in now: a form that was made for somebody else is refused.
        """
        said = {"site": self.id, "sub": visitor.sub, "action": action, **self._facts(visitor)}
        try:
            patience = SAVING if "submit" in wanted else PATIENCE
            told = self._post("fragments", {**said, **wanted}, patience)
            return Fragment(str(told["html"]), int(told["status"]), str(told["state"]))
        except HTTPError as fault:
            _log.warning("Askonce refused a fragment: %s", fault)
            if fault.code in (400, 403):
                return Fragment("", fault.code, "refused")
        except (OSError, HTTPException, LookupError, TypeError, ValueError) as fault:
            _log.warning("Askonce gave no fragment: %s", fault)
        return Fragment("", 503, "away")

    def errand(
        self, visitor: Visitor, return_to: str, state: str, moment: Mapping[str, str]
    ) -> str:
        """Where to send somebody: an address of Askonce's, else `nothing` or `away`.

        At a login what is missing here comes first; for any other moment we get a ticket.
        """
        said = {"site": self.id, "sub": visitor.sub, **self._facts(visitor)}
        said |= {"return_to": return_to, "state": state}
        try:
            if moment["on"] == "login":
                return str(self._post("requirements", said).get("url", "nothing"))
            wanted = {**said, "mode": "hosted", "moment": dict(moment)}
            return str(self._post("tickets", wanted).get("url", "nothing"))
        except (OSError, HTTPException, LookupError, TypeError, ValueError) as fault:
            _log.warning("Askonce did not say where to send somebody: %s", fault)
        return "away"

    def result(self, visitor: Visitor, code: str, state: str) -> Result:
        """What came of it: told once, and only of the visitor who is signed in here."""
        try:
            told = self._post("results", {"code": code, "state": state}, SAVING)
            if told["sub"] != visitor.sub:
                return Result("wrong")
            return Result(str(told["status"]), told["steps"], told["answers"])
        except HTTPError as fault:
            _log.warning("Askonce refused a code: %s", fault)
            return Result("wrong")
        except (OSError, HTTPException, LookupError, TypeError, ValueError) as fault:
            _log.warning("Askonce told no result: %s", fault)
        return Result("away")

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

    def _assertion(self, visitor: Visitor, **how: str) -> str:
        here = {"sub": visitor.sub, "origin": self.origin, **how}
        return self._sign("askonce+jwt", self._claims() | here | self._facts(visitor))

    def _claims(self) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.id, "aud": self.askonce, "iat": now, "exp": now + LIFETIME}

    def _sign(self, kind: str, claims: dict[str, Any]) -> str:
        header = {"alg": "Ed25519", "kid": self.key.kid, "typ": kind}
        return jwt.encode(header, claims, self.key, algorithms=["Ed25519"])

    def _post(
        self, what: str, wanted: Mapping[str, Any], patience: float = PATIENCE
    ) -> dict[str, Any]:
        credential = self._sign("askonce-client+jwt", self._claims())
        request = Request(
            f"{self.askonce}/api/v1/{what}",
            json.dumps(wanted).encode(),
            {"Authorization": f"Bearer {credential}", "Content-Type": "application/json"},
        )
        try:
            answer = _open(request, timeout=patience)
        except HTTPError as fault:
            if fault.code != 503:
                raise
            answer = fault  # what could not be saved comes back, with all that was typed
        with answer:
            told: dict[str, Any] = json.load(answer)
        return told


def read_key(file: Path) -> OKPKey:
    """The site's private key. A real one comes from a vault or the environment."""
    written = json.loads(file.read_text())
    return OKPKey.import_key({name: written[name] for name in ("kty", "crv", "x", "d", "kid")})
