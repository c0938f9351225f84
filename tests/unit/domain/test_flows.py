"""The flow: sealed for its purpose, whole, and joined from its pages."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.flows import MOST_STEPS, Flow, StepTaken, flow_id, open_flow, seal_flow
from app.domain.refusals import Refused
from app.domain.subjects import Basis
from app.lib.sealing import Keyring

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OURS = Keyring([b"a secret for tests only, of more than 32 bytes"])
THEIRS = Keyring([b"another secret for tests, of more than 32 bytes"])
FLOW = Flow(
    id=flow_id("ticket"),
    site="acme.shop",
    sub="vera",
    way="code",
    return_to="https://shop.example/welcome",
    state="s",
    view="step",
    locale="en",
    sitting="sid:1",
    moment={"on": "login", "claims": {"tier": 2}},
    basis=Basis(1, 2, 3),
    iat=int(AT.timestamp()),
)


def test_what_was_sealed_is_opened_whole() -> None:
    done = FLOW.after(StepTaken("work", "saved", ("1", "2"))).changed(clock=7, notice="saved")
    assert open_flow(OURS, seal_flow(OURS, done), AT) == done


REFUSED = {
    "nothing": ("", AT, "flow_unreadable"),
    "no seal": ("x", AT, "flow_unreadable"),
    "endless": ("A" * 20_000, AT, "flow_unreadable"),
    "another's": (seal_flow(THEIRS, FLOW), AT, "flow_unreadable"),
    "for another purpose": (OURS.seal("token/1/step", b"x"), AT, "flow_unreadable"),
    "no flow": (OURS.seal("flow/1", b"x"), AT, "flow_unreadable"),
    "old": (seal_flow(OURS, FLOW), AT + timedelta(hours=24, seconds=1), "token_expired"),
}


@pytest.mark.parametrize(("text", "at", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_none_is_refused(text: str, at: datetime, code: str) -> None:
    with pytest.raises(Refused) as refused:
        open_flow(OURS, text, at)
    assert refused.value.code == code


def test_a_repr_says_nothing_of_the_person() -> None:
    assert repr(FLOW) == "Flow(acme.shop, code, None)"


def test_a_step_is_done_once_and_the_last_word_counts() -> None:
    flow = FLOW.after(StepTaken("work", "saved")).after(StepTaken("size", "saved"))
    again = flow.after(StepTaken("work", "skipped"))
    assert [(taken.step, taken.status) for taken in again.steps] == [
        ("size", "saved"),
        ("work", "skipped"),
    ]
    assert (flow.outcome, again.outcome, FLOW.outcome) == ("complete", "skipped", "nothing")


def test_what_another_page_did_comes_along() -> None:
    one, other = (FLOW.after(StepTaken(step, "saved")) for step in ("work", "size"))
    assert {taken.step for taken in one.joined(other).steps} == {"work", "size"}
    assert one.joined(one) == one


def test_an_errand_has_an_end() -> None:
    flow = FLOW
    for number in range(MOST_STEPS):
        assert not flow.is_full
        flow = flow.after(StepTaken(f"step_{number}", "saved"))
    assert flow.is_full


def test_a_cookie_alone_is_good_for_half_an_hour() -> None:
    assert not FLOW.is_stale(AT + timedelta(minutes=30))
    assert FLOW.is_stale(AT + timedelta(minutes=30, seconds=1))


def test_a_sandbox_s_clock_goes_on() -> None:
    started = FLOW.changed(clock=int(datetime(2030, 1, 1, tzinfo=UTC).timestamp()))
    later = AT + timedelta(minutes=5)
    assert started.acts_at(later) == datetime(2030, 1, 1, 0, 5, tzinfo=UTC)
    assert FLOW.acts_at(later) == later
