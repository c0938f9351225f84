"""Tokens that no backend of the site would sign so, each shown at every door that takes one."""

import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from joserfc.jwk import OKPKey, RSAKey

from app.lib import base64url
from tests.unit.attacks.arena import Arena, Attack, Sent
from tests.unit.attacks.doors import DOORS, Door, Mint
from tests.unit.signing import CLUBS, ED25519, ES256, OURS, RS256, SHOP, forge, segment, sign
from tests.unit.world import CLUB

ALL = ("htmx", "element", "client")
PAGES = ("htmx", "element")
EVIL = "https://evil.example"
FORBIDDEN = ("token_mode", "token_origin")
NOW = int(time.time())


class Bad(NamedTuple):
    """A token, why it is not believed, at which doors, and how often its signature is looked at."""

    name: str
    code: str
    token: Callable[[Mint], str]
    kinds: tuple[str, ...] = ALL
    looks: int = 0


def keyed(secret: bytes, **header: str) -> Callable[[Mint], str]:
    """HS256 with a secret that everybody knows."""

    def made(mint: Mint) -> str:
        signed = f"{segment(mint.header(alg='HS256', **header))}.{segment(mint.claims())}"
        return f"{signed}.{base64url.encode(hmac.digest(secret, signed.encode(), 'sha256'))}"

    return made


def heads(key: Any = ED25519, way: str = "Ed25519", /, **header: Any) -> Callable[[Mint], str]:
    return lambda mint: mint.heads(key, way, **header)


def says(key: Any = ED25519, /, **claims: Any) -> Callable[[Mint], str]:
    return lambda mint: mint.says(key, **claims)


def lives(begins: int, seconds: int) -> Callable[[Mint], str]:
    """A token that begins in so many seconds, and ends so many later."""

    def made(mint: Mint) -> str:
        begun = int(time.time()) + begins
        return mint.says(iat=begun, exp=begun + seconds)

    return made


def too_long(seconds: int) -> Callable[[Mint], str]:
    """A token that lives longer than its kind may."""

    def made(mint: Mint) -> str:
        claims = mint.claims()
        return mint.says(exp=claims["exp"] + seconds)

    return made


def raw(header: bytes | None = None, claims: bytes | None = None) -> Callable[[Mint], str]:
    """A token of these very bytes."""
    return lambda mint: sign(header or mint.header(), claims or mint.claims())


def bare(alg: str) -> Callable[[Mint], str]:
    """A token that nobody signed, and that says so."""
    return lambda mint: f"{segment(mint.header(alg=alg))}.{segment(mint.claims())}."


def cut(mint: Mint) -> str:
    return mint.says().rpartition(".")[0] + "."


def added(claims: bytes) -> Callable[[Mint], str]:
    """The right claims with more JSON at their end."""

    def made(mint: Mint) -> str:
        return sign(mint.header(), json.dumps(mint.claims()).encode()[:-1] + b"," + claims + b"}")

    return made


PEM, DER = RS256.as_pem(private=False), RS256.as_der(private=False)
JWK = json.dumps(ED25519.as_dict(private=False))
X = base64url.decode(str(ED25519.as_dict(private=False)["x"]))
STRANGERS = OKPKey.generate_key("Ed25519")
EXTRA: dict[str, Any] = {
    "jku": f"{EVIL}/keys",
    "jwk": STRANGERS.as_dict(private=False),
    "x5u": f"{EVIL}/chain",
    "x5c": ["MIIB"],
    "x5t": "AAAA",
    "crit": ["b64"],
    "b64": False,
    "cty": "JWT",
    "zip": "DEF",
    "enc": "A256GCM",
    "iss": "acme.shop",
}
KIDS = ["", "k9", "K1", "k1 ", "../../../../dev/null", "..%2f..%2fdev%2fnull", "k1' OR '1'='1"]
KIDS += ["file:///dev/null", f"{EVIL}/keys#k1", "k1\0", "*", "club-1", "acme.club/k1"]

