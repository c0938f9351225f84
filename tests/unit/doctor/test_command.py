"""The command `doctor`, as somebody at a terminal meets it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import cli
from tests.unit.doctor.clinic import Clinic
from tests.unit.doctor.test_examining import FRAME

Run = Callable[..., Result]


@pytest.fixture
def run(clinic: Clinic, tmp_path: Path) -> Run:
    """The command beside a document, or without one beside what is published."""
    document = tmp_path / "askonce.yaml"
    document.write_text(clinic.document)

    def doctor(*arguments: str, is_published: bool = False, **more: Any) -> Result:
        from_where = () if is_published else ("--config", str(document))
        environment = {"ASKONCE_URL": clinic.ask, "DATABASE_URL": clinic.database_url}
        return CliRunner().invoke(cli, ["doctor", *arguments, *from_where], env=environment, **more)

    return doctor


@pytest.mark.parametrize("is_published", [True, False])
def test_a_healthy_page_is_told_so(clinic: Clinic, run: Run, is_published: bool) -> None:
    url = clinic.serves("/page", FRAME, cache_control="no-store")
    done = run(url, is_published=is_published)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{url}: nothing is wrong.\n  it has: frame (line 1, site acme.shop)\n"


def test_a_sick_page_is_told_what_to_change(clinic: Clinic, run: Run) -> None:
    policy = {"content_security_policy": "frame-src 'self'", "cache_control": "no-store"}
    url = clinic.serves("/page", FRAME.replace("About you", ""), **policy)
    done = run(url)
    assert done.exit_code == 1
    assert (
        done.stdout
        == f"""{url}: 1 thing is wrong, 1 doubtful.
  it has: frame (line 1, site acme.shop)

wrong: csp_frame (line 1)
  The page's content policy lets no frame show {clinic.ask}: `frame-src 'self'` decides.
  Change: Content-Security-Policy: frame-src 'self' {clinic.ask}
  See docs/doctor.md#csp_frame

doubtful: frame_title (line 1)
  The frame has no title: who cannot see it does not learn what it is (WCAG 4.1.2).
  Change: title="About you"
  See docs/doctor.md#frame_title
"""
    )


def test_a_program_reads_json(clinic: Clinic, run: Run) -> None:
    url = clinic.serves("/page", FRAME.replace(' height="260"', ""), cache_control="no-store")
    done = run(url, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["of"], told["is_healthy"]) == (0, url, True)
    (found,) = told["findings"]
    assert found.keys() == {"code", "is_wrong", "sentence", "change", "line", "docs"}
    assert (found["code"], found["line"], found["is_wrong"]) == ("frame_height", 1, False)


def test_a_token_alone_is_read(clinic: Clinic, run: Run) -> None:
    token = clinic.assertion(aud="https://old.example")
    for done in (run("--token", token), run("--token", "-", input=token + "\n")):
        assert done.exit_code == 1
        said = f"aud is https://old.example but must be {clinic.ask}."
        assert said in done.stdout
        assert "See docs/troubleshooting.md#token_audience" in done.stdout
        assert token not in done.output
    assert run("--token", clinic.assertion()).exit_code == 0


def test_a_site_is_named_for_what_does_not_name_one(clinic: Clinic, run: Run) -> None:
    done = run("--token", clinic.assertion(), "--site", "acme.closed")
    assert "iss is acme.shop but must be acme.closed, the site that is asked." in done.stdout


def test_a_session_is_brought_by_a_header(clinic: Clinic, run: Run) -> None:
    clinic.asked.clear()
    run(clinic.serves("/page", FRAME), "--header", "Cookie: a=b:c", "--header", "X-One:1")
    headers = dict(clinic.asked)["/page"]
    assert (headers["cookie"], headers["x-one"]) == ("a=b:c", "1")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name the page's URL, or a token with --token"),
        (("http://127.0.0.1:1/", "--token", "x"), "name the page's URL"),
        (("http://127.0.0.1:1/", "--header", "nonsense"), "write a header as 'Name: value'"),
        (("http://127.0.0.1:1/", "--header", "A: b\nC: d"), "write a header as"),
        (("http://127.0.0.1:1/",), "http://127.0.0.1:1 cannot be reached"),
        (("shop.example",), "shop.example is not an address that begins with https://"),
        (("--token", "x", "--askonce", "ask.example"), "ASKONCE_URL must be an origin"),
    ],
)
def test_where_the_doctor_cannot_look_it_ends_with_2(
    run: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.output


def test_a_document_with_a_mistake_is_no_ground(clinic: Clinic, run: Run, tmp_path: Path) -> None:
    sick = tmp_path / "sick.yaml"
    sick.write_text("askonce: 1\nworkspace: 7\n")
    done = run("--token", "x", "--config", str(sick), is_published=True)
    assert done.exit_code == 2
    assert str(sick) in done.stderr
