import asyncio
import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.lib import outbound
from app.lib.outbound import LARGEST, Unreachable, fetch, may_reach
from tests.unit.serving import Site, serving


async def reason(url: str, *, allows_loopback: bool = True) -> str:
    with pytest.raises(Unreachable) as error:
        await fetch(url, allows_loopback=allows_loopback)
    return error.value.reason


async def test_a_file_is_fetched_with_what_is_said_of_keeping_it() -> None:
    async with serving(Site(b"{}", {"cache-control": "max-age=600"})) as site:
        assert await fetch(site.url, allows_loopback=True) == (b"{}", "max-age=600")
    (asked,) = site.asked
    assert asked.startswith("GET /jwks.json HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{site.port}\r\n" in asked.lower()


@pytest.mark.parametrize(
    ("site", "why"),
    [
        (Site(b"x" * (LARGEST + 1)), "size"),
        (Site(b"x", {"content-length": "99999999"}), "protocol"),
        (Site(status="302 Found", headers={"location": "http://127.0.0.1/"}), "status"),
        (Site(status="304 Not Modified"), "status"),
        (Site(b"{}", status="404 Not Found"), "status"),
        (Site(b"{}", status="500 Oops"), "status"),
        (Site(b"{}", {"content-encoding": "gzip"}), "encoding"),
        (Site(status="nonsense"), "protocol"),
    ],
)
async def test_what_is_no_small_plain_answer_is_none(site: Site, why: str) -> None:
    async with serving(site):
        assert await reason(site.url) == why
    assert len(site.asked) == 1


async def test_the_largest_answer_is_whole() -> None:
    async with serving(Site(b"x" * LARGEST)) as site:
        assert len((await fetch(site.url, allows_loopback=True)).body) == LARGEST


async def test_who_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "WHOLE", 0.2)
    async with serving(Site(is_silent=True)) as site:
        assert await reason(site.url) == "timeout"


async def test_where_nobody_listens_nothing_is_had() -> None:
    async with serving(Site()) as site:
        url = site.url
    assert await reason(url) == "connection"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:70"])
async def test_another_protocol_is_none_of_ours(url: str) -> None:
    assert await reason(url) == "protocol"


HOSTS = ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f000001", "0", "0.0.0.0"]
HOSTS += ["[::ffff:127.0.0.1]", "[::]", "169.254.169.254", "10.0.0.1", "[fd00::1]", "100.64.0.1"]


@pytest.mark.parametrize("host", HOSTS)
async def test_no_spelling_of_a_private_host_is_asked(host: str) -> None:
    """The server behind would answer: it is never asked."""
    async with serving(Site(b"{}")) as site:
        url = f"http://{host}:{site.port}/"
        assert await reason(url, allows_loopback=False) in ("address", "name")
    assert site.asked == []


async def test_a_name_with_one_private_address_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["203.0.114.7", "127.0.0.1"]

    monkeypatch.setattr(outbound, "resolve", resolve)
    assert await reason("https://shop.example/", allows_loopback=False) == "address"


async def test_a_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that says another address a moment later changes nothing."""
    told = iter(["127.0.0.1", "203.0.114.7"])
    loop, asked = asyncio.get_running_loop(), []
    resolve = loop.getaddrinfo

    async def getaddrinfo(host: str, port: int, **how: int) -> object:
        asked.append(host)
        return await resolve(next(told), port, **how)

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    async with serving(Site(b"{}")) as site:
        url = f"http://shop.example:{site.port}/"
        assert (await fetch(url, allows_loopback=True)).body == b"{}"
    assert asked == ["shop.example"]


async def test_a_name_that_nobody_knows_is_not_asked() -> None:
    assert await reason("https://nowhere.invalid/jwks") == "name"
    assert await reason(f"https://{'x' * 64}.example/jwks") == "name"


PRIVATE = ["0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1"]
PRIVATE += ["127.255.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1"]
PRIVATE += ["192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"]
PRIVATE += ["239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:8.8.8.8"]
PRIVATE += ["::ffff:10.0.0.1", "::8.8.8.8", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1"]
PRIVATE += ["2001:db8::1", "2002:a00:1::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0"]
PRIVATE += ["fec0::1", "ff02::1", "ff0e::1", "4000::1"]
PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "193.0.0.1"]
PUBLIC += ["2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_out_of_reach(address: str) -> None:
    assert not may_reach(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_within_reach(address: str) -> None:
    assert may_reach(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_for_development_loopback_alone_is_within_reach(address: str) -> None:
    is_loopback = address.startswith("127.") or address == "::1"
    assert may_reach(address, allows_loopback=True) is is_loopback


@pytest.fixture
def trusted() -> Iterator[None]:
    """What is trusted is read anew for the test, and after it."""
    outbound._trust.cache_clear()
    yield
    outbound._trust.cache_clear()


@pytest.mark.parametrize(("name", "is_had"), [("localhost", True), ("shop.example", False)])
async def test_a_certificate_is_for_the_name(
    name: str, is_had: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: None
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    async with serving(Site(b"{}"), certified(name, tmp_path)) as site:
        url = f"https://localhost:{site.port}/"
        if is_had:
            assert (await fetch(url, allows_loopback=True)).body == b"{}"
        else:
            assert await reason(url) == "connection"


async def test_a_certificate_of_nobody_known_is_none(tmp_path: Path, trusted: None) -> None:
    async with serving(Site(b"{}"), certified("localhost", tmp_path)) as site:
        assert await reason(f"https://localhost:{site.port}/") == "connection"


def certified(name: str, folder: Path) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
