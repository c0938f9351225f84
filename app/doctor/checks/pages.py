"""The page itself: whether it is one, embeds something, and is kept by no cache."""

import re
from collections.abc import Iterator

from app.doctor.cases import Case
from app.doctor.embeds import TOKEN, credentials_beside
from app.doctor.findings import Finding, doubtful, wrong
from app.doctor.tokens import parts_of
from app.domain.assertions import LIFETIMES
from app.domain.backchannel import TYP as CLIENT

_SNIPPET = '<ask-once site="acme.shop" token-endpoint="/askonce-token" on="login"></ask-once>'

# What proves who a site is, and belongs to its backend alone.
_QUOTED = "[\"']{}[\"']"
_KTY, _D = _QUOTED.format("kty"), _QUOTED.format("d")
_SECRETS = {
    "an API key": re.compile(r"\bak_[0-9a-f]{12}_[\w-]{43}"),
    "a private key": re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----|"
        rf"{{[^{{}}]*(?:{_KTY}[^{{}}]*{_D}|{_D}[^{{}}]*{_KTY})\s*:"
    ),
}


def check(case: Case) -> Iterator[Finding]:
    if case.page.status >= 400:
        yield wrong(
            "page_status",
            f"The page answers {case.page.status}.",
            'askonce doctor --header "Cookie: …" ' + case.asked,
        )
    if "html" not in case.page.header("content-type"):
        kind = case.page.header("content-type") or "nothing"
        yield wrong(
            "page_type",
            f"The page says that it is {kind}, not HTML.",
            "Content-Type: text/html; charset=utf-8",
        )
    if case.page.url != case.asked:
        yield doubtful(
            "page_redirected",
            f"The page sent the doctor on to {case.page.url}, and that is what was looked at:"
            " perhaps one has to be signed in.",
            f'askonce doctor --header "Cookie: …" {case.asked}',
        )
    if not case.all("element", "frame", "form", "mount"):
        yield wrong(
            "embed_missing",
            "Nothing in the page's source embeds Askonce. What a script of the page adds, only a"
            " browser sees: there the doctor runs in the page.",
            _SNIPPET,
        )
    yield from _kept(case)
    yield from _shown(case)


def _shown(case: Case) -> Iterator[Finding]:
    """A secret in the page or in a script of its own: whoever sees the page speaks as the site."""
    text = case.page.text + case.scripts
    found = [what for what, pattern in _SECRETS.items() if pattern.search(text)]
    headers = (parts_of(token)[0] or {} for token in TOKEN.findall(text))
    if any(header.get("typ") == CLIENT for header in headers):
        found.append("a backend's credential")
    for what in found:
        yield wrong(
            "secret_shown",
            f"The page or a script of it holds {what}: whoever sees it can speak for the site."
            " Take it out, and make a new one.",
            "askonce key new.pem --kid k2",
        )


def _kept(case: Case) -> Iterator[Finding]:
    """A ticket is good once, an assertion for a person: neither may be shown to anybody else."""
    secrets = [one for one in case.embeds if one.credentials or "ticket" in one.parts]
    if not secrets and not credentials_beside(case.markup):
        return
    written = case.page.header("cache-control").lower()
    said = {part.strip().partition("=")[0]: part for part in written.split(",") if part.strip()}
    if "no-store" in said:
        return
    what = "a ticket" if "ticket" in (secrets[0].parts if secrets else {}) else "an assertion"
    age = case.page.header("age")
    is_shared = {"public", "s-maxage"} & said.keys() or age.strip("0 ")
    is_kept = "max-age" in said and not said["max-age"].strip().endswith("=0")
    say = wrong if is_shared or is_kept else doubtful
    how = f"Cache-Control: {written}" if written else "no Cache-Control"
    yield say(
        "page_cached",
        f"The page holds {what}, which is good for {LIFETIMES['htmx']} seconds and one person, and"
        f" says {how}: a copy that is kept shows it too late, or to somebody else.",
        "Cache-Control: no-store",
    )
