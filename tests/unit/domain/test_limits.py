"""The limits: a flood is refused, and nobody else with it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import get_args

import pytest

from app.domain.limits import GUESSES, PRICES, Asking, Limits, Rates, TooMany
from app.domain.refusals import Code

FLOOD, GOOD = Asking(1, "acme.shop"), Asking(2, "acme.shop")
RATES = Rates(address=10, person=2, refused=60, site=50)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(RATES, clock)


def waits(check: Callable[[], object]) -> int:
    """The seconds that somebody is told to wait; 0 for somebody who is let in."""
    try:
        check()
    except TooMany as error:
        return error.seconds
    return 0


def entered(limits: Limits, asking: Asking, times: int) -> int:
    return sum(waits(lambda: limits.enter(asking)) == 0 for _ in range(times))


def guess(limits: Limits, asking: Asking, times: int, code: str = "token_signature") -> int:
    """How many of so many guesses come as far as a signature."""
    looked = 0
    for number in range(times):
        with suppress(TooMany):
            limits.enter(asking)
            limits.check_claimed(asking, f"guess-{number}")
            looked += 1
            limits.charge(asking, code)
    return looked


# An address


def test_an_address_that_floods_is_refused_and_others_are_not(limits: Limits) -> None:
    assert entered(limits, FLOOD, 400) == 100
    assert entered(limits, GOOD, 10) == 10


def test_it_is_told_when_to_come_again_and_is_let_in_then(limits: Limits, clock: Clock) -> None:
    entered(limits, FLOOD, 400)
    clock.now += waits(lambda: limits.enter(FLOOD))
    assert entered(limits, FLOOD, 1) == 1


def test_who_has_no_address_is_not_limited_by_it(limits: Limits) -> None:
    assert entered(limits, Asking(None, "acme.shop"), 5000) == 5000


# What is not believed


def test_a_guesser_is_slowed_quickly(limits: Limits, clock: Clock) -> None:
    assert guess(limits, FLOOD, 90) == GUESSES
    clock.now += 3
    assert guess(limits, FLOOD, 20) == 3


def test_who_was_believed_at_that_address_is_still_heard(limits: Limits) -> None:
    limits.note_believed(FLOOD, "vera")
    guess(limits, FLOOD, 50)
    assert waits(lambda: limits.enter(FLOOD)) == 0
    assert waits(lambda: limits.check_claimed(FLOOD, "vera")) == 0
    assert waits(lambda: limits.check_claimed(FLOOD, "somebody new")) > 0


def test_where_nobody_was_believed_nothing_is_read_any_more(limits: Limits) -> None:
    guess(limits, FLOOD, 50)
    assert waits(lambda: limits.enter(FLOOD)) > 0


def test_who_was_believed_is_forgotten_after_a_while(limits: Limits, clock: Clock) -> None:
    limits.note_believed(FLOOD, "vera")
    clock.now += 601
    guess(limits, FLOOD, 50)
    assert waits(lambda: limits.check_claimed(FLOOD, "vera")) > 0


def test_to_be_believed_at_one_address_counts_nowhere_else(limits: Limits) -> None:
    limits.note_believed(GOOD, "vera")
    guess(limits, FLOOD, 50)
    assert waits(lambda: limits.check_claimed(FLOOD, "vera")) > 0


def test_a_site_that_is_set_up_wrongly_harms_no_other(limits: Limits) -> None:
    guess(limits, FLOOD, 50, "token_audience")
    assert waits(lambda: limits.enter(FLOOD._replace(site="acme.club"))) == 0


def test_what_happens_to_good_people_is_cheaper_than_a_guess(limits: Limits) -> None:
    assert guess(limits, FLOOD, 90, "token_expired") > 3 * GUESSES


@pytest.mark.parametrize("code", ["too_many", "unknown_site", "not_editable", "body_size", "53300"])
def test_what_is_no_credential_costs_nothing(limits: Limits, code: str) -> None:
    assert guess(limits, FLOOD, 90, code) == 90


@pytest.mark.parametrize("code", get_args(Code))
def test_every_refusal_of_a_credential_has_its_price(code: str) -> None:
    is_credential = code.startswith(("token_", "origin_", "ticket_", "flow_", "code_"))
    ours = {"token_subject_mismatch"}  # of a form that a backend relays for somebody else
    assert (code in PRICES) is (code == "api_key" or (is_credential and code not in ours))


# A person


def test_a_person_who_floods_is_refused_and_others_are_not(limits: Limits) -> None:
    said = [waits(lambda: limits.check_person("vera")) for _ in range(50)]
    assert (said.count(0), waits(lambda: limits.check_person("ada"))) == (20, 0)


def test_a_person_who_floods_costs_no_more_signatures(limits: Limits) -> None:
    for _ in range(20):
        limits.check_person("vera")
    assert waits(lambda: limits.check_claimed(GOOD, "vera")) > 0


def test_who_only_claims_to_be_somebody_uses_up_nothing_of_theirs(limits: Limits) -> None:
    for _ in range(500):
        with suppress(TooMany):
            limits.check_claimed(FLOOD, "vera")
            limits.charge(FLOOD, "token_signature")
    assert waits(lambda: limits.check_claimed(GOOD, "vera")) == 0
    assert waits(lambda: limits.check_person("vera")) == 0


# A site


def test_a_crowded_site_refuses_nobody_who_asks_as_people_do(limits: Limits) -> None:
    for address in range(100, 1100):
        entered(limits, Asking(address, "acme.shop"), 2)
    newcomers = [Asking(address, "acme.shop") for address in range(5000, 5100)]
    assert [entered(limits, one, 3) for one in newcomers] == [3] * 100


def test_in_a_crowd_an_address_that_takes_much_has_a_tenth(limits: Limits) -> None:
    assert entered(limits, GOOD, 50) == 50
    for address in range(100, 1100):
        entered(limits, Asking(address, "acme.shop"), 2)
    assert entered(limits, GOOD, 50) == 0
    assert entered(limits, Asking(3, "acme.shop"), 50) == 10


def test_guesses_from_everywhere_crowd_a_site_and_each_has_two(limits: Limits) -> None:
    for address in range(100, 300):
        guess(limits, Asking(address, "acme.shop"), 1)
    assert guess(limits, FLOOD, 30) == 2
    assert entered(limits, GOOD, 5) == 5


def test_a_crowd_at_one_site_is_none_at_another(limits: Limits) -> None:
    for address in range(100, 1100):
        entered(limits, Asking(address, "acme.shop"), 2)
    assert entered(limits, Asking(3, "acme.club"), 50) == 50


# Its bounds


def test_no_limit_is_no_limit(clock: Clock) -> None:
    free = Limits(Rates(0, 0, 0, 0), clock)
    assert entered(free, FLOOD, 3000) == 3000
    assert guess(free, FLOOD, 3000) == 3000
    assert [waits(lambda: free.check_person("vera")) for _ in range(500)] == [0] * 500


def test_nobody_waits_for_less_than_a_second_or_more_than_an_hour() -> None:
    assert [TooMany(wait).seconds for wait in (0.001, 1.2, 1e9)] == [1, 2, 3600]


def test_the_memory_of_a_flood_from_everywhere_is_bounded(limits: Limits) -> None:
    for address in range(40_000):
        asking = Asking(address, "acme.shop")
        with suppress(TooMany):
            limits.enter(asking)
            limits.charge(asking, "token_key")
            limits.note_believed(asking, address)
            limits.check_person(address)
    held = (limits._addresses, limits._refused, limits._people, limits._sites, limits._believed)
    assert [len(one) <= 16_384 for one in held] == [True] * 5
