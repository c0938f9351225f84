"""The requests, as a browser would send them: a step asked for, answered, skipped."""

import secrets
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from app.domain.release import Release
from app.domain.tokens import StepToken, new_prompt, seal_token
from app.lib.sealing import Keyring
from bench.floor import PLACE
from bench.people import AUTH_TIME, SITTING
from bench.signing import ORIGIN, SITE, assertion

Action = Literal["step", "answers", "skips"]
FIELDS = ("company", "title", "email", "country")
STEP = "work"
COUNTRIES = ("DE", "AT", "CH", "FR", "NL", "SE", "US", "JP")
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36"
_HEADERS = f"""Host: {{host}}
User-Agent: {_AGENT}
Accept: text/html, */*
Accept-Language: en-US,en;q=0.9,de;q=0.8
Accept-Encoding: gzip, deflate, br, zstd
Origin: {ORIGIN}
Referer: {ORIGIN}/
HX-Request: true
HX-Request-Type: partial
HX-Current-URL: {ORIGIN}/pricing?plan=team
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: cross-site
"""


@dataclass(frozen=True)
class Browser:
    """What a page of the site knows: the server's address, and forms sealed by its keys."""

    host: str
    keyring: Keyring
    release: Release

    def request(self, action: Action, sub: str, number: int, at: int) -> bytes:
        """The request of a person; `number` makes its answers differ from all others."""
        if action == "step":
            return self.ask(sub, at)
        if action == "skips":
            return self._post(action, {"_t": self.token(sub, at)})
        return self.answer(sub, at, answers(number))

    def ask(self, sub: str, at: int) -> bytes:
        """A page asks for the person's step."""
        return self.show(assertion(sub, f"http://{self.host}", at, AUTH_TIME), _some_address())

    def show(self, credential: str, address: str) -> bytes:
        """A page at that address asks with a credential, which may be none."""
        own = f"Authorization: Bearer {credential}\nX-Forwarded-For: {address}\n"
        return self._sent(f"GET {PLACE}?on=login", own, b"")

    def answer(self, sub: str, at: int, values: dict[str, str]) -> bytes:
        """The person answers a form of just these fields."""
        return self._post("answers", {**values, "_t": self.token(sub, at, tuple(values))})

    def token(self, sub: str, at: int, fields: tuple[str, ...] = FIELDS) -> str:
        """What the server would have sealed into the form."""
        token = StepToken(
            purpose="step",
            site=SITE,
            subject=sub,
            origin=ORIGIN,
            presentation="4",
            instance=f"ao{secrets.token_hex(3)}",
            step=STEP,
            release=self.release.number,
            fields=tuple(map(self.release.attribute_id, fields)),
            seen=1,
            prompt=new_prompt(),
            iat=at,
            locale="en",
            moment={"on": "login"},
            sitting=SITTING,
        )
        return seal_token(self.keyring, token)

    def _post(self, action: Action, fields: dict[str, str]) -> bytes:
        body = urlencode(fields).encode()
        form = f"Content-Type: application/x-www-form-urlencoded\nContent-Length: {len(body)}\n"
        form += f"X-Forwarded-For: {_some_address()}\n"
        return self._sent(f"POST {PLACE}/{action}", form, body)

    def _sent(self, line: str, own: str, body: bytes) -> bytes:
        head = f"{line} HTTP/1.1\n{_HEADERS.format(host=self.host)}{own}\n"
        return head.replace("\n", "\r\n").encode() + body


def _some_address() -> str:
    """One of as many as a large site has visitors at a time, as a proxy of ours tells it."""
    return f"198.18.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


def answers(number: int) -> dict[str, str]:
    """What a person types."""
    return {
        "company": f"Example Works {number}",
        "title": "Head of desks & chairs",
        "email": f"ada.{number}@shop.example",
        "country": COUNTRIES[number % len(COUNTRIES)],
    }
