"""Whose address a request comes from: the peer's, or what a proxy that we trust says it is."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

Network = IPv4Network | IPv6Network
Address = bytes  # as the network writes it: four bytes, or sixteen

# What may be a proxy beside us, or in the same machine, house or cloud.
_NEAR: tuple[Network, ...] = tuple(
    ip_network(one)
    for one in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
    )
)
_MAPPED = bytes(10) + b"\xff\xff"  # what an IPv4 address begins with that is written as IPv6
_IPV4 = 4  # bytes
_IPV6 = 2**32  # from here on are the numbers of these
_FORWARDED = b"x-forwarded-for"
_STANDARD = b"forwarded"  # RFC 7239
_MOST_HOPS = 32
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;,"\s]*))', re.IGNORECASE)


class Addresses:
    """Reads addresses of requests; `trusted` are the proxies in front of us.

    With None nobody has said whether there are any: then a peer near us has no address, for it may
    speak for everybody.
    """

    def __init__(self, trusted: tuple[Network, ...] | None) -> None:
        self._trusted = trusted
        self._ours = [_prefix(network) for network in (_NEAR if trusted is None else trusted)]
        # There are few peers where there are proxies, and many addresses behind them.
        self._peer = lru_cache(maxsize=256)(self._read)

    @property
    def is_open(self) -> bool:
        """Whether nobody has said which proxies there are."""
        return self._trusted is None

    def of(self, scope: Any) -> int | None:
        """A number for the address, the same for all of an IPv6 network of /64; None for none."""
        client = scope.get("client")
        number, is_ours = self._peer(client[0]) if client else (None, False)
        if not is_ours:
            return number
        return None if self._trusted is None else self._forwarded(scope["headers"])

    def _forwarded(self, headers: Iterable[tuple[bytes, bytes]]) -> int | None:
        """The right-most address that no proxy of ours has: what stands before it is hearsay."""
        for count, written in enumerate(_hops(headers)):
            number, is_ours = self._read(written)
            if not is_ours:
                return number
            if count == _MOST_HOPS:
                break
        return None

    def _read(self, written: str) -> tuple[int | None, bool]:
        """The number of an address, and whether it is one of ours; None for what is none."""
        address = read_address(written)
        if address is None:
            return None, False
        number, size = int.from_bytes(address, "big"), len(address)
        is_ours = False
        for length, shift, prefix in self._ours:
            if length == size and number >> shift == prefix:
                is_ours = True
                break
        # Of IPv6 its /64, which is one customer's.
        return (number if size == _IPV4 else (number >> 64) + _IPV6), is_ours


def _prefix(network: Network) -> tuple[int, int, int]:
    """How many bytes its addresses have, and the number they begin with, when shifted so far."""
    shift = network.max_prefixlen - network.prefixlen
    return network.max_prefixlen // 8, shift, int(network.network_address) >> shift


def is_forwarded(scope: Any) -> bool:
    """Whether the peer of a request says that it speaks for somebody."""
    return any(name in (_FORWARDED, _STANDARD) for name, _ in scope["headers"])


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[str]:
    """Who passed the request on, the last one first. `X-Forwarded-For` counts where both come."""
    said = [value for name, value in headers if name == _FORWARDED]
    if any(said):
        written = b",".join(said).decode("latin-1")
        return [one.strip() for one in reversed(written.split(","))]
    said = [value for name, value in headers if name == _STANDARD]
    elements = b",".join(said).decode("latin-1").split(",") if said else []
    return [_for(element) for element in reversed(elements)]


def _for(element: str) -> str:
    found = _FOR.search(element)
    return (found[1] or found[2] or "") if found else ""


def read_address(written: str) -> Address | None:
    """An address as proxies write it: perhaps with a port, IPv6 perhaps in brackets."""
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        if ":" not in written:
            return inet_pton(AF_INET, written)
        address = inet_pton(AF_INET6, written.partition("%")[0])
    except (OSError, ValueError):
        return None  # also for a NUL, or what no address is written in
    return address[12:] if address.startswith(_MAPPED) else address
