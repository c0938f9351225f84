"""The mounts: the page's own htmx, its version and settings, as far as its source shows them."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.doctor.cases import Case
from app.doctor.embeds import Embed, hx, json_of
from app.doctor.fetching import origin_of
from app.doctor.findings import Finding, doubtful, wrong

DIALECTS = ("2", "4")
# In an address: htmx-2.0.11.min.js, htmx.org@4, /htmx/4.0.1/. In the file itself: its version.
_IN_ADDRESS = re.compile(r"htmx(?:\.org)?(?:\.min)?[@/-]v?(\d+)(?:[./-]|$)", re.IGNORECASE)
_IN_TEXT = re.compile(r"""\bversion\s*[:=]\s*["'](\d+)\.\d+\.\d+["']""")
_SETTINGS = re.compile(r"""selfRequestsOnly["']?\s*[:=]\s*(?:false|!1)""")
_CROSSES = re.compile(r"""mode["']?\s*[:=]\s*["']cors["']""")
_HEADERS = ("hx-headers", "hx-headers:inherited", "data-hx-headers")
_VERSION_2 = """<meta name="htmx-config" content='{"selfRequestsOnly":false}'>"""
_VERSION_4 = (
    'addEventListener("htmx:config:request", ({detail: {ctx: {request}}}) => {'
    " if (new URL(request.action, document.baseURI).origin === ASKONCE)"
    ' { request.mode = "cors"; request.credentials = "omit";'
    ' delete request.headers["HX-Current-URL"]; } });'
)


def check(case: Case) -> Iterator[Finding]:
    mounts = case.all("mount")
    if not mounts:
        return
    found = versions(case)
    yield from _versioned(case, mounts, found)
    if "2" in found:
        yield from _of_version_2(case)
    if "4" in found:
        yield from _of_version_4(case)
    if found and "HX-Current-URL" not in case.scripts and not case.has_unread:
        yield doubtful(
            "htmx_current_url",
            "Nothing in the page takes the header HX-Current-URL from what htmx sends: the whole"
            " address of the page, with its query, goes to Askonce, which drops it.",
            'delete request.headers["HX-Current-URL"];',
        )
    for mount in mounts:
        yield from _mounted(case, mount)


def versions(case: Case) -> set[str]:
    """The major versions of htmx that the page loads."""
    found: set[str] = set()
    for script in case.markup.all("script"):
        source = script.get("src")
        named = _IN_ADDRESS.search(source)
        if named:
            found.add(named[1])
        elif "htmx" in source.lower():
            found |= set(_IN_TEXT.findall(_text(case, source))[:1])
    return found


def _text(case: Case, source: str) -> str:
    path = urlsplit(source).path
    files = (one for url, one in case.files.items() if one and urlsplit(url).path.endswith(path))
    return next((one.text for one in files), "")


def _versioned(case: Case, mounts: list[Embed], found: set[str]) -> Iterator[Finding]:
    if len(found) > 1:
        yield wrong(
            "htmx_twice",
            f"The page loads htmx {' and '.join(sorted(found))}: each sends every form.",
            "<script src=…/htmx.min.js> of one version alone",
        )
    if not found:
        yield doubtful(
            "htmx_missing",
            "The page has a mount, and no htmx is to be seen in its source: in a bundle only a"
            " browser sees it.",
            '<script defer src="/static/htmx-4.0.1.min.js"></script>',
        )
    for mount in mounts:
        dialect = mount.parts["dialect"]
        if dialect not in DIALECTS:
            yield wrong(
                "unknown_path",
                f"The mount's address ends with {dialect}, which is no version of htmx.",
                mount.url.replace(f"/{dialect}", "/4", 1),
                mount.line,
            )
        elif found and dialect not in found:
            (other, *_) = sorted(found)
            yield wrong(
                "htmx_version",
                f"The page loads htmx {other} and asks for forms in the dialect of htmx {dialect}:"
                " their attributes mean other things there.",
                mount.url.partition("?")[0].removesuffix(dialect) + other,
                mount.line,
            )


def _of_version_2(case: Case) -> Iterator[Finding]:
    config = " ".join(one.get("content") for one in case.markup.all("meta"))
    if not _SETTINGS.search(config) and not _SETTINGS.search(case.scripts):
        yield _unseen(
            case,
            "htmx_self_only",
            "htmx 2 talks to its own origin alone, and nothing in the page says otherwise: no"
            " request leaves (htmx:invalidPath).",
            _VERSION_2,
        )
    typed = [one for one in case.policies if "require-trusted-types-for" in one.directives]
    if any(one.is_enforced for one in typed):
        yield wrong(
            "trusted_types",
            "The page requires Trusted Types, under which htmx 2 cannot put an answer into it.",
            '<ask-once site="acme.shop" token-endpoint="/askonce-token" on="login"></ask-once>',
        )


def _of_version_4(case: Case) -> Iterator[Finding]:
    config = " ".join(one.get("content") for one in case.markup.all("meta"))
    if not _CROSSES.search(config) and not _CROSSES.search(case.scripts):
        yield _unseen(
            case,
            "htmx_mode",
            "htmx 4 talks to its own origin alone, and nothing in the page sets the mode of its"
            " requests to cors: no request leaves (TypeError: Failed to fetch).",
            _VERSION_4,
        )
    typed = [one for one in case.policies if "require-trusted-types-for" in one.directives]
    has_extension = any("hx-csp" in one.get("src") for one in case.markup.all("script"))
    if any(one.is_enforced for one in typed) and not has_extension:
        yield wrong(
            "trusted_types",
            "The page requires Trusted Types, under which htmx 4 needs its extension hx-csp.",
            '<script defer src="/static/hx-csp-4.0.1.min.js"></script>',
        )


def _unseen(case: Case, code: str, sentence: str, change: str) -> Finding:
    """Wrong where every script was read; else it may stand in one that was not."""
    if case.has_unread:
        told = sentence + " (Some scripts of the page could not be read.)"
        return doubtful(code, told, change)
    return wrong(code, sentence, change)


def _mounted(case: Case, mount: Embed) -> Iterator[Finding]:
    element, is_4 = mount.element, mount.parts["dialect"] == "4"
    if is_4 and not any("hx-status:5" in name for name in element.attributes):
        yield doubtful(
            "mount_status",
            "htmx 4 shows what a proxy answers when Askonce is away, in the mount.",
            'hx-status:4xx="swap:none" hx-status:5xx="swap:none"',
            mount.line,
        )
    own = hx(element, "hx-headers")
    # htmx 4 hands down only what says so, and what an element has itself replaces it.
    is_closed = bool(own) if is_4 else own == "unset"
    for above in () if is_closed or origin_of(mount.url) == case.origin else element.above:
        name = next((one for one in _HEADERS if above.has(one)), "")
        handed = list(json_of(above.get(name)))
        if name and (not is_4 or "inherited" in name):
            yield wrong(
                "mount_inherits",
                f"The mount inherits {name} of <{above.name}>: {', '.join(handed) or 'a script'} is"
                " sent to Askonce, which a browser's preflight refuses, and a secret would leave.",
                "hx-post with the assertion in hx-vals, and "
                + ('hx-headers="{}"' if is_4 else 'hx-headers="unset"'),
                mount.line,
            )
