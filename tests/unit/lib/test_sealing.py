import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.sealing import Keyring, Unsealable

OLD, NEW = "the secret of last year, long enough", "the secret of this year, long enough"
KEYRING = Keyring.from_secrets([NEW])
payloads = st.binary(max_size=300)
purposes = st.sampled_from(["token/1/step", "token/1/editor", "ticket/1", "answer"])


@given(payload=payloads, purpose=purposes, bound=payloads)
def test_what_is_sealed_opens(payload: bytes, purpose: str, bound: bytes) -> None:
    assert KEYRING.open(purpose, KEYRING.seal(purpose, payload, bound), bound) == payload


@given(payload=payloads, data=st.data())
def test_a_flipped_bit_never_opens(payload: bytes, data: st.DataObject) -> None:
    sealed = bytearray(KEYRING.seal_bytes("answer", payload))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(Unsealable):
        KEYRING.open_bytes("answer", bytes(sealed))


@given(payload=payloads, data=st.data())
def test_another_character_never_opens(payload: bytes, data: st.DataObject) -> None:
    text = KEYRING.seal("answer", payload)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda character: character != text[place]))
    with pytest.raises(Unsealable):
        KEYRING.open("answer", text[:place] + other + text[place + 1 :])


@given(payload=payloads, cut=st.integers(1, 60))
def test_what_was_cut_or_lengthened_never_opens(payload: bytes, cut: int) -> None:
    text = KEYRING.seal("answer", payload)
    for other in (text[:-cut], text[cut:], text + "A" * cut, text + "=" * cut, text + "\n"):
        with pytest.raises(Unsealable):
            KEYRING.open("answer", other)


@given(text=st.text())
def test_what_we_never_sealed_never_opens(text: str) -> None:
    with pytest.raises(Unsealable):
        KEYRING.open("answer", text)


@given(payload=payloads, sealed=purposes, opened=purposes)
def test_a_seal_opens_for_its_purpose_alone(payload: bytes, sealed: str, opened: str) -> None:
    text = KEYRING.seal(sealed, payload)
    if sealed == opened:
        assert KEYRING.open(opened, text) == payload
    else:
        with pytest.raises(Unsealable):
            KEYRING.open(opened, text)


@given(bound=payloads, other=payloads)
def test_a_seal_opens_only_where_it_is_bound(bound: bytes, other: bytes) -> None:
    text = KEYRING.seal("answer", b"Vera", bound)
    if bound == other:
        assert KEYRING.open("answer", text, other) == b"Vera"
    else:
        with pytest.raises(Unsealable):
            KEYRING.open("answer", text, other)


def test_the_same_payload_never_has_the_same_seal() -> None:
    assert len({KEYRING.seal("answer", b"Vera") for _ in range(100)}) == 100


def test_a_rotation_opens_the_old_and_seals_with_the_new() -> None:
    before, during = Keyring.from_secrets([OLD]), Keyring.from_secrets([NEW, OLD])
    assert during.open("answer", before.seal("answer", b"Vera")) == b"Vera"
    assert KEYRING.open("answer", during.seal("answer", b"Vera")) == b"Vera"


def test_a_secret_that_was_taken_out_opens_nothing() -> None:
    text = Keyring.from_secrets([OLD]).seal("answer", b"Vera")
    with pytest.raises(Unsealable):
        KEYRING.open("answer", text)


def test_among_many_secrets_each_opens_its_own() -> None:
    # More secrets than ids: some share one, and both are tried.
    secrets = [f"secret number {n:04} of a very long line" for n in range(300)]
    keyring = Keyring.from_secrets(secrets)
    for secret in secrets:
        text = Keyring.from_secrets([secret]).seal("answer", secret.encode())
        assert keyring.open("answer", text) == secret.encode()


@pytest.mark.parametrize("secrets", [[], ["short"], [NEW, "short"], [""]])
def test_a_keyring_needs_long_secrets(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Keyring.from_secrets(secrets)


def test_every_refusal_is_the_same() -> None:
    refusals = set()
    foreign = Keyring.from_secrets([OLD]).seal("answer", b"Vera")
    for text in ("", "?", "A" * 60, foreign, KEYRING.seal("token", b"")):
        with pytest.raises(Unsealable) as refused:
            KEYRING.open("answer", text)
        refusals.add((str(refused.value), refused.value.__cause__))
    assert len(refusals) == 1


def test_a_fingerprint_is_of_these_parts_for_this_purpose_with_this_secret() -> None:
    taken = [
        KEYRING.fingerprint("digest", b"ab", b"c"),
        KEYRING.fingerprint("digest", b"a", b"bc"),
        KEYRING.fingerprint("digest", b"abc"),
        KEYRING.fingerprint("digest", b"abc", b""),
        KEYRING.fingerprint("finder", b"ab", b"c"),
        Keyring.from_secrets([OLD]).fingerprint("digest", b"ab", b"c"),
    ]
    assert len(set(taken)) == len(taken)
    assert {len(one) for one in taken} == {32}
    assert taken[0] == Keyring.from_secrets([NEW, OLD]).fingerprint("digest", b"ab", b"c")
