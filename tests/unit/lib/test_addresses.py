"""Addresses: the peer's own, or what proxies that we trust say; what a stranger says is nothing."""

from ipaddress import ip_network
from typing import Any

import pytest

from app.lib.addresses import Addresses, is_forwarded

OURS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def scope(peer: str | None, *headers: tuple[str, str]) -> dict[str, Any]:
    written = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return {"client": (peer, 1) if peer else None, "headers": written}


def number(address: str | None) -> int | None:
    return Addresses(()).of(scope(address))


def forwarded(*lines: str) -> tuple[tuple[str, str], ...]:
    return tuple(("x-forwarded-for", line) for line in lines)


def standard(*lines: str) -> tuple[tuple[str, str], ...]:
    return tuple(("forwarded", line) for line in lines)


@pytest.mark.parametrize(
    ("peer", "headers", "found"),
    [
        # A stranger speaks for itself alone.
        ("203.0.113.9", forwarded("198.51.100.1"), "203.0.113.9"),
        ("203.0.113.9", standard("for=198.51.100.1"), "203.0.113.9"),
        ("192.168.1.1", forwarded("198.51.100.1"), "192.168.1.1"),
        # The last one that is no proxy of ours; what it says of others is hearsay.
        ("10.0.0.1", forwarded("198.51.100.1"), "198.51.100.1"),
        ("10.0.0.1", forwarded("1.1.1.1, 198.51.100.1"), "198.51.100.1"),
        ("10.0.0.1", forwarded("1.1.1.1, 198.51.100.1, 10.9.9.9"), "198.51.100.1"),
        ("10.0.0.1", forwarded("1.1.1.1", "198.51.100.1"), "198.51.100.1"),
        ("10.0.0.1", forwarded("198.51.100.1:4711"), "198.51.100.1"),
        ("fd00::1", forwarded("2001:db8::7"), "2001:db8::7"),
        ("10.0.0.1", forwarded("[2001:db8::7]:80"), "2001:db8::7"),
        ("::ffff:10.0.0.1", forwarded("::ffff:198.51.100.1"), "198.51.100.1"),
        ("10.0.0.1", standard("for=198.51.100.1;proto=https"), "198.51.100.1"),
        ("10.0.0.1", standard('for=1.1.1.1, For="[2001:db8::7]:1";by=x'), "2001:db8::7"),
        ("10.0.0.1", standard("proto=https;for=198.51.100.1, for=10.2.2.2"), "198.51.100.1"),
        ("10.0.0.1", forwarded("198.51.100.1") + standard("for=1.1.1.1"), "198.51.100.1"),
        # Nobody in particular: a proxy that does not say, and says so.
        ("10.0.0.1", (), None),
        ("10.0.0.1", forwarded(""), None),
        ("10.0.0.1", forwarded("10.1.1.1"), None),
        ("10.0.0.1", forwarded("198.51.100.1, unknown"), None),
        ("10.0.0.1", forwarded("198.51.100.1, "), None),
        ("10.0.0.1", standard("for=unknown"), None),
        ("10.0.0.1", standard("for=_hidden"), None),
        ("10.0.0.1", standard("proto=https"), None),
        ("10.0.0.1", forwarded("198.51.100.1," + "10.0.0.2," * 40 + "10.0.0.2"), None),
        ("10.0.0.1", forwarded("\xff\x00"), None),
        (None, forwarded("198.51.100.1"), None),
        ("a-socket", (), None),
    ],
)
def test_whose_address_it_is(
    peer: str | None, headers: tuple[tuple[str, str], ...], found: str | None
) -> None:
    assert Addresses(OURS).of(scope(peer, *headers)) == number(found)


@pytest.mark.parametrize(
    ("peer", "found"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", None),
        ("::1", None),
        ("10.1.2.3", None),
        ("172.16.0.1", None),
        ("172.32.0.1", "172.32.0.1"),
        ("192.168.0.1", None),
        ("100.64.0.1", None),
        ("fd12::1", None),
        ("fe80::1%eth0", None),
        ("::ffff:10.0.0.1", None),
    ],
)
def test_while_nobody_has_said_a_peer_near_us_may_speak_for_everybody(
    peer: str, found: str | None
) -> None:
    assert Addresses(None).of(scope(peer, *forwarded("198.51.100.1"))) == number(found)


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3", "203.0.113.9"])
def test_where_there_is_no_proxy_each_peer_is_itself(peer: str) -> None:
    assert Addresses(()).of(scope(peer, *forwarded("198.51.100.1"))) == number(peer)


def test_an_ipv6_network_of_one_customer_is_one_address() -> None:
    addresses = Addresses(())
    one, two = addresses.of(scope("2001:db8:1:2::1")), addresses.of(scope("2001:db8:1:2:f::9"))
    other = addresses.of(scope("2001:db8:1:3::1"))
    assert one == two != other


def test_no_address_of_one_kind_is_taken_for_one_of_the_other() -> None:
    assert number("::1:0:0:0:0") != number("0.0.0.1")
    assert number("255.255.255.255") != number("::")


@pytest.mark.parametrize(
    ("headers", "told"),
    [(forwarded("1.1.1.1"), True), (standard("for=1.1.1.1"), True), ((), False)],
)
def test_that_a_peer_speaks_for_somebody_is_noticed(
    headers: tuple[tuple[str, str], ...], told: bool
) -> None:
    assert is_forwarded(scope("203.0.113.9", *headers)) is told


@pytest.mark.parametrize(("trusted", "is_open"), [(None, True), ((), False), (OURS, False)])
def test_whether_anybody_has_said_which_proxies_there_are(trusted: Any, is_open: bool) -> None:
    assert Addresses(trusted).is_open is is_open
