"""A sick page for each diagnosis: the sentence, and the exact line to change."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.doctor.cases import Case
from app.doctor.checks import CHECKS, networks
from app.doctor.examining import address_space, examine
from app.doctor.fetching import Answer
from app.doctor.findings import Finding
from tests.unit.doctor.clinic import Clinic
from tests.unit.signing import ED25519, sign

FRAME = (
    '<iframe src="ASK/v1/frames/abc" title="About you" height="260" referrerpolicy="strict-origin"'
    ' sandbox="allow-scripts allow-forms allow-same-origin"></iframe>'
)
SHEET = '<link rel="stylesheet" href="ASK/embed/1/fragment.css">'
CROSSES = "request.mode = 'cors'; delete request.headers['HX-Current-URL']; "
HTMX = {
    "2": """<meta name="htmx-config" content='{"selfRequestsOnly":false}'>
      <script>delete e.headers["HX-Current-URL"]</script>
      <script src="/htmx-2.0.11.min.js"></script>""",
    "4": f'<script>{CROSSES}</script><script src="/htmx-4.0.1.min.js"></script>',
}
QUIET = 'hx-status:4xx="swap:none" hx-status:5xx="swap:none"'
MOUNT = f'<div hx-get="ASK/v1/sites/acme.shop/fragments/4" hx-trigger="load" {QUIET}></div>'
MOUNT_2 = MOUNT.replace("fragments/4", "fragments/2")
PAGE_4 = HTMX["4"] + SHEET + MOUNT
SANDBOX = (
    'sandbox="allow-scripts allow-forms allow-same-origin allow-popups'
    ' allow-popups-to-escape-sandbox allow-downloads"'
)
ELEMENT = '<ask-once site="acme.shop" token-endpoint="/askonce-token"></ask-once>'
NO_STORE = {"cache_control": "no-store"}


@pytest.mark.parametrize(
    "body",
    [
        FRAME,
        PAGE_4,
        HTMX["2"] + SHEET + MOUNT_2,
        HTMX["2"].replace("htmx-2.0.11.min", "htmx") + SHEET + MOUNT_2,
        '<script src="/bundle.js"></script><script src="/htmx-4.0.1.min.js"></script>'
        + SHEET
        + MOUNT,
        ELEMENT + '<script async src="ASK/embed/1/loader.js"></script>',
        f"<ask-once site=acme.shop>{FRAME}</ask-once><script src=ASK/embed/1/loader.js></script>",
        f"<template><iframe src='ASK/v1/frames/x'></iframe></template>{FRAME}",
    ],
)
def test_of_a_healthy_page_nothing_is_said(clinic: Clinic, body: str) -> None:
    policy = "default-src 'self' 'unsafe-inline' ASK"
    headers = {"content_security_policy": clinic.filled(policy), **NO_STORE}
    assert clinic.examines(body, **headers)[1] == []


SICK = {
    "no embed": ("<p>Nothing</p>", {}, "embed_missing", "embeds Askonce", "<ask-once"),
    "not html": (
        FRAME,
        {"content_type": "text/plain"},
        "page_type",
        "says that it is text/plain",
        "Content-Type: text/html; charset=utf-8",
    ),
    "kept by a cache": (
        FRAME,
        {"cache_control": "public, max-age=60"},
        "page_cached",
        "The page holds a ticket",
        "Cache-Control: no-store",
    ),
    "from a cache": (
        FRAME,
        {"cache_control": "no-cache", "age": "7"},
        "page_cached",
        "says Cache-Control: no-cache",
        "Cache-Control: no-store",
    ),
    "site missing": (
        "<ask-once></ask-once>",
        {},
        "site_missing",
        "names no site",
        "<ask-once site",
    ),
    "site unknown": (
        '<ask-once site="shop"></ask-once>',
        {},
        "unknown_site",
        "asks for the site shop, and there is none of that id: acme.shop",
        'site="acme.shop"',
    ),
    "mount of an unknown site": (
        PAGE_4.replace("acme.shop", "acme.nowhere"),
        {},
        "unknown_site",
        "asks for the site acme.nowhere",
        "/v1/sites/acme.shop, acme.framed, acme.rotating, acme.closed/…",
    ),
    "mode": (
        PAGE_4.replace("acme.shop", "acme.framed"),
        {},
        "mode_unlisted",
        "embeds acme.framed in the mode htmx",
        "modes: [frame, htmx]",
    ),
    "origin": (
        ELEMENT.replace("acme.shop", "acme.closed"),
        {},
        "origin_unlisted",
        "origin HOST is not among the origins of acme.closed",
        "origins: [https://shop.example, HOST]",
    ),
    "a secret key": (
        FRAME + "<script>key = '-----BEGIN PRIVATE KEY-----'</script>",
        {},
        "secret_shown",
        "holds a private key",
        "askonce key new.pem --kid k2",
    ),
    "an API key": (
        FRAME + "<!-- ak_0123456789ab_" + "x" * 43 + " -->",
        {},
        "secret_shown",
        "holds an API key",
        "askonce key new.pem --kid k2",
    ),
    "a secret JWK": (
        FRAME + """<script>k = {"kty": "OKP", "x": "a", "d": "b"}</script>""",
        {},
        "secret_shown",
        "holds a private key",
        "askonce key new.pem --kid k2",
    ),
    "a backend's credential": (
        FRAME + f"<!-- {sign({'typ': 'askonce-client+jwt'}, {})} -->",
        {},
        "secret_shown",
        "holds a backend's credential",
        "askonce key new.pem --kid k2",
    ),
    "no key": (
        PAGE_4.replace("acme.shop", "acme.closed"),
        {},
        "site_keyless",
        "acme.closed has no key",
        "askonce key shop.pem",
    ),
    "no token endpoint": (
        ELEMENT.replace("token-endpoint", "data-nothing"),
        {},
        "token_endpoint_missing",
        "nobody says who the person is",
        'token-endpoint="/askonce-token"',
    ),
    "another origin's token endpoint": (
        ELEMENT.replace("/askonce-token", "https://api.example/token"),
        {},
        "token_endpoint_origin",
        "at https://api.example, another origin",
        'token-endpoint="/askonce-token"',
    ),
    "script": (
        '<script src="ASK/embed/1/loader.js"></script>' + ELEMENT,
        {"content_security_policy": "script-src 'self'"},
        "csp_script",
        "lets no script load from ASK: `script-src 'self'` decides.",
        "Content-Security-Policy: script-src 'self' ASK",
    ),
    "strict-dynamic": (
        '<script src="ASK/embed/1/loader.js"></script>' + ELEMENT,
        {"content_security_policy": "script-src 'nonce-a' 'strict-dynamic'"},
        "csp_script",
        "`script-src 'nonce-a' 'strict-dynamic'` decides.",
        '<script nonce="…the nonce of this answer…" src="ASK/embed/1/loader.js"',
    ),
    "frame": (
        FRAME,
        {"content_security_policy": "default-src 'self'"},
        "csp_frame",
        "lets no frame show ASK: `default-src 'self'` decides.",
        "Content-Security-Policy: frame-src 'self' ASK",
    ),
    "frame of an element": (
        ELEMENT,
        {"content_security_policy": "child-src 'none'"},
        "csp_frame",
        "`child-src 'none'` decides.",
        "Content-Security-Policy: child-src ASK",
    ),
    "token endpoint": (
        ELEMENT,
        {"content_security_policy": "default-src 'none'; frame-src ASK"},
        "csp_connect",
        "lets no script talk to HOST: `default-src 'none'` decides.",
        "Content-Security-Policy: connect-src 'self'",
    ),
    "connections, in a meta": (
        "<meta http-equiv='Content-Security-Policy' content=\"connect-src 'self'\">" + PAGE_4,
        {},
        "csp_connect",
        "(in its <meta>) lets no script talk to ASK",
        "Content-Security-Policy: connect-src 'self' ASK",
    ),
    "style": (
        PAGE_4,
        {"content_security_policy": "style-src-elem 'self'"},
        "csp_style",
        "lets no style sheet load from ASK",
        "Content-Security-Policy: style-src-elem 'self' ASK",
    ),
    "form": (
        '<form action="ASK/v1/frames/abc" target="f"></form>',
        {"content_security_policy": "form-action 'self'"},
        "csp_form",
        "lets no form post to ASK",
        "Content-Security-Policy: form-action 'self' ASK",
    ),
    "report only": (
        FRAME,
        {"content_security_policy_report_only": "frame-src 'none'"},
        "csp_report_only",
        "It only reports so far.",
        "Content-Security-Policy-Report-Only: frame-src ASK",
    ),
    "policy's sandbox": (
        FRAME,
        {"content_security_policy": "sandbox allow-scripts allow-forms"},
        "csp_sandbox",
        "without allow-same-origin",
        "Content-Security-Policy: sandbox allow-forms allow-same-origin allow-scripts",
    ),
    "style attribute": (
        FRAME.replace("<iframe", '<iframe style="height: 9em"'),
        {"content_security_policy": "style-src 'self'"},
        "csp_style_attribute",
        "takes the style attribute of the <iframe> away",
        'width="100%" height="260"',
    ),
    "sandbox without forms": (
        FRAME.replace(" allow-forms", ""),
        {},
        "frame_sandbox",
        "has no allow-forms: no form in it can be sent.",
        SANDBOX,
    ),
    "sandbox without an origin": (
        FRAME.replace(" allow-same-origin", ""),
        {},
        "frame_sandbox",
        "has no allow-same-origin: it has no origin",
        "allow-same-origin",
    ),
    "sandbox without scripts": (
        FRAME.replace("allow-scripts ", ""),
        {},
        "frame_sandbox_scripts",
        "has no allow-scripts: steps work",
        "allow-scripts",
    ),
    "referrer": (
        FRAME.replace("strict-origin", "no-referrer"),
        {},
        "frame_referrer",
        "tells Askonce nothing of the page",
        'referrerpolicy="strict-origin"',
    ),
    "title": (
        FRAME.replace("About you", ""),
        {},
        "frame_title",
        "has no title",
        'title="About you"',
    ),
    "height": (FRAME.replace(' height="260"', ""), {}, "frame_height", "jumps", 'height="260"'),
    "lazy": (
        FRAME.replace("<iframe", '<iframe loading="lazy"'),
        {},
        "frame_lazy",
        "its ticket is good for 60 seconds",
        'loading="eager"',
    ),
    "no loader": (ELEMENT, {}, "loader_missing", "no script of ours", "<script async crossorigin"),
    "no sheet": (MOUNT, {}, "sheet_missing", "not our style sheet", "ASK/embed/1/fragment.css"),
    "loader as a module": (
        '<script type="module" src="ASK/embed/1/loader.js"></script>' + ELEMENT,
        {},
        "loader_module",
        "is loaded as a module",
        '<script async crossorigin="anonymous" src="ASK/embed/1/loader.js"></script>',
    ),
    "unknown version": (
        PAGE_4.replace("/embed/1/", "/embed/0.1.0/"),
        {},
        "file_unknown",
        "answers 404: this Askonce has no such version",
        "ASK/embed/1/fragment.css",
    ),
    "unpinned": (
        PAGE_4.replace("/embed/1/", "/embed/1.0.0/"),
        {},
        "file_unpinned",
        "does not say what it expects",
        'crossorigin="anonymous" integrity="sha384-',
    ),
    "integrity": (
        PAGE_4.replace("<link", '<link crossorigin integrity="sha384-AAAA"'),
        {},
        "file_integrity",
        "is not that of the file",
        'integrity="sha384-',
    ),
    "crossorigin": (
        PAGE_4.replace("<link", '<link integrity="sha384-AAAA"'),
        {},
        "file_crossorigin",
        "has an integrity and no crossorigin",
        'crossorigin="anonymous" integrity="sha384-AAAA"',
    ),
    "no htmx": (SHEET + MOUNT, {}, "htmx_missing", "no htmx is to be seen", "htmx-4.0.1.min.js"),
    "other htmx": (
        HTMX["2"] + SHEET + MOUNT,
        {},
        "htmx_version",
        "loads htmx 2 and asks for forms in the dialect of htmx 4",
        "ASK/v1/sites/acme.shop/fragments/2",
    ),
    "both": (HTMX["2"] + PAGE_4, {}, "htmx_twice", "htmx 2 and 4", "of one version alone"),
    "neither dialect": (
        PAGE_4.replace("fragments/4", "fragments/3"),
        {},
        "unknown_path",
        "ends with 3",
        "ASK/v1/sites/acme.shop/fragments/4",
    ),
    "htmx 2 alone": (
        '<script src="/htmx-2.0.11.min.js"></script>' + SHEET + MOUNT_2,
        {},
        "htmx_self_only",
        "(htmx:invalidPath)",
        """<meta name="htmx-config" content='{"selfRequestsOnly":false}'>""",
    ),
    "htmx 4 alone": (
        '<script src="/htmx-4.0.1.min.js"></script>' + SHEET + MOUNT,
        {},
        "htmx_mode",
        "sets the mode of its requests to cors",
        'request.mode = "cors"',
    ),
    "a script that cannot be read": (
        '<script src="http://127.0.0.1:1/x.js"></script><script src="/htmx-4.0.1.min.js"></script>'
        + SHEET
        + MOUNT,
        {},
        "htmx_mode",
        "(Some scripts of the page could not be read.)",
        'request.mode = "cors"',
    ),
    "the page's address": (
        HTMX["4"].replace("HX-Current-URL", "x") + SHEET + MOUNT,
        {},
        "htmx_current_url",
        "the whole address of the page",
        'delete request.headers["HX-Current-URL"];',
    ),
    "trusted types and htmx 2": (
        HTMX["2"] + SHEET + MOUNT_2,
        {"content_security_policy": "require-trusted-types-for 'script'"},
        "trusted_types",
        "under which htmx 2 cannot",
        "<ask-once",
    ),
    "trusted types and htmx 4": (
        PAGE_4,
        {"content_security_policy": "require-trusted-types-for 'script'"},
        "trusted_types",
        "htmx 4 needs its extension hx-csp",
        "hx-csp-4.0.1.min.js",
    ),
    "a proxy's page": (
        PAGE_4.replace(QUIET, ""),
        {},
        "mount_status",
        "shows what a proxy answers",
        QUIET,
    ),
    "inherited headers, 2": (
        HTMX["2"] + SHEET + f"""<body hx-headers='{{"X-CSRF": "1"}}'>{MOUNT_2}""",
        {},
        "mount_inherits",
        "inherits hx-headers of <body>: X-CSRF is sent",
        'hx-headers="unset"',
    ),
    "inherited headers, 4": (
        HTMX["4"] + SHEET + f"""<body hx-headers:inherited='{{"X-CSRF": "1"}}'>{MOUNT}""",
        {},
        "mount_inherits",
        "inherits hx-headers:inherited of <body>",
        'hx-headers="{}"',
    ),
    "another address": (
        FRAME.replace("ASK", "http://127.0.0.1:1"),
        {},
        "askonce_address",
        "The page asks http://127.0.0.1:1; this Askonce is ASK",
        "ASK/v1/frames/abc",
    ),
}


@pytest.mark.parametrize(("body", "headers", "code", "sentence", "change"), SICK.values(), ids=SICK)
def test_what_is_wrong_is_said_with_the_line_to_change(
    clinic: Clinic, body: str, headers: dict[str, str], code: str, sentence: str, change: str
) -> None:
    filled = {name: clinic.filled(value) for name, value in headers.items()}
    _, findings = clinic.examines(body, **filled)
    found = [one for one in findings if one.code == code]
    assert [one for one in found if clinic.filled(sentence) in one.sentence], findings
    assert [one for one in found if clinic.filled(change) in one.change], found


def test_an_integrity_that_is_right_is_right(clinic: Clinic) -> None:
    body = PAGE_4.replace("/embed/1/", "/embed/1.0.0/")
    (found,) = clinic.examines(body)[1]
    mended = body.replace("<link", f"<link {found.change}")
    assert clinic.examines(mended)[1] == []
    moving = clinic.examines(mended.replace("1.0.0", "1"))[1]
    assert [(one.code, one.is_wrong) for one in moving] == [("file_moving", False)]


def test_an_assertion_in_the_page_is_read_at_its_mount(clinic: Clinic) -> None:
    token = clinic.assertion(aud="https://old.example", mode="element")
    said = f"""hx-headers='{{"Authorization": "Bearer {token}"}}'"""
    found = clinic.examines(f"\n\n{PAGE_4.replace('<div', '<div ' + said)}", **NO_STORE)[1]
    assert {("token_audience", 3), ("token_mode", 3)} <= {(one.code, one.line) for one in found}


def test_an_assertion_in_a_field_is_read_too(clinic: Clinic) -> None:
    field = f'<input type="hidden" name="assertion" value="{clinic.assertion(exp=1)}">'
    found = {one.code for one in clinic.examines(PAGE_4 + field)[1]}
    assert found == {"token_lifetime", "token_expired", "page_cached"}


def test_a_good_assertion_is_not_mentioned(clinic: Clinic) -> None:
    said = f"""hx-headers='{{"Authorization": "Bearer {clinic.assertion()}"}}'"""
    assert clinic.examines(PAGE_4.replace("<div", "<div " + said), **NO_STORE)[1] == []


def test_a_site_s_pinned_keys_are_fetched_as_askonce_fetches_them(clinic: Clinic) -> None:
    body = PAGE_4.replace("acme.shop", "acme.rotating")
    said = clinic.assertion(iss="acme.rotating")
    page = body.replace("<div", f"""<div hx-headers='{{"A": "Bearer {said}"}}'""")
    key = {**ED25519.as_dict(private=False), "kid": "k1"}
    clinic.serves("/jwks", json.dumps({"keys": [key]}), cache_control="no-store")
    assert clinic.examines(page, **NO_STORE)[1] == []
    clinic.serves("/jwks", json.dumps({"keys": []}))
    codes = {one.code for one in clinic.examines(page, **NO_STORE)[1]}
    assert codes == {"token_key"}
    clinic.serves("/jwks", "nonsense")
    (found, *_) = clinic.examines(page, **NO_STORE)[1]
    assert found.code == "jwks_unreachable"
    assert f"{clinic.host}/jwks cannot be fetched: what is there is no JWK Set." in found.sentence


def test_what_askonce_may_not_fetch_the_doctor_does_not_either(clinic: Clinic) -> None:
    url = clinic.serves("/page", PAGE_4.replace("acme.shop", "acme.rotating"))
    found = examine(url, replace(clinic.ours, has_loopback=False), _now())[1]
    assert "cannot be fetched: address." in found[0].sentence


def test_a_page_that_sends_elsewhere_says_so(clinic: Clinic) -> None:
    clinic.serves("/sign-in", FRAME, cache_control="no-store")
    url = clinic.serves("/page", "", location="/sign-in")
    _, found = examine(url, clinic.ours, _now())
    assert [(one.code, one.is_wrong) for one in found] == [("page_redirected", False)]
    assert found[0].change == f'askonce doctor --header "Cookie: …" {clinic.host}/page'


def test_a_page_that_is_not_there_says_so(clinic: Clinic) -> None:
    _, found = examine(clinic.host + "/nowhere", clinic.ours, _now())
    assert {"page_status", "embed_missing"} <= {one.code for one in found}


def test_a_session_is_shown_to_the_page_and_to_nobody_else(clinic: Clinic) -> None:
    clinic.asked.clear()
    url = clinic.serves("/page", PAGE_4 + '<script src="/bundle.js"></script>')
    examine(url, clinic.ours, _now(), headers={"Cookie": "session=1"})
    told = {path: headers.get("cookie") for path, headers in clinic.asked}
    assert told["/page"] == "session=1"
    assert told["/bundle.js"] is None


def test_an_askonce_that_is_away_is_said(clinic: Clinic) -> None:
    away = replace(clinic.ours, url="http://localhost:1")
    url = clinic.serves("/page", FRAME.replace("ASK", "http://localhost:1"))
    found = examine(url, away, _now())[1]
    assert ("askonce_unreachable", "curl -i http://localhost:1/ready") in _lines(found)


# What something in front of Askonce does, or a network: the case as it was, but for that.


def test_a_proxy_that_forbids_frames_is_said(clinic: Clinic) -> None:
    case, _ = clinic.examines(FRAME)
    assert case.framed
    barred = replace(case.framed, headers=(*case.framed.headers, ("X-Frame-Options", "DENY")))
    assert ("frame_options", "proxy_hide_header X-Frame-Options;") in _of(case, framed=barred)


def test_our_own_documents_that_name_other_ancestors_are_said(clinic: Clinic) -> None:
    case, _ = clinic.examines(FRAME)
    policy = (("content-security-policy", "frame-ancestors https://other.example"),)
    framed = Answer(case.ours.url, 200, policy, b"")
    assert ("frame_ancestors", f"origins: [{clinic.host}]") in _of(case, framed=framed)


def test_an_isolated_page_gets_what_it_needs_unless_a_proxy_takes_it(clinic: Clinic) -> None:
    case, found = clinic.examines(FRAME, cross_origin_embedder_policy="require-corp", **NO_STORE)
    assert found == []
    assert case.framed
    kept = tuple(pair for pair in case.framed.headers if not pair[0].startswith("cross-origin"))
    stripped = replace(case.framed, headers=kept)
    change = "proxy_pass_header Cross-Origin-Embedder-Policy;"
    assert ("frame_isolated", change) in _of(case, framed=stripped)


def test_a_preflight_that_something_else_answers_is_said(clinic: Clinic) -> None:
    case, found = clinic.examines(PAGE_4)
    assert found == []
    answered = {one.url: Answer(one.url, 200, (), b"") for one in case.all("mount")}
    change = "askonce config apply askonce.yaml"
    assert ("preflight_refused", change) in _of(case, preflights=answered)


def test_an_askonce_that_is_not_ready_is_said_in_its_words(clinic: Clinic) -> None:
    case, _ = clinic.examines(FRAME)
    ready = Answer(case.ours.url, 503, (), b"no configuration is published")
    (found,) = networks.check(replace(case, ready=ready))
    assert found.code == "askonce_not_ready"
    assert "503, no configuration is published." in found.sentence


@pytest.mark.parametrize(
    ("page", "ours", "is_blocked"),
    [
        ("public", "loopback", True),
        ("public", "local", True),
        ("local", "loopback", True),
        ("local", "local", False),
        ("loopback", "public", False),
        ("public", "public", False),
    ],
)
def test_a_page_reaches_no_narrower_network(
    clinic: Clinic, page: str, ours: str, is_blocked: bool
) -> None:
    case, _ = clinic.examines(FRAME)
    found = [code for code, _ in _of(case, spaces=(page, ours))]
    assert ("private_network" in found) is is_blocked


@pytest.mark.parametrize(
    ("url", "space"),
    [
        ("http://127.0.0.1:1/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("https://10.1.2.3/", "local"),
        ("https://192.168.0.1/", "local"),
        ("https://[fd00::1]/", "local"),
        ("https://1.1.1.1/", "public"),
        ("https:///", "public"),
    ],
)
def test_an_address_is_of_a_network(url: str, space: str) -> None:
    assert address_space(url) == space


@pytest.mark.parametrize(
    ("ours", "is_wrong", "browsers"),
    [("http://ask.example", True, "browsers block"), ("http://localhost:1", False, "Safari")],
)
def test_a_safe_page_embeds_nothing_unsafe(
    clinic: Clinic, ours: str, is_wrong: bool, browsers: str
) -> None:
    case, _ = clinic.examines(FRAME)
    page = replace(case.page, url="https://shop.example/")
    sick = replace(case, page=page, ours=replace(case.ours, url=ours))
    (found,) = [one for one in networks.check(sick) if one.code == "mixed_content"]
    assert (found.is_wrong, browsers in found.sentence) == (is_wrong, True)
    assert found.change == f"ASKONCE_URL={ours.replace('http:', 'https:')}"


@pytest.mark.parametrize(
    ("date", "age", "said"),
    [
        ("Mon, 02 Nov 2026 09:01:00 GMT", "0", "60 seconds ahead of"),
        ("Mon, 02 Nov 2026 08:58:00 GMT", "", "120 seconds behind"),
        ("Mon, 02 Nov 2026 08:58:00 GMT", "120", ""),
        ("Mon, 02 Nov 2026 09:00:20 GMT", "", ""),
        ("yesterday", "", ""),
    ],
)
def test_a_clock_that_is_wrong_is_said(
    clinic: Clinic, at: datetime, date: str, age: str, said: str
) -> None:
    case, _ = clinic.examines(FRAME)
    page = replace(case.page, headers=(("date", date), ("age", age)))
    found = [one.sentence for one in networks.check(replace(case, page=page, at=at, ready=page))]
    assert bool(found) is bool(said)
    assert all(said in sentence for sentence in found)


def _now() -> datetime:
    return datetime.now(UTC)


def _lines(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.code, one.change) for one in findings]


def _of(case: Case, **changes: Any) -> list[tuple[str, str]]:
    """What is found where only that is different."""
    changed = replace(case, **changes)
    return _lines([one for check in CHECKS for one in check(changed)])
