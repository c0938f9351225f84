import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey

from app.domain.assertions import Door, verify_assertion
from app.domain.backchannel import verify_client
from app.domain.jwks import EVERY, LONGEST, SHORTEST, STALE, USUAL, Jwks, lifetime, read_jwks
from app.domain.refusals import Refused
from app.domain.sites import Site
from app.lib import base64url
from app.lib.outbound import LARGEST, fetch
from app.lib.strict_json import MalformedJson
from tests.unit.serving import Site as Server
from tests.unit.serving import serving
from tests.unit.signing import ED25519, ES256, HS256, OURS, RS256, SHOP, AnyKey, shop, sign

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = int(AT.timestamp())
CLAIMS = {"iss": "acme.shop", "sub": "vera", "aud": OURS, "iat": NOW, "exp": NOW + 60}
CLAIMS |= {"origin": SHOP, "mode": "htmx"}
NEW = OKPKey.generate_key("Ed25519")


def jwk(key: AnyKey, kid: Any = "j1", *, private: bool = False, **members: Any) -> dict[str, Any]:
    return {**key.as_dict(private=private), "kid": kid, **members}


def jwks(*keys: Any) -> bytes:
    return json.dumps({"keys": keys}).encode()


def token(kid: str, key: AnyKey = ED25519, alg: str = "Ed25519") -> str:
    return sign({"alg": alg, "kid": kid, "typ": "askonce+jwt"}, CLAIMS, alg, key)


class Process:
    """What a process knows of one site's keys, with a clock of its own."""

    def __init__(self, server: Server, **changes: Any) -> None:
        self.server, self.now, self.told = server, 1000.0, list[Mapping[str, Any]]()
        self.site: Site = shop(**{"keys": [], "jwks": {"url": server.url}, **changes})
        tell = lambda _event, details: self.told.append(details)  # noqa: E731
        self.jwks = Jwks(partial(fetch, allows_loopback=True), tell, lambda: self.now)

    async def verify(self, text: str) -> str:
        """Who the token says the person is. Raises Refused."""
        await self.jwks.prepare(self.site, text)
        fetched = self.jwks.keys_of(self.site)
        door = Door("acme", "shop", self.site, "htmx", OURS, SHOP, fetched=fetched)
        return verify_assertion(text, door, AT).sub

    async def refusal(self, text: str) -> str:
        with pytest.raises(Refused) as refused:
            await self.verify(text)
        return refused.value.code

    @property
    def asked(self) -> int:
        return len(self.server.asked)


@pytest.fixture
async def process() -> AsyncIterator[Process]:
    """A process that has asked nobody yet; the shop publishes one key."""
    async with serving(Server(jwks(jwk(ED25519)), {"cache-control": "max-age=1000"})) as server:
        yield Process(server)


async def test_a_key_is_fetched_at_its_first_use_and_then_known(process: Process) -> None:
    for _ in range(5):
        assert await process.verify(token("j1")) == "vera"
    assert process.asked == 1


@pytest.mark.parametrize(("kid", "key", "alg"), [("e", ES256, "ES256"), ("r", RS256, "RS256")])
async def test_a_key_of_another_algorithm_is_as_good(
    process: Process, kid: str, key: AnyKey, alg: str
) -> None:
    process.server.body = jwks(jwk(ED25519), jwk(ES256, "e"), jwk(RS256, "r", use="sig"))
    assert await process.verify(token(kid, key, alg)) == "vera"


async def test_many_at_once_ask_once(process: Process) -> None:
    told = await asyncio.gather(*(process.verify(token("j1")) for _ in range(20)))
    assert (told, process.asked) == (["vera"] * 20, 1)


async def test_an_unknown_key_is_asked_for_once_a_minute(process: Process) -> None:
    await process.verify(token("j1"))
    for _ in range(5):
        assert await process.refusal(token("j2", NEW)) == "token_key"
    assert process.asked == 1  # the minute is not over
    process.now += EVERY
    for kid in ("j2", "j3", "j4"):
        assert await process.refusal(token(kid, NEW)) == "token_key"
    assert process.asked == 2


async def test_a_rotated_key_is_found_and_the_former_lives_beside_it(process: Process) -> None:
    await process.verify(token("j1"))
    process.server.body = jwks(jwk(ED25519), jwk(NEW, "j2"))
    process.now += EVERY
    for text in (token("j2", NEW), token("j1")):
        assert await process.verify(text) == "vera"


