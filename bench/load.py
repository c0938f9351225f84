"""The load: wrk sends prepared requests over several connections, each the moment one is free."""

import socket
import subprocess
from collections.abc import Iterable
from http.client import HTTPResponse
from pathlib import Path

import msgspec

CONNECTIONS = 16
LONGEST = 60  # seconds
_SCRIPT = Path(__file__).with_name("load.lua")


class Load(msgspec.Struct, frozen=True):
    """What came of it; `failed` are answers other than expected, and those that never came."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failed: int


def send(
    requests: Iterable[bytes],
    port: int,
    file: Path,
    times: int = 1,
    connections: int = CONNECTIONS,
    expected: str = "200",
) -> Load:
    """Send each request so many times to a server on loopback; they pass through `file`.

    `expected` is a pattern of Lua for the status of a good answer.
    """
    file.write_bytes(b"\0".join(requests))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{LONGEST}s", "--timeout", "20s"]
    command += [
        "-s",
        str(_SCRIPT),
        f"http://127.0.0.1:{port}",
        "--",
        str(file),
        str(times),
        expected,
    ]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Load)


def answer_to(request: bytes, port: int) -> bytes:
    """The body of the answer to one request. Raises RuntimeError unless it is 200."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection)
        response.begin()
        body = response.read()
    if response.status != 200:
        raise RuntimeError(f"answered {response.status}")
    return body
