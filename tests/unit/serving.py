"""A small server on this machine, to be fetched from: it answers as it is told to, and counts."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Site:
    """What a web server says to whoever asks, byte by byte."""

    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    status: str = "200 OK"
    is_silent: bool = False
    asked: list[str] = field(default_factory=list)
    port: int = 0
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks.json"

    def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks.add(asyncio.create_task(self.answer(reader, writer)))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.decode())
        if self.is_silent:
            await reader.read()  # until whoever asked goes away
        told = {"content-length": str(len(self.body)), **self.headers, "connection": "close"}
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in told.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + self.body)
        writer.close()
        with suppress(OSError):  # who asked may be gone
            await writer.wait_closed()


@asynccontextmanager
async def serving(site: Site, tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    server = await asyncio.start_server(site.meet, "127.0.0.1", site.port, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        await asyncio.gather(*site.talks)