async def test_a_key_that_was_taken_away_is_none_once_its_time_is_over(process: Process) -> None:
    await process.verify(token("j1"))
    process.server.body = jwks(jwk(NEW, "j2"))
    process.now += 999
    assert await process.verify(token("j1")) == "vera"
    process.now += 1001
    assert await process.refusal(token("j1")) == "token_key"


async def test_nearing_its_end_it_is_fetched_beside_what_is_asked(process: Process) -> None:
    await process.verify(token("j1"))
    process.server.body = jwks(jwk(ED25519), jwk(NEW, "j2"))
    process.now += 900
    await process.verify(token("j1"))
    assert process.asked == 1  # nobody has waited for it
    await process.verify(token("j2", NEW))
    assert process.asked == 2


async def test_while_the_address_is_down_the_last_keys_are_good_for_a_day(
    process: Process,
) -> None:
    await process.verify(token("j1"))
    process.server.status = "503 Away"
    for now in (2001, 2001 + EVERY, 1000 + 1000 + STALE - 1):
        process.now = now
        assert await process.verify(token("j1")) == "vera"
    process.now = 1000 + 1000 + STALE
    assert await process.refusal(token("j1")) == "token_key"
    assert {one["reason"] for one in process.told} == {"status"}
    process.server.status, process.now = "200 OK", process.now + EVERY
    assert await process.verify(token("j1")) == "vera"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "MalformedJson"),
        (b"[]", "MalformedJson"),
        (b"{}", "MalformedJson"),
        (b'{"keys": {}}', "MalformedJson"),
        (jwks(*[jwk(ED25519, f"k{n}") for n in range(17)]), "MalformedJson"),
        (b"<html>", "MalformedJson"),
        (b" " * (LARGEST + 1), "size"),
    ],
)
async def test_what_is_no_set_of_keys_takes_none_away(
    process: Process, body: bytes, reason: str
) -> None:
    await process.verify(token("j1"))
    process.server.body = body
    process.now += 1001
    assert await process.verify(token("j1")) == "vera"
    assert process.told == [{"host": "127.0.0.1", "reason": reason}]


async def test_a_set_without_keys_takes_all_away(process: Process) -> None:
    await process.verify(token("j1"))
    process.server.body = jwks()
    process.now += 1001
    assert await process.refusal(token("j1")) == "token_key"


async def test_the_configuration_s_own_key_wins_and_asks_nobody(process: Process) -> None:
    own = {"kid": "j1", "alg": "Ed25519", "jwk": NEW.as_dict(private=False)}
    other = Process(process.server, keys=[own])
    assert await other.verify(token("j1", NEW)) == "vera"
    assert await other.refusal(token("j1")) == "token_signature"
    assert other.asked == 0


async def test_a_site_without_an_address_asks_nobody(process: Process) -> None:
    other = Process(process.server, jwks=None)
    assert await other.refusal(token("j1")) == "token_key"
    assert process.asked == 0


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.e30", token("j1") * 99])
async def test_what_is_no_token_asks_nobody(process: Process, text: str) -> None:
    await process.refusal(text)
    assert process.asked == 0


async def test_a_header_s_own_address_is_never_asked(process: Process) -> None:
    header = {"alg": "Ed25519", "kid": "j1", "typ": "askonce+jwt", "jku": process.server.url}
    assert await process.refusal(sign(header, CLAIMS)) == "token_header"
    assert process.asked == 0


async def test_loopback_is_asked_in_development_alone(process: Process) -> None:
    jwks = Jwks(fetch, lambda _event, details: process.told.append(details))
    await jwks.prepare(process.site, token("j1"))
    assert process.told == [{"host": "127.0.0.1", "reason": "address"}]
    assert (jwks.keys_of(process.site), process.asked) == ({}, 0)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256", "RS256", "EdDSA2"])
async def test_a_key_is_good_for_its_own_algorithm_alone(process: Process, alg: str) -> None:
    header = {"alg": alg, "kid": "j1", "typ": "askonce+jwt"}
    assert await process.refusal(sign(header, CLAIMS)) == "token_algorithm"


