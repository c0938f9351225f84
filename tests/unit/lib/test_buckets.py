"""Buckets: a burst, then the rate, for each key alone, in memory that does not grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.buckets import Buckets


def taken(buckets: Buckets, key: str, times: int, at: float, **more: float) -> int:
    """How many of so many were there."""
    return sum(buckets.take(key, at, **more) == 0 for _ in range(times))


def test_a_burst_is_free_and_then_the_rate_counts() -> None:
    buckets = Buckets(rate=2, burst=5)
    assert taken(buckets, "a", 10, 100.0) == 5
    assert taken(buckets, "a", 10, 101.0) == 2
    assert taken(buckets, "a", 10, 200.0) == 5


def test_what_one_takes_is_not_taken_from_another() -> None:
    buckets = Buckets(rate=1, burst=3)
    assert (taken(buckets, "a", 9, 0.0), taken(buckets, "b", 9, 0.0)) == (3, 3)


def test_the_wait_is_when_it_is_there() -> None:
    buckets = Buckets(rate=0.5, burst=1)
    assert buckets.take("a", 10.0) == 0
    wait = buckets.take("a", 10.5)
    assert wait == pytest.approx(1.5)
    assert buckets.take("a", 10.5 + wait - 0.001) > 0
    assert buckets.take("a", 10.5 + wait) == 0


def test_asking_for_the_wait_takes_nothing() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert [buckets.wait("a", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    buckets.take("a", 0.0)
    assert [buckets.wait("a", 0.0) for _ in range(3)] == [1.0, 1.0, 1.0]


def test_a_dear_one_takes_more_and_a_cheap_one_less() -> None:
    assert taken(Buckets(rate=1, burst=10), "a", 99, 0.0, cost=5.0) == 2
    assert taken(Buckets(rate=1, burst=10), "a", 99, 0.0, cost=0.5) == 20


def test_a_share_of_the_bucket_is_used_up_sooner() -> None:
    assert taken(Buckets(rate=1, burst=100), "a", 999, 0.0, share=0.1) == 10


def test_debts_are_bounded() -> None:
    buckets = Buckets(rate=1, burst=10)
    for _ in range(1000):
        buckets.spend("a", 0.0)
    assert buckets.wait("a", 0.0) == 11.0
    assert buckets.wait("a", 11.0) == 0.0


def test_without_a_rate_there_is_no_limit() -> None:
    buckets = Buckets(rate=0, burst=0)
    buckets.spend("a", 0.0, 1000)
    assert taken(buckets, "a", 1000, 0.0) == 1000
    assert len(buckets) == 0


def test_of_many_keys_those_asked_for_longest_ago_are_forgotten() -> None:
    buckets = Buckets(rate=1, burst=1, most=100)
    buckets.take("flood", 0.0)
    for number in range(1000):
        buckets.take(str(number), 0.0)
        assert buckets.take("flood", 0.0) > 0
    assert len(buckets) == 100


@given(
    st.floats(0.1, 100),
    st.floats(1, 50),
    st.lists(st.floats(0, 5, allow_nan=False), min_size=1, max_size=200),
)
def test_in_no_time_is_more_taken_than_the_burst_and_the_rate(
    rate: float, burst: float, pauses: list[float]
) -> None:
    buckets, at, times = Buckets(rate, burst), 0.0, []
    for pause in pauses:
        at += pause
        if buckets.take("a", at) == 0:
            times.append(at)
    for first, begin in enumerate(times):
        for count, end in enumerate(times[first:], 1):
            assert count <= burst + rate * (end - begin) + 1e-6
