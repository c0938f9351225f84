"""What the people who run Askonce decide outside the configuration, read from the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
Network = IPv4Network | IPv6Network

# The spellings of a database's scheme that people use, and the driver that we use for it.
DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
DATABASE_URL = "sqlite:///var/askonce.db"
METRICS: tuple[str, int] | None = ("127.0.0.1", 9464)
LOG_LEVELS = ("debug", "info", "warning", "error")
SECRET_BYTES = 32
SECRET_SYMBOLS = 10  # thirty-two times the same letter is long and no secret


class SettingsError(Exception):
    """One sentence that names the variable and says what to do, never the variable's value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process must know before it reads its first release."""

    url: str  # our origin, as the `aud` of assertions names it
    database_url: str = field(default=DATABASE_URL, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)  # the first seals, all of them open
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    metrics: tuple[str, int] | None = METRICS
    log_level: str = "info"
    sqlite_synchronous: str = "FULL"
    pool_size: int = 16
    outbound_loopback: bool = False  # for development: a site's JWKS may be on this machine
    trusted_proxies: tuple[Network, ...] | None = None  # None: nobody has said
    limit_address: int = 100  # a second, as the two below; 0 is no limit
    limit_person: int = 10
    limit_site: int = 1000
    limit_refused: int = 60  # a minute
    development: bool = False  # serves the gallery, reads templates again when they change

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read every variable; an absent or empty one has its default. Raises SettingsError."""
        read = _Reader(environ)
        port = read("PORT", _port, 8000)
        return cls(
            url=read("ASKONCE_URL", _origin, f"http://localhost:{port}"),
            database_url=read("DATABASE_URL", _database_url, DATABASE_URL),
            secrets=read("ASKONCE_SECRET", _secrets, ()),
            host=read("ASKONCE_HOST", str, "127.0.0.1"),
            port=port,
            workers=read("ASKONCE_WORKERS", _count, 1),
            metrics=read("ASKONCE_METRICS", _bind, METRICS),
            log_level=read("ASKONCE_LOG_LEVEL", _one_of(LOG_LEVELS), "info"),
            sqlite_synchronous=read(
                "ASKONCE_SQLITE_SYNCHRONOUS", _one_of(("FULL", "NORMAL")), "FULL"
            ),
            pool_size=read("ASKONCE_POOL_SIZE", _count, 16),
            outbound_loopback=read("ASKONCE_OUTBOUND_LOOPBACK", _flag, False),
            trusted_proxies=read("ASKONCE_TRUSTED_PROXIES", _networks, None),
            limit_address=read("ASKONCE_LIMIT_ADDRESS", _rate, 100),
            limit_person=read("ASKONCE_LIMIT_PERSON", _rate, 10),
            limit_site=read("ASKONCE_LIMIT_SITE", _rate, 1000),
            limit_refused=read("ASKONCE_LIMIT_REFUSED", _rate, 60),
            development=read("ASKONCE_DEVELOPMENT", _flag, False),
        )

    def need_secrets(self) -> tuple[str, ...]:
        """The master secrets, for what cannot go on without one. Raises SettingsError."""
        if not self.secrets:
            raise SettingsError(
                f"ASKONCE_SECRET is not set: give it at least {SECRET_BYTES} random characters,"
                " for example from `openssl rand -base64 48`."
            )
        return self.secrets


@dataclass(frozen=True, slots=True)
class _Reader:
    environ: Mapping[str, str]

    def __call__(self, name: str, parse: Callable[[str], T], default: T) -> T:
        text = self.environ.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except _RefusedError as refused:
            # Without its cause, which could show the value: database URLs hold passwords.
            raise SettingsError(f"{name} {refused}.") from None


class _RefusedError(Exception):
    """The end of a sentence that begins with the variable's name."""


def _database_url(text: str) -> str:
    scheme, found, rest = text.partition("://")
    if not found or scheme not in DRIVERS:
        raise _RefusedError("must begin with sqlite:///, postgresql:// or postgres://")
    return f"{DRIVERS[scheme]}://{rest}"


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        complete = parts.port is None or parts.port > 0
    except ValueError:
        raise _RefusedError("is not an address that can be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not complete:
        raise _RefusedError("must be an origin, like https://ask.example")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise _RefusedError("must be an origin alone, without path, query or password")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise _RefusedError("must begin with https:// (http:// only on this machine)")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _secrets(text: str) -> tuple[str, ...]:
    secrets = tuple(text.replace(",", " ").split())
    for secret in secrets:
        if len(secret.encode()) < SECRET_BYTES or len(set(secret)) < SECRET_SYMBOLS:
            raise _RefusedError(f"holds a secret of less than {SECRET_BYTES} random characters")
    return secrets


def _number(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7 and low <= int(text) <= high):
        raise _RefusedError(f"must be a number from {low} to {high}")
    return int(text)


def _port(text: str) -> int:
    return _number(text, 1, 65535)


def _count(text: str) -> int:
    return _number(text, 1, 256)


def _rate(text: str) -> int:
    """How many in a time; 0 stands for no limit."""
    return 0 if text == "off" else _number(text, 1, 999_999)


def _networks(text: str) -> tuple[Network, ...]:
    try:
        written = () if text == "none" else text.replace(",", " ").split()
        return tuple(ip_network(one) for one in written)
    except ValueError:
        raise _RefusedError(
            "must be addresses or networks, like 10.0.0.0/8 2001:db8::7, or none"
        ) from None


def _bind(text: str) -> tuple[str, int] | None:
    if text == "off":
        return None
    host, found, port = text.rpartition(":")
    if not found or not host:
        raise _RefusedError("must be an address and a port, like 127.0.0.1:9464, or off")
    return host.strip("[]"), _port(port)


def _flag(text: str) -> bool:
    return _one_of(("1", "0"))(text) == "1"


def _one_of(values: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in values:
            raise _RefusedError("must be one of " + ", ".join(values))
        return text

    return parse
