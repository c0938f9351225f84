from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey

from app.lib import base64url
from app.lib.signatures import _SMALL, Compact, Malformed, UnknownHeader, UnusableKey, Verifier
from tests.unit.signing import ED25519, ES256, HS256, RS256, SECRET, AnyKey, forge, sign

KEYS: list[tuple[str, AnyKey]] = [
    ("Ed25519", ED25519),
    ("ES256", ES256),
    ("RS256", RS256),
    ("HS256", HS256),
]


def header(alg: str = "Ed25519") -> dict[str, str]:
    return {"alg": alg, "kid": "k", "typ": "t"}


def spelled(key: AnyKey) -> dict[str, Any] | bytes:
    return SECRET if isinstance(key, OctKey) else key.as_dict(private=False)


@pytest.mark.parametrize(("alg", "key"), KEYS)
def test_a_key_holds_for_what_it_signed_and_for_nothing_else(alg: str, key: AnyKey) -> None:
    token = sign(header(alg), {"sub": "vera"}, alg, key)
    other = sign(header(alg), {"sub": "eve"}, alg, key)
    swapped = f"{other.rpartition('.')[0]}.{token.rpartition('.')[2]}"
    verifier = Verifier(alg, spelled(key))
    assert verifier.holds(Compact.read(token))
    assert verifier.holds(Compact.read(token)), "and remembers it"
    assert not verifier.holds(Compact.read(forge(token)))
    assert not verifier.holds(Compact.read(swapped))


def test_the_header_never_chooses_the_algorithm() -> None:
    token = sign(header("none"), {"sub": "vera"})
    assert Verifier("EdDSA", spelled(ED25519)).holds(Compact.read(token))


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("none", {}),
        ("HS256", b""),
        ("HS256", b"x" * 31),
        ("HS256", {"kty": "oct", "k": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg"}),
        ("Ed25519", b"x" * 32),
        ("HS512", b"x" * 64),
        ("PS256", RS256.as_dict(private=False)),
        ("Ed25519", RS256.as_dict(private=False)),
        ("RS256", ED25519.as_dict(private=False)),
        ("ES256", ECKey.generate_key("P-384").as_dict(private=False)),
        ("Ed25519", OKPKey.generate_key("Ed448").as_dict(private=False)),
        ("Ed25519", OKPKey.generate_key("X25519").as_dict(private=False)),
        ("Ed25519", ED25519.as_dict(private=False, use="enc")),
        ("Ed25519", ED25519.as_dict(private=False, key_ops=["encrypt"])),
        ("Ed25519", ED25519.as_dict(private=False, alg="ES256")),
        ("Ed25519", {"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
        ("Ed25519", {"kty": "OKP", "crv": "Ed25519"}),
        ("Ed25519", {"kty": "OKP", "crv": "Ed25519", "x": 5}),
        ("RS256", {"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
        ("ES256", {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
    ],
)
def test_a_key_that_is_not_for_the_algorithm_is_unusable(
    alg: str, key: dict[str, Any] | bytes
) -> None:
    with pytest.raises(UnusableKey):
        Verifier(alg, key)


def test_a_short_rsa_key_is_unusable() -> None:
    numbers = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
    n, e = (base64url.encode(x.to_bytes(size, "big")) for x, size in ((numbers.n, 128), (65537, 3)))
    with pytest.raises(UnusableKey), pytest.warns(SecurityWarning, match="2048"):
        Verifier("RS256", {"kty": "RSA", "n": n, "e": e})


def test_a_key_may_spell_its_algorithm_the_old_way() -> None:
    key = ED25519.as_dict(private=False, alg="EdDSA", use="sig")
    assert Verifier("Ed25519", key).holds(Compact.read(sign(header(), {})))


@pytest.fixture(params=["zebra", "openssl"])
def other_library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the quick one has no wheel, OpenSSL verifies."""
    if request.param == "openssl":
        monkeypatch.setattr("app.lib.signatures.ed_verify", None)
    else:
        pytest.importorskip("ed25519_zebra", reason="it has no wheel for this Python")


@pytest.mark.usefixtures("other_library")
def test_either_library_holds_for_the_same() -> None:
    verifier = Verifier("Ed25519", spelled(ED25519))
    token = sign(header(), {"sub": "vera"})
    signed, _, signature = token.rpartition(".")
    raw = base64url.decode(signature)
    assert verifier.holds(Compact.read(token))
    for wrong in (b"", raw[:-1], raw + b"\0", bytes(64), raw[32:] + raw[:32], raised(raw)):
        assert not verifier.holds(Compact.read(f"{signed}.{base64url.encode(wrong)}"))


def raised(signature: bytes) -> bytes:
    """The same with its scalar raised by the order of the group, as RFC 8032 forbids."""
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(signature[32:], "little") + order
    return signature[:32] + scalar.to_bytes(32, "little")


@pytest.mark.usefixtures("other_library")
@pytest.mark.parametrize("y", sorted(_SMALL))
@pytest.mark.parametrize("sign_bit", [0, 1])
def test_a_key_that_has_signed_everything_is_unusable(y: int, sign_bit: int) -> None:
    x = base64url.encode((y + (sign_bit << 255)).to_bytes(32, "little"))
    with pytest.raises(UnusableKey):
        Verifier("Ed25519", {"kty": "OKP", "crv": "Ed25519", "x": x})


@pytest.mark.parametrize("y", sorted(_SMALL))
def test_nothing_else_stands_between_such_a_key_and_everything(y: int) -> None:
    zebra = pytest.importorskip("ed25519_zebra", reason="it has no wheel for this Python")
    neutral = (1).to_bytes(32, "little")
    assert zebra.ed_verify(neutral + bytes(32), b"anything", y.to_bytes(32, "little"))


def test_only_the_newest_signatures_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.lib.signatures.REMEMBERED", 2)
    verifier = Verifier("HS256", SECRET)
    tokens = [Compact.read(sign(header(), {"n": n}, "HS256", HS256)) for n in range(5)]
    assert all(verifier.holds(token) for token in tokens * 2)
    assert len(verifier._held) == 2


HEADER = base64url.encode(b'{"alg":"Ed25519","kid":"k","typ":"t"}')


@pytest.mark.parametrize(
    "text",
    ["", "..", "e30", f"{HEADER}.e30", f"{HEADER}.e30.e30.e30", f"{HEADER}.e30.e", "é.e30.e30"],
)
def test_what_is_no_compact_jws_is_malformed(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        Compact.read(text)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"alg": "Ed25519", "kid": "k"},
        {**header(), "jwk": {}},
        {**header(), "crit": ["b64"]},
        {**header(), "kid": 1},
        {**header(), "alg": None},
    ],
)
def test_a_header_of_other_members_is_unknown(said: dict[str, Any]) -> None:
    with pytest.raises(UnknownHeader):
        Compact.read(sign(said, {}))


def test_a_payload_is_read_when_asked_for() -> None:
    token = Compact.read(sign(header(), b"[]"))
    with pytest.raises(Malformed):
        token.claims()


def test_nothing_of_the_payload_stands_in_a_repr() -> None:
    token = sign(header(), {"sub": "vera"})
    assert token.split(".")[1] not in repr(Compact.read(token))
