"""Outbound: fetching a small file of an address in the configuration, from public hosts alone.

A name is resolved once, every address of it is looked at, and one of these is connected to: what a
name server says a moment later changes nothing. TLS is for the name all the same.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterable, Iterable
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

import httpcore

CONNECT, WHOLE = 2.0, 5.0  # seconds
LARGEST = 64 * 1024  # bytes
_TRIED = 4  # addresses of a name
_GLOBAL = IPv6Network("2000::/3")
# These hold an IPv4 address, to which somebody on the way would send us (RFC 3056, RFC 4380).
_HIDING = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
_HEADERS: dict[bytes | str, bytes | str] = {
    "accept": "application/json",
    "accept-encoding": "identity",
    "user-agent": "askonce",
}


class Unreachable(Exception):
    """No answer that may be read. `reason` is a word for the log, and quotes no answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Fetched(NamedTuple):
    """A whole answer, and what its sender says of keeping it."""

    body: bytes
    cache_control: str


async def fetch(url: str, *, allows_loopback: bool = False) -> Fetched:
    """The body of an address that answers 200, within 64 kB and five seconds; redirects are none.

    Raises Unreachable.
    """
    try:
        async with asyncio.timeout(WHOLE):
            return await _get(url, allows_loopback)
    except TimeoutError:
        raise Unreachable("timeout") from None
    except (OSError, httpcore.NetworkError):
        raise Unreachable("connection") from None
    except (httpcore.TimeoutException, httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        raise Unreachable("protocol") from None


async def _get(url: str, allows_loopback: bool) -> Fetched:
    timeouts = {"connect": CONNECT, "read": WHOLE, "write": WHOLE, "pool": WHOLE}
    async with (
        httpcore.AsyncConnectionPool(
            ssl_context=_trust(), network_backend=_Checked(allows_loopback), keepalive_expiry=0
        ) as pool,
        pool.stream("GET", url, headers=_HEADERS, extensions={"timeout": timeouts}) as response,
    ):
        told = {name.lower(): value for name, value in response.headers}
        if response.status != 200:
            raise Unreachable("status")
        if told.get(b"content-encoding", b"identity") != b"identity":
            raise Unreachable("encoding")
        body = await _whole(response.aiter_stream())
        return Fetched(body, told.get(b"cache-control", b"").decode("latin-1"))


async def _whole(chunks: AsyncIterable[bytes]) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > LARGEST:
            raise Unreachable("size")
    return bytes(body)


@cache
def _trust() -> ssl.SSLContext:
    # Reading all authorities of the system takes milliseconds. SSL_CERT_FILE names others.
    return ssl.create_default_context()


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to an address that was looked at, whatever its name; TLS is begun for the name."""

    def __init__(self, allows_loopback: bool) -> None:
        self._allows_loopback = allows_loopback
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - so the base class names it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await resolve(host, port)
        if not all(may_reach(one, allows_loopback=self._allows_loopback) for one in addresses):
            raise Unreachable("address")
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout / 2 if timeout else None
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout)


async def resolve(host: str, port: int) -> list[str]:
    """The first addresses of a name, or of what is one already. Raises Unreachable."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("name") from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))[:_TRIED]
    if not addresses:
        raise Unreachable("name")
    return addresses


def may_reach(address: str, *, allows_loopback: bool = False) -> bool:
    """Whether an address is that of a public host; for development, of this machine too."""
    ip = ip_address(address)
    if ip.is_loopback:
        return allows_loopback
    return _is_public(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Neither private (RFC 1918, RFC 4193), shared (RFC 6598) nor for any special use."""
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or not ip.is_global:
        return False
    # Of IPv6 only global unicast is public: what maps or translates IPv4 lies outside of it.
    if isinstance(ip, IPv6Address):
        return ip in _GLOBAL and not any(ip in network for network in _HIDING)
    return True
