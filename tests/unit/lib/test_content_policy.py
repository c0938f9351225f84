"""What a page's content policy allows, as the specification's own algorithms say."""

import pytest

from app.lib.content_policy import Policy, Use, Wanted, read_policies

PAGE = "https://shop.example/cart"
ASK = "https://ask.example/embed/1/loader.js"


def policy(written: str) -> Policy:
    (found,) = read_policies([("Content-Security-Policy", written)])
    return found


def allows(written: str, use: Use = "script", url: str = ASK, page: str = PAGE) -> bool:
    return policy(written).allows(Wanted(use, url), page)


@pytest.mark.parametrize(
    ("source", "url", "is_allowed"),
    [
        ("*", ASK, True),
        ("*", "data:text/html,x", False),
        ("'none'", ASK, False),
        ("", ASK, False),
        ("'self'", ASK, False),
        ("'self'", "https://shop.example/x", True),
        ("'SELF'", "https://shop.example/x", True),
        ("'self'", "https://shop.example:8443/x", False),
        ("https:", ASK, True),
        ("http:", ASK, True),
        ("data:", ASK, False),
        ("https://ask.example", ASK, True),
        ("HTTPS://ASK.EXAMPLE", ASK, True),
        ("ask.example", ASK, True),
        ("http://ask.example", ASK, True),
        ("wss://ask.example", ASK, True),
        ("ask.example", "http://ask.example/x", False),
        ("ask.example:443", ASK, True),
        ("ask.example:*", "https://ask.example:8000/x", True),
        ("ask.example", "https://ask.example:8000/x", False),
        ("ask.example:8000", "https://ask.example:8000/x", True),
        ("ask.example:8001", "https://ask.example:8000/x", False),
        ("*.example", ASK, True),
        ("*.ask.example", ASK, False),
        ("*.ask.example", "https://eu.ask.example/x", True),
        ("*.sk.example", ASK, False),
        ("ask.example/embed/", ASK, True),
        ("ask.example/embed", ASK, False),
        ("ask.example/embed/1/loader.js", ASK, True),
        ("ask.example/embed/1/loader%2ejs", ASK, True),
        ("ask.example/other/", ASK, False),
        ("ask.example/", ASK, True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/x", True),
        ("http://[::1]:8000", "http://[::1]:8000/x", True),
        ("ask.example evil", ASK, True),
        ("https://ask.example.evil.example", ASK, False),
        ("not!a!source", ASK, False),
    ],
)
def test_an_address_matches_a_source_or_does_not(source: str, url: str, is_allowed: bool) -> None:
    assert allows(f"script-src {source}", url=url) is is_allowed


@pytest.mark.parametrize(
    ("url", "page", "is_allowed"),
    [
        ("https://shop.example/x", "http://shop.example/", True),
        ("http://shop.example/x", "https://shop.example/", False),
        ("wss://shop.example/x", "https://shop.example/", True),
        ("https://shop.example:8000/x", "http://shop.example:8000/", True),
        ("https://shop.example:8001/x", "http://shop.example:8000/", False),
    ],
)
def test_a_page_may_always_ask_its_own_host_more_safely(
    url: str, page: str, is_allowed: bool
) -> None:
    assert allows("default-src 'self'", "connect", url, page) is is_allowed


@pytest.mark.parametrize(
    ("written", "use", "deciding"),
    [
        ("default-src 'none'", "script", "default-src"),
        ("default-src *; script-src 'none'", "script", "script-src"),
        ("script-src 'none'; script-src-elem *", "script", "script-src-elem"),
        ("style-src *; style-src-attr 'none'", "style", "style-src"),
        ("child-src *; default-src 'none'", "frame", "child-src"),
        ("frame-src *; child-src 'none'", "frame", "frame-src"),
        ("child-src 'none'; script-src *", "connect", None),
        ("default-src 'none'", "form", None),
        ("form-action 'self'; default-src *", "form", "form-action"),
        ("SCRIPT-SRC *; script-src 'none'", "script", "script-src"),
    ],
)
def test_the_nearest_directive_decides(written: str, use: Use, deciding: str | None) -> None:
    assert policy(written).deciding(use) == deciding


@pytest.mark.parametrize(
    ("written", "nonce", "integrity", "is_allowed"),
    [
        ("'nonce-abc'", "abc", "", True),
        ("'nonce-abc'", "ABC", "", False),
        ("'nonce-abc'", "", "", False),
        ("'nonce-abc' https://ask.example", "", "", True),
        ("'nonce-abc' 'strict-dynamic' https://ask.example", "", "", False),
        ("'nonce-abc' 'strict-dynamic'", "abc", "", True),
        ("'sha384-AbC+/=='", "", "sha384-AbC+/==", True),
        ("'sha384-AbC+/=='", "", "sha384-AbC+/== sha384-other", False),
        ("'sha384-AbC+/==' 'strict-dynamic'", "", "sha384-AbC+/==", True),
        ("'unsafe-inline'", "", "", False),
    ],
)
def test_a_script_is_known_by_its_nonce_or_by_its_hash(
    written: str, nonce: str, integrity: str, is_allowed: bool
) -> None:
    wanted = Wanted("script", ASK, nonce, integrity)
    assert policy(f"script-src {written}").allows(wanted, PAGE) is is_allowed


def test_every_policy_of_a_page_is_read() -> None:
    headers = [
        ("content-security-policy", "default-src 'self', frame-src 'none'"),
        ("Content-Security-Policy-Report-Only", "script-src 'none'"),
        ("content-type", "text/html"),
    ]
    found = read_policies(headers, ["frame-ancestors 'none'", "connect-src 'self'; sandbox"])
    assert [list(one.directives) for one in found] == [
        ["default-src"],
        ["frame-src"],
        ["script-src"],
        ["connect-src"],
    ]
    assert [one.is_enforced for one in found] == [True, True, False, True]
    assert [one.is_meta for one in found] == [False, False, False, True]


@pytest.mark.parametrize(
    ("written", "use", "mended"),
    [
        ("frame-src 'none'", "frame", "frame-src https://ask.example"),
        ("default-src 'self'", "frame", "frame-src 'self' https://ask.example"),
        ("default-src 'none'", "connect", "connect-src https://ask.example"),
        ("child-src a.example", "frame", "child-src a.example https://ask.example"),
        ("script-src-elem 'self'", "script", "script-src-elem 'self' https://ask.example"),
        ("default-src 'self'", "script", "script-src 'self' https://ask.example"),
        ("form-action 'self'", "form", "form-action 'self' https://ask.example"),
    ],
)
def test_what_is_mended_allows(written: str, use: Use, mended: str) -> None:
    before = policy(written)
    assert before.mended(use, "https://ask.example") == mended
    assert not before.allows(Wanted(use, ASK), PAGE)
    assert policy(f"{written.partition(' ')[0]}-old x; {mended}").allows(Wanted(use, ASK), PAGE)