async def test_the_back_channel_knows_the_same_keys(process: Process) -> None:
    said = {"iss": "acme.shop", "aud": OURS, "iat": NOW, "exp": NOW + 60}
    text = sign({"alg": "Ed25519", "kid": "j1", "typ": "askonce-client+jwt"}, said)
    await process.jwks.prepare(process.site, text)
    keys_of = process.jwks.keys_of
    found = verify_client(f"Bearer {text}", lambda *_: process.site, OURS, AT, keys_of)
    assert found.site_key == "shop"


BAD: list[Any] = [
    jwk(ED25519, private=True),
    jwk(RS256, private=True),
    jwk(ES256, private=True),
    jwk(HS256, private=True),
    jwk(OctKey.generate_key(256), alg="HS256"),
    jwk(RS256, n=base64url.encode(b"\x80" + bytes(126) + b"\x01")),  # 1,024 bits
    jwk(ECKey.generate_key("P-384")),
    jwk(ECKey.generate_key("secp256k1")),
    jwk(OKPKey.generate_key("X25519")),
    jwk(OKPKey.generate_key("Ed448")),
    jwk(ED25519, use="enc"),
    jwk(ED25519, use=["sig"]),
    jwk(ED25519, key_ops=["encrypt"]),
    jwk(ED25519, key_ops="verify"),
    jwk(ED25519, alg="HS256"),
    jwk(ED25519, alg="none"),
    jwk(ED25519, alg=["Ed25519"]),
    jwk(RS256, alg="PS256"),
    jwk(RS256, alg="RS512"),
    jwk(RS256, n="A" * 1367),
    jwk(RS256, e="A" * 12),
    jwk(ED25519, kid=""),
    jwk(ED25519, kid=7),
    jwk(ED25519, kid="k" * 65),
    jwk(ED25519, x="AAAA"),
    jwk(ED25519, x="AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    jwk(ED25519, x=None),
    {"kid": "j1"},
    {name: value for name, value in jwk(ED25519).items() if name != "kid"},
    "j1",
    None,
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_key_that_cannot_be_trusted_is_left_out(bad: Any) -> None:
    assert list(read_jwks(jwks(bad, jwk(NEW, "good")))) == ["good"]


GOOD: list[tuple[dict[str, Any], str]] = [
    (jwk(ED25519), "Ed25519"),
    (jwk(ED25519, alg="EdDSA"), "Ed25519"),
    (jwk(ED25519, alg="Ed25519", use="sig", key_ops=["verify"]), "Ed25519"),
    (jwk(ES256, alg="ES256", x5c=["x"], x5u="https://evil.example"), "ES256"),
    (jwk(RS256, alg="RS256", ext=True), "RS256"),
]


@pytest.mark.parametrize(("good", "alg"), GOOD)
def test_the_algorithm_follows_from_the_key(good: dict[str, Any], alg: str) -> None:
    assert {kid: key.alg for kid, key in read_jwks(jwks(good)).items()} == {"j1": alg}


def test_two_keys_of_one_id_are_none() -> None:
    assert read_jwks(jwks(jwk(ED25519), jwk(NEW), jwk(ES256, "e"))).keys() == {"e"}


def test_a_set_of_more_keys_than_anybody_has_is_none() -> None:
    assert len(read_jwks(jwks(*[jwk(ED25519, f"k{n}") for n in range(16)]))) == 16
    with pytest.raises(MalformedJson):
        read_jwks(jwks(*[jwk(ED25519, f"k{n}") for n in range(17)]))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", USUAL),
        ("public, max-age=600", 600),
        ("max-age=0", SHORTEST),
        ("max-age=99999999", LONGEST),
        ("s-maxage=900", USUAL),
        ("max-age=x", USUAL),
        ("Max-Age=600", 600),
        ("no-store", SHORTEST),
        ("no-cache, max-age=600", SHORTEST),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_is_said_within_bounds(said: str, seconds: int) -> None:
    assert lifetime(said) == seconds


URLS = ["http://shop.example/jwks", "https://user:pw@shop.example/", "https://shop.example/#a"]
URLS += ["https://shop.example/a b", "ftp://shop.example/", "shop.example/jwks", "https://", ""]


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_no_site_may_pin(url: str) -> None:
    with pytest.raises(ValueError, match="jwks"):
        shop(jwks={"url": url})
