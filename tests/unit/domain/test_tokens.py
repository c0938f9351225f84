from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Refused
from app.domain.tokens import Purpose, StepToken, TooLarge, new_prompt, open_token, seal_token
from app.lib.sealing import Keyring

KEYRING = Keyring.from_secrets(["the only secret of these tests, long"])
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TOKEN = StepToken(
    purpose="step",
    site="acme.shop",
    subject="vera",
    origin="https://shop.example",
    presentation="4",
    instance="a1",
    step="work",
    release=7,
    fields=("company", "job_title"),
    seen=3,
    prompt="AAAAAAAAAAAAAAAA",
    iat=int(AT.timestamp()),
    locale="en",
)
# Everything there is, all of it long, nothing of it strange.
LONG = StepToken(
    purpose="editor",
    site="northwind_traders.customer_portal",
    subject="auth0|0d9ff4b1-8b2e-4f0c-9a7e-6f3b2c1d0e9f",
    origin="https://customers.portal.northwind-traders.example",
    presentation="frame",
    instance="ao-8f3k2m1q",
    step="about_your_work_and_your_team",
    release=12_345,
    fields=("company", "company_size", "job_title", "industry", "address.country", "phone_number"),
    seen=4_096,
    prompt=new_prompt(),
    iat=TOKEN.iat,
    locale="zh-Hant-TW",
    moment={"on": "click", "name": "complete_profile", "claims": {"plan": "enterprise"}},
    sitting="sid:0123456789abcdef01",
    clock=TOKEN.iat + 86_400,
    debug=True,
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
tokens = st.builds(
    StepToken,
    purpose=st.sampled_from(["step", "editor", "frame"]),
    site=texts,
    subject=texts,
    origin=texts,
    presentation=st.sampled_from(["2", "4", "frame"]),
    instance=texts,
    step=texts,
    release=st.integers(0, 2**31),
    fields=st.lists(texts, max_size=5).map(tuple),
    seen=st.integers(0, 2**31),
    prompt=texts,
    iat=st.just(TOKEN.iat),
    locale=texts,
    moment=st.dictionaries(texts, texts | st.integers(0, 9) | st.booleans(), max_size=3),
    sitting=st.none() | texts,
    clock=st.none() | st.integers(0, 2**32),
    debug=st.booleans(),
)


def refusal(text: str, purpose: Purpose = "step", at: datetime = AT) -> str:
    with pytest.raises(Refused) as refused:
        open_token(KEYRING, text, purpose, at)
    return refused.value.code


@given(tokens)
def test_what_is_sealed_opens(token: StepToken) -> None:
    assert open_token(KEYRING, seal_token(KEYRING, token), token.purpose, AT) == token


@given(tokens, st.sampled_from(["step", "editor", "frame"]))
def test_a_token_serves_one_purpose(token: StepToken, purpose: Purpose) -> None:
    text = seal_token(KEYRING, token)
    if purpose != token.purpose:
        assert refusal(text, purpose) == "token_unreadable"


@given(st.data())
def test_a_changed_token_is_unreadable(data: st.DataObject) -> None:
    text = seal_token(KEYRING, TOKEN)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("AQgwx0-_.=").filter(lambda c: c != text[place]))
    assert refusal(text[:place] + other + text[place + 1 :]) == "token_unreadable"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "token_missing"),
        ("?", "token_unreadable"),
        ("é", "token_unreadable"),
        ("A" * 100, "token_unreadable"),
        ("A" * 2049, "token_too_large"),
    ],
)
def test_what_we_never_sealed_is_no_token(text: str, code: str) -> None:
    assert refusal(text) == code


def test_a_token_of_another_installation_is_unreadable() -> None:
    foreign = Keyring.from_secrets(["a secret of somebody else altogether"])
    assert refusal(seal_token(foreign, TOKEN)) == "token_unreadable"


@pytest.mark.parametrize("sealed", [b"", b"\xc1", msgspec.msgpack.encode(["step", "acme.shop"])])
def test_what_was_sealed_but_is_no_token_is_unreadable(sealed: bytes) -> None:
    assert refusal(KEYRING.seal("token/1/step", sealed)) == "token_unreadable"


@pytest.mark.parametrize(
    ("age", "is_stale"),
    [
        (timedelta(0), False),
        (timedelta(minutes=30), False),
        (timedelta(minutes=30, seconds=1), True),
        (timedelta(hours=24), True),
    ],
)
def test_a_token_writes_for_a_day_and_shows_for_half_an_hour(
    age: timedelta, is_stale: bool
) -> None:
    token = open_token(KEYRING, seal_token(KEYRING, TOKEN), "step", AT + age)
    assert token.is_stale(AT + age) is is_stale


def test_a_token_of_yesterday_is_expired() -> None:
    later = AT + timedelta(hours=24, seconds=1)
    assert refusal(seal_token(KEYRING, TOKEN), at=later) == "token_expired"


def test_a_long_but_plausible_token_stays_below_600_characters() -> None:
    assert len(seal_token(KEYRING, LONG)) <= 600


def test_a_token_past_every_measure_is_never_sealed() -> None:
    fields = tuple(f"attribute_number_{n}" for n in range(100))
    with pytest.raises(TooLarge):
        seal_token(KEYRING, msgspec.structs.replace(TOKEN, fields=fields))


def test_a_step_of_a_sandbox_happens_at_its_own_time_which_goes_on() -> None:
    token = msgspec.structs.replace(TOKEN, clock=TOKEN.iat + 7 * 86_400)
    later = AT + timedelta(minutes=2)
    assert token.acts_at(later) == later + timedelta(days=7)
    assert TOKEN.acts_at(later) == later


def test_a_prompt_is_96_bits_that_nobody_guesses() -> None:
    prompts = {new_prompt() for _ in range(1000)}
    assert len(prompts) == 1000
    assert {len(prompt) for prompt in prompts} == {16}


def test_nothing_of_the_person_stands_in_a_repr() -> None:
    assert not [word for word in ("vera", "shop.example") if word in repr(TOKEN)]


def test_a_token_of_an_older_process_opens_with_what_it_did_not_know() -> None:
    known: list[Any] = msgspec.to_builtins(TOKEN)[:13]
    text = KEYRING.seal("token/1/step", msgspec.msgpack.encode(known))
    assert open_token(KEYRING, text, "step", AT) == TOKEN


def test_a_token_of_a_newer_process_opens_without_what_we_do_not_know() -> None:
    known: list[Any] = [*msgspec.to_builtins(TOKEN), "something new"]
    text = KEYRING.seal("token/1/step", msgspec.msgpack.encode(known))
    assert open_token(KEYRING, text, "step", AT) == TOKEN
