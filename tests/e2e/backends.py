"""The backend of a host of ours: who its people are, and how it speaks to Askonce for them."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Literal
from urllib.request import Request, urlopen

from joserfc import jwt
from joserfc.jwk import OKPKey

SITE = "acme.shop"
View = Literal["step", "profile"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a page of the host, new to Askonce; `page` is the page's path."""

    askonce: str
    origin: str
    key: OKPKey
    sub: str
    page: str = ""

    def signs_in(self, number: int) -> None:
        """One login more is counted."""
        self.ticket(number=number)

    def assertion(self, mode: Literal["htmx", "element"] = "htmx", nonce: str = "") -> str:
        """What the page of that person may ask with; an element's is for its nonce alone."""
        once = {"nonce": nonce, "jti": token_hex(16)} if mode == "element" else {}
        said = {"origin": self.origin, "mode": mode, **once, **self._facts(0)}
        return self._signed("askonce+jwt", said)

    def ticket(self, view: View = "step", number: int = 0) -> dict[str, Any]:
        """The address for a frame and its height; or that there is nothing to ask."""
        asked = {"view": view, "mode": "frame", "origin": self.origin}
        return self._posts("tickets", {**asked, **self._facts(number), **_AT_LOGIN})

    def errand(self, view: View = "step") -> str:
        """The address of a page of Askonce's to go to, and back from; empty for nothing to ask."""
        way = {"mode": "hosted", "return_to": self.origin + "/back", "state": "host-state"}
        answer = self._posts("tickets", {"view": view, **way, **self._facts(0), **_AT_LOGIN})
        return str(answer.get("url", ""))

    def fragment(self, view: View = "step", submit: Mapping[str, Any] | None = None) -> str:
        """A form for this person's page, or what became of the one that the page was posted."""
        asked = {"view": view, "action": self.page, **self._facts(0)}
        moment = {"submit": submit} if submit is not None else _AT_LOGIN
        return str(self._posts("fragments", {**asked, **moment})["html"])

    def _facts(self, number: int) -> dict[str, Any]:
        now = int(time.time())
        sid = f"{self.sub}-{number}"
        return {"sub": self.sub, "locale": "en", "sid": sid, "auth_time": now - number}

    def _signed(self, kind: str, claims: Mapping[str, Any]) -> str:
        now = int(time.time())
        times = {"iss": SITE, "aud": self.askonce, "iat": now, "exp": now + 60}
        header = {"alg": "Ed25519", "kid": self.key.kid, "typ": kind}
        return jwt.encode(header, {**times, **claims}, self.key, algorithms=["Ed25519"])

    def _posts(self, resource: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._signed('askonce-client+jwt', {})}",
            "Content-Type": "application/json",
        }
        url = f"{self.askonce}/api/v1/{resource}"
        with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
        return told


_AT_LOGIN = {"moment": {"on": "login"}}