HEADERS = [
    *(Bad(f"alg {alg}", "token_algorithm", bare(alg)) for alg in ("none", "None", "NONE", "")),
    Bad("alg none, signed", "token_algorithm", bare("nOnE")),
    Bad("no signature", "token_signature", cut, looks=1),
    Bad("HS256 with PEM", "token_algorithm", keyed(PEM, kid="k3")),
    Bad("HS256 with DER", "token_algorithm", keyed(DER, kid="k3")),
    Bad("HS256 with raw x", "token_algorithm", keyed(X)),
    Bad("HS256 with the JWK", "token_algorithm", keyed(JWK.encode())),
    Bad("HS256 with nothing", "token_algorithm", keyed(b"")),
    Bad("the shared secret's kid with PEM", "token_signature", keyed(PEM, kid="k4"), looks=1),
    Bad("the shared secret's kid with x", "token_signature", keyed(X, kid="k4"), looks=1),
    Bad("the shared secret's kid with nothing", "token_signature", keyed(b"", kid="k4"), looks=1),
    Bad("ES256 by another key", "token_algorithm", heads(ES256, "ES256", alg="ES256")),
    Bad("a kid of another algorithm", "token_algorithm", heads(kid="k2")),
    *(Bad(f"kid {kid!r}", "token_key", heads(CLUBS, kid=kid)) for kid in KIDS if "\0" not in kid),
    Bad("kid with NUL", "token_malformed", heads(kid="k1\0")),
    Bad("kid as a list", "token_header", heads(kid=["k1"])),
    Bad("no kid", "token_header", heads(kid=None)),
    Bad("another site's key", "token_signature", says(CLUBS), looks=1),
    Bad("a stranger's key", "token_signature", says(STRANGERS), looks=1),
    Bad(
        "a stranger's RSA key",
        "token_signature",
        lambda mint: mint.heads(RSAKey.generate_key(2048), "RS256", alg="RS256", kid="k3"),
        looks=1,
    ),
    *(Bad(f"header {name}", "token_header", heads(**{name: said})) for name, said in EXTRA.items()),
    Bad("a key that it brings itself", "token_header", heads(STRANGERS, jwk=EXTRA["jwk"])),
    *(
        Bad(f"typ {typ}", "token_header", heads(typ=typ))
        for typ in ("JWT", "at+jwt", "askonce", "ASKONCE+JWT", "application/askonce+jwt", None)
    ),
    Bad("a backend's own token", "token_header", heads(typ="askonce-client+jwt"), PAGES),
    Bad("a page's assertion", "token_header", heads(typ="askonce+jwt"), ("client",)),
    Bad(
        "a kid twice",
        "token_malformed",
        raw(b'{"alg":"Ed25519","kid":"k9","kid":"k1","typ":"askonce+jwt"}'),
    ),
]
CLAIMS = [
    *(
        Bad(f"iss {iss}", "token_issuer", says(iss=iss), kinds)
        for iss, kinds in (
            ("acme.club", PAGES),
            ("acme.nowhere", ALL),
            ("other.shop", ALL),
            ("acme.shop.club", ALL),
            ("shop", ALL),
            (["acme.shop"], ALL),
            (None, ALL),
        )
    ),
    Bad("another site's name", "token_signature", says(iss="acme.club"), ("client",), looks=1),
    *(
        Bad(f"aud {aud}", "token_audience", says(aud=aud))
        for aud in ([OURS], [OURS, EVIL], f"{OURS}/", SHOP, EVIL, OURS.upper(), "", None)
    ),
    Bad("a second too long", "token_lifetime", too_long(1)),
    Bad("an hour", "token_lifetime", too_long(3600)),
    Bad("a hundred years", "token_claims", says(exp=2**33)),
    Bad("an end before its beginning", "token_lifetime", lives(0, -1)),
    Bad("of the future", "token_early", lives(45, 60)),
    Bad("of next year", "token_early", lives(31_536_000, 60)),
    Bad("not yet", "token_early", says(nbf=NOW + 36_000)),
    Bad("over", "token_expired", lives(-100, 60)),
    Bad("of last year", "token_expired", lives(-31_536_000, 60)),
    *(
        Bad(f"{name} {said!r}", "token_claims", says(**{name: said}))
        for name in ("iat", "exp")
        for said in (None, "1", 1.5, True, -1, 0, [NOW])
    ),
    *(
        Bad(f"sub {said!r:.20}", "token_subject", says(sub=said), PAGES)
        for said in (None, "", 42, ["vera"], "x" * 256, "é" * 128, "a\nb", "a\r\nSet-Cookie: b=c")
    ),
    *(
        Bad(f"mode {mode}", "token_mode", says(mode=mode), PAGES)
        for mode in ("frame", "include", "hosted", ["htmx"], "", None)
    ),
    Bad("of the element", "token_mode", says(mode="element"), ("htmx",)),
    Bad("of a fragment", "token_mode", says(mode="htmx"), ("element",)),
    *(
        Bad(f"origin {origin}", "token_origin", says(origin=origin), PAGES)
        for origin in (CLUB, EVIL, "null", f"{SHOP}/", f"{SHOP}:443", [SHOP], "*", "", None)
    ),
    Bad(
        "of the site's other origin", "token_origin", says(origin="https://www.shop.example"), PAGES
    ),
    *(
        Bad(f"{name} {said!r:.20}", "token_nonce", says(**{name: said}), ("element",))
        for name in ("nonce", "jti")
        for said in (None, "", "short", 7, "n" * 256, "two\n" + "n" * 20)
    ),
    Bad("of another frame", "token_nonce", says(nonce="the nonce of another frame"), ("element",)),
    Bad("with a clock", "token_clock", says(clock=NOW), PAGES),
    Bad("a locale of mark-up", "token_claims", says(locale="<script>"), PAGES),
    Bad("a locale of two lines", "token_claims", says(locale="en\r\nX-Evil: 1"), PAGES),
    Bad("a login to come", "token_auth_time", says(auth_time=NOW + 36_000), PAGES),
    Bad("traits in a list", "token_claims", says(traits=["given_name"]), PAGES),
]
TEXTS = [
    Bad("nothing", "token_missing", lambda _: ""),
    Bad("a letter", "token_malformed", lambda _: "a"),
    Bad("dots", "token_malformed", lambda _: ".."),
    Bad("four parts", "token_malformed", lambda mint: mint.says() + ".a"),
    Bad("padding", "token_malformed", lambda mint: mint.says() + "="),
    Bad("forged", "token_signature", lambda mint: forge(mint.says()), looks=1),
    Bad("oversized", "token_too_large", says(note="x" * 9000)),
    Bad("a megabyte", "token_too_large", lambda _: "a" * 200_000),
    Bad("deep claims", "token_malformed", added(b'"a":' + b"[" * 400 + b"]" * 400)),
    Bad("deeper than a stack", "token_malformed", added(b'"a":' + b"[" * 5000)),
    Bad("a claim twice", "token_malformed", added(b'"iss":"acme.shop"')),
    Bad("a person twice", "token_malformed", added(b'"sub":"x","sub":"y"')),
    Bad("a lone surrogate", "token_malformed", added(rb'"a":"\ud800"')),
    Bad("a lone surrogate as bytes", "token_malformed", added(b'"a":"\xed\xa0\x80"')),
    Bad("a NUL", "token_malformed", added(rb'"a":"\u0000"')),
    Bad("a number without end", "token_malformed", added(b'"a":' + b"9" * 4000)),
    Bad("an infinity", "token_malformed", added(b'"a":1e999')),
    Bad("not a number", "token_malformed", added(b'"a":NaN')),
    Bad(
        "a mark at its beginning", "token_malformed", raw(claims=b'\xef\xbb\xbf{"iss":"acme.shop"}')
    ),
    Bad("claims in a list", "token_malformed", raw(claims=b"[]")),
    Bad("no claims", "token_malformed", raw(claims=b"null")),
]


def _at(door: Door, bad: Bad) -> Attack:
    async def makes(arena: Arena) -> Sent:
        return await door.sends(arena, arena.world.keep(bad.token(Mint(door.kind))))

    status = 403 if bad.code in FORBIDDEN else 401
    return Attack(f"{door.name}: {bad.name}", makes, status, bad.code, bad.looks)


# All other doors believe by the same few lines: there some of them have to be enough.
SOME: tuple[str, ...] = (
    "alg none",
    "HS256 with raw x",
    "kid club-1",
    "header jku",
    "typ JWT",
    "forged",
    "over",
)
SOME += ("a backend's own token", "a page's assertion", f"aud {[OURS]}", "an hour", "nothing")
SOME += ("another site's key", "another site's name", "of the future", "oversized", "a claim twice")
THOROUGH = ("mount", "exchange", "tickets")


def attacks() -> Iterator[Attack]:
    """Each at each door."""
    for door in DOORS:
        for bad in (*HEADERS, *CLAIMS, *TEXTS):
            if door.kind in bad.kinds and (door.name in THOROUGH or bad.name in SOME):
                yield _at(door, bad)
