"""Fetching: what an address answers, within bounds of time, size and redirects.

Whoever runs the doctor chose the address, so any host may be asked, also of a private network:
nothing of this module may be within reach of a stranger's request.
"""

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

LARGEST = 4 * 1024 * 1024  # bytes
PATIENCE = 10.0  # seconds for everything
REDIRECTS = 5
_REDIRECTING = (301, 302, 303, 307, 308)
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Unreachable(Exception):
    """No answer that could be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `url` is where the redirects ended."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The header's value, several joined by a comma; empty when there is none."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    @property
    def text(self) -> str:
        written = self.header("content-type").partition("charset=")[2].partition(";")[0]
        try:
            return self.body.decode(written.strip("\"' ") or "utf-8", errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


Fetch = Callable[..., Answer]


class _Stay(HTTPRedirectHandler):
    """Follows nothing: each hop is looked at first."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def origin_of(url: str) -> str:
    """Scheme, host and port, as a browser writes an origin."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    is_usual = port in (None, {"http": 80, "https": 443}.get(parts.scheme))
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")


def fetch(url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
    """The answer of an address. Raises Unreachable.

    The caller's headers, which may hold a session, are sent to the address's own origin alone.
    """
    deadline = time.monotonic() + PATIENCE
    own, home = dict(headers or {}), origin_of(url)
    for _ in range(REDIRECTS + 1):
        answer = _ask(url, method, own if origin_of(url) == home else {}, deadline)
        target = answer.header("location")
        if answer.status not in _REDIRECTING or not target:
            return answer
        url = urljoin(url, target)
    raise Unreachable(f"{home} redirects more than {REDIRECTS} times.")


def _ask(url: str, method: str, headers: Mapping[str, str], deadline: float) -> Answer:
    host = urlsplit(url).hostname
    if urlsplit(url).scheme not in ("http", "https") or not host:
        raise Unreachable(f"{url} is not an address that begins with https:// or http://.")
    # No proxy of the environment stands between two servers on one machine.
    proxies = (ProxyHandler({}),) if host in _LOCAL else ()
    sent = {"User-Agent": "askonce-doctor", "Accept-Encoding": "identity", **headers}
    request = Request(url, headers=sent, method=method)
    try:
        with build_opener(_Stay, *proxies).open(request, timeout=_left(deadline)) as response:
            return _read(url, response, deadline)
    except HTTPError as response:
        with response:
            return _read(url, response, deadline)
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(_sentence(url, error)) from None


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _read(url: str, response: Any, deadline: float) -> Answer:
    try:
        body = _whole(iter(lambda: _chunk(response, deadline), b""))
    except (OSError, HTTPException, zlib.error) as error:
        raise Unreachable(_sentence(url, error)) from None
    if response.headers.get("content-encoding", "").lower() == "gzip":
        body = zlib.decompressobj(31).decompress(body, LARGEST)
    return Answer(url, response.status, tuple(response.headers.items()), body)


def _chunk(response: Any, deadline: float) -> bytes:
    _left(deadline)
    chunk: bytes = response.read1(65536)
    return chunk


def _whole(chunks: Iterable[bytes]) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > LARGEST:
            break
    return bytes(body[:LARGEST])


def _sentence(url: str, error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    where = origin_of(url)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {where} is not trusted here: {cause.verify_message}."
            " For one of your own, name its authority in SSL_CERT_FILE."
        )
    if isinstance(cause, TimeoutError):
        return f"{where} did not answer within {PATIENCE:.0f} seconds."
    return f"{where} cannot be reached: {cause}."
