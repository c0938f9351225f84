"""Fetching is bounded: in hops, in bytes, in time, and in whom a session is shown to."""

import gzip
import socket
import threading

import pytest

from app.doctor import fetching
from app.doctor.fetching import LARGEST, Answer, Unreachable, fetch, origin_of
from tests.unit.doctor.clinic import Clinic


def test_a_redirect_is_followed_and_told(clinic: Clinic) -> None:
    clinic.serves("/end", "here")
    answer = fetch(clinic.serves("/start", "", location="/end"))
    assert (answer.url, answer.status, answer.text) == (clinic.host + "/end", 200, "here")


def test_who_sends_around_in_circles_is_not_followed_for_ever(clinic: Clinic) -> None:
    with pytest.raises(Unreachable, match="redirects more than 5 times"):
        fetch(clinic.serves("/circle", "", location="/circle"))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_only_the_web_is_fetched(clinic: Clinic, target: str) -> None:
    with pytest.raises(Unreachable, match="is not an address"):
        fetch(target)
    with pytest.raises(Unreachable, match="is not an address"):
        fetch(clinic.serves("/away", "", location=target))


def test_a_session_is_not_carried_to_another_origin(clinic: Clinic) -> None:
    clinic.asked.clear()
    other = clinic.host.replace("127.0.0.1", "localhost")
    clinic.serves("/end", "here")
    url = clinic.serves("/start", "", location=other + "/end")
    fetch(url, headers={"Cookie": "session=1"})
    assert [(path, headers.get("cookie")) for path, headers in clinic.asked] == [
        ("/start", "session=1"),
        ("/end", None),
    ]


def test_a_page_without_end_is_read_so_far(clinic: Clinic) -> None:
    answer = fetch(clinic.serves("/long", "x" * (LARGEST + 9)))
    assert len(answer.body) == LARGEST


def test_a_page_that_is_packed_is_unpacked_so_far(clinic: Clinic) -> None:
    packed = Answer("", 200, (), gzip.compress(b"y" * (LARGEST + 9)))
    clinic.serves("/packed", "", content_encoding="gzip")
    clinic.pages["/packed"].raw = packed.body
    assert fetch(clinic.host + "/packed").body == b"y" * LARGEST


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(Unreachable, match=r"^http://127\.0\.0\.1:1 cannot be reached: .*\.$"):
        fetch("http://127.0.0.1:1/")


def test_who_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PATIENCE", 0.2)
    expected = pytest.raises(Unreachable, match="did not answer within")
    with socket.create_server(("127.0.0.1", 0)) as silent, expected:
        fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_who_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as dripping:
        is_over = threading.Event()

        def drip() -> None:
            taken, _ = dripping.accept()
            with taken:
                taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not is_over.wait(0.05):
                    taken.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(Unreachable, match="did not answer within"):
            fetch(f"http://127.0.0.1:{dripping.getsockname()[1]}/")
        is_over.set()
        thread.join()


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/html; charset=iso-8859-1", b"\xe9", "é"),
        ('text/html; charset="utf-8"', b"\xc3\xa9", "é"),
        ("text/html; charset=nonsense", b"\xc3\xa9", "é"),
        ("text/html", b"\xff", "�"),
    ],
)
def test_a_page_is_read_in_its_own_encoding(content_type: str, body: bytes, text: str) -> None:
    assert Answer("", 200, (("Content-Type", content_type),), body).text == text


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.Example:443/cart?x#y", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example:8080/", "http://shop.example:8080"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://user:secret@shop.example/", "http://shop.example"),
        ("http://shop.example:nonsense/", "http://shop.example"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, origin: str) -> None:
    assert origin_of(url) == origin
