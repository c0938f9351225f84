"""The token endpoints of the documentation, run as they stand there: what they sign is believed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from click.testing import CliRunner

from app.cli import cli
from app.domain.assertions import Assertion, Door, verify_assertion
from app.domain.sites import Site
from tests.e2e.conftest import free_ports
from tests.unit.signing import OURS, SHOP, shop

DOCS = Path(__file__).parents[2] / "docs" / "token-endpoints.md"
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", DOCS.read_text(), re.MULTILINE | re.DOTALL))
NONCE = "a nonce of the frame's making"
USER = 'v"e\\r/a 4711 ü'
RUNNING = ("python", "js", "php")
# What stands around an endpoint at a host: a server, and a session that knows who is signed in.
PYTHON = """
import os, sys
from wsgiref.simple_server import make_server
from askonce_token import application

def signed_in(environ, start_response):
    if environ.get("HTTP_COOKIE") == "PHPSESSID=vera":
        environ["REMOTE_USER"] = os.environ["USER_ID"]
    return application(environ, start_response)

make_server("127.0.0.1", int(sys.argv[1]), signed_in).serve_forever()
"""
NODE = """
import { createServer } from "node:http";
import { askonceToken } from "./askonce-token.mjs";

createServer((request, response) => {
  const known = request.headers.cookie === "PHPSESSID=vera";
  request.session = known ? { userId: process.env.USER_ID } : {};
  askonceToken(request, response);
}).listen(Number(process.argv[2]), "127.0.0.1");
"""


@dataclass
class Endpoint:
    """A host's endpoint, running, and the site as the configuration has it."""

    url: str
    site: Site

    def ask(self, method: str = "POST", user: str | None = USER, **headers: str) -> httpx.Response:
        sent = {"x-askonce-nonce": NONCE.replace(" ", "-"), **headers}
        if user:
            sent["cookie"] = "PHPSESSID=vera"
        kept = {name: value for name, value in sent.items() if value}
        # The server may not listen yet: who connects tries again.
        with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as client:
            return client.request(method, self.url, headers=kept)

    def verify(self, text: str) -> Assertion:
        door = Door("acme", "shop", self.site, "element", OURS, SHOP, nonce=NONCE.replace(" ", "-"))
        return verify_assertion(text, door, datetime.now(UTC))


@pytest.fixture(scope="module", params=RUNNING)
def endpoint(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The endpoint in one language, with a key that `askonce key` made."""
    folder = tmp_path_factory.mktemp(request.param)
    (port,) = free_ports(1)
    command = prepare(folder, request.param, port)
    environment = {"USER_ID": USER, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    yield Endpoint(f"http://127.0.0.1:{port}/askonce-token.php", made_site(folder))
    process.terminate()
    process.wait(timeout=20)


def made_site(folder: Path, *more: str) -> Site:
    made = CliRunner().invoke(cli, ["key", str(folder / "shop.pem"), *more])
    assert made.exit_code == 0
    return shop(**yaml.safe_load(made.stdout))


def prepare(folder: Path, language: str, port: int) -> list[str]:
    """Write what is run, and say how."""
    if language == "python":
        (folder / "askonce_token.py").write_text(BLOCKS[language])
        (folder / "run.py").write_text(PYTHON)
        return [sys.executable, "run.py", str(port)]
    if language == "js":
        (folder / "askonce-token.mjs").write_text(BLOCKS[language])
        (folder / "run.mjs").write_text(NODE)
        return ["node", "run.mjs", str(port)]
    (folder / "public").mkdir()
    (folder / "public" / "askonce-token.php").write_text(BLOCKS["php"])
    (folder / "sess_vera").write_text(f'user_id|s:{len(USER.encode())}:"{USER}";')
    return ["php", "-d", f"session.save_path={folder}", "-S", f"127.0.0.1:{port}", "-t", "public"]


def test_who_is_signed_in_gets_an_assertion_that_is_believed(endpoint: Endpoint) -> None:
    answer = endpoint.ask()
    assert answer.status_code == 200
    assertion = endpoint.verify(answer.text)
    assert (assertion.sub, assertion.origin, assertion.mode) == (USER, SHOP, "element")
    assert (assertion.expires_at - assertion.issued_at).total_seconds() == 120


def test_the_answer_is_plain_text_that_nobody_keeps(endpoint: Endpoint) -> None:
    answer = endpoint.ask()
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


def test_every_assertion_has_a_name_of_its_own(endpoint: Endpoint) -> None:
    names = {endpoint.verify(endpoint.ask().text).jti for _ in range(3)}
    assert len(names) == 3


def test_the_nonce_is_the_header_s(endpoint: Endpoint) -> None:
    other = endpoint.ask(**{"x-askonce-nonce": "another-nonce-of-another-frame"})
    assert other.status_code == 200
    with pytest.raises(Exception, match="token_nonce"):
        endpoint.verify(other.text)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"user": None}, 401),
        ({"user": None, "x-askonce-nonce": ""}, 401),
        ({"x-askonce-nonce": ""}, 400),
        ({"method": "GET"}, 405),
        ({"method": "GET", "user": None}, 405),
    ],
)
def test_what_is_no_such_request_gets_nothing(
    endpoint: Endpoint, asked: dict[str, Any], status: int
) -> None:
    answer = endpoint.ask(**asked)
    # PHP's session says of an answer without a body that it is not to be kept as well.
    assert (answer.status_code, answer.text) == (status, "")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", ["python", "js", "php", "ruby", "java", "go", "csharp"])
def test_every_language_says_what_an_assertion_needs(language: str) -> None:
    code = BLOCKS[language].lower()
    for word in ("iss", "aud", "sub", "origin", "mode", "element", "nonce", "jti", "iat", "exp"):
        assert word in code
    for word in ("x.askonce.nonce", "no-store", "text/plain", "401|unauthorized", "askonce.jwt"):
        assert re.search(word, code), word


@pytest.mark.parametrize("alg", ["Ed25519", "ES256", "RS256"])
def test_a_key_of_each_algorithm_can_be_made(tmp_path: Path, alg: str) -> None:
    site = made_site(tmp_path, "--alg", alg, "--kid", "k7")
    (key,) = site.keys
    assert (key.kid, key.alg) == ("k7", alg)
    assert (tmp_path / "shop.pem").stat().st_mode & 0o777 == 0o600
