"""The content policy of a page (CSP level 3): what it lets the page load, and what it does not.

Sections below are those of https://www.w3.org/TR/CSP3/. Only what a host's page needs in order to
embed us is answered: scripts, styles, frames, connections and where its forms go.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

Use = Literal["script", "style", "frame", "connect", "form"]

# Section 6.8.3: the first of these directives that a policy has decides. A form's has no fallback.
_DECIDING: dict[Use, tuple[str, ...]] = {
    "script": ("script-src-elem", "script-src", "default-src"),
    "style": ("style-src-elem", "style-src", "default-src"),
    "frame": ("frame-src", "child-src", "default-src"),
    "connect": ("connect-src", "default-src"),
    "form": ("form-action",),
}
# Section 3.3: these have no meaning in a `<meta>`.
_NOT_IN_META = frozenset(("frame-ancestors", "report-uri", "sandbox"))
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
# Section 6.7.2.8: a policy that allows the weaker scheme allows the stronger one.
_ALSO = {"http": ("https",), "ws": ("wss", "http", "https"), "wss": ("https",)}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HOST = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?"
    r"(?P<host>\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>\d+|\*))?(?P<path>/[^?#]*)?",
    re.IGNORECASE,
)
_HASH = re.compile(r"'(sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page wants to load: its address, and what its element says besides."""

    use: Use
    url: str
    nonce: str = ""
    integrity: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: each directive's sources. `is_enforced` is false where it only reports."""

    directives: Mapping[str, tuple[str, ...]]
    is_enforced: bool = True
    is_meta: bool = False

    def deciding(self, use: Use) -> str | None:
        """The name of the directive that decides, if one does."""
        return next((name for name in _DECIDING[use] if name in self.directives), None)

    def allows(self, wanted: Wanted, page: str) -> bool:
        """Whether the page at that address may load it."""
        name = self.deciding(wanted.use)
        if name is None:
            return True
        sources = self.directives[name]
        if wanted.use in ("script", "style") and _is_known(sources, wanted):
            return True
        # Section 6.7.1.1: then an address says nothing any more, and the parser's scripts need
        # one of the ways above.
        if wanted.use == "script" and "'strict-dynamic'" in _lower(sources):
            return False
        return any(_matches(source, urlsplit(wanted.url), urlsplit(page)) for source in sources)

    def mended(self, use: Use, source: str) -> str:
        """The directive that also allows `source`, as it has to be written."""
        name = self.deciding(use)
        sources = [one for one in self.directives.get(name or "", ()) if one.lower() != "'none'"]
        written = _DECIDING[use][1] if use in ("script", "style") else _DECIDING[use][0]
        # A directive that decides by itself is changed; a fallback of many stays as it is.
        kept = name if name and name != "default-src" else written
        return " ".join([kept, *sources, *([source] if source not in sources else [])])


def read_policies(
    headers: Iterable[tuple[str, str]], metas: Iterable[str] = ()
) -> tuple[Policy, ...]:
    """Every policy of a page, from its response's headers and its `<meta>` elements."""
    found: list[Policy] = []
    for name, value in headers:
        kind = name.lower()
        if kind in ("content-security-policy", "content-security-policy-report-only"):
            is_enforced = not kind.endswith("report-only")
            found += [Policy(one, is_enforced) for one in map(_directives, value.split(",")) if one]
    for content in metas:
        kept = {k: v for k, v in _directives(content).items() if k not in _NOT_IN_META}
        found += [Policy(kept, is_meta=True)] if kept else []
    return tuple(found)


def may_frame(policy: Policy, page: str, own: str) -> bool:
    """Whether a document at `own` that has this policy may stand in a frame of `page`."""
    sources = policy.directives.get("frame-ancestors")
    if sources is None or not policy.is_enforced:
        return True
    return any(
        _matches(source, urlsplit(page)._replace(path=""), urlsplit(own)) for source in sources
    )


def _directives(written: str) -> dict[str, tuple[str, ...]]:
    """Section 2.2.1: names are of either case, and the first of its name counts."""
    found: dict[str, tuple[str, ...]] = {}
    for part in written.split(";"):
        name, *values = part.split() or [""]
        if name:
            found.setdefault(name.lower(), tuple(values))
    return found


def _is_known(sources: tuple[str, ...], wanted: Wanted) -> bool:
    """Section 6.7.1.1: by its nonce, or by an integrity of which every hash is listed."""
    if wanted.nonce and f"'nonce-{wanted.nonce}'" in sources:
        return True
    if wanted.use != "script":
        return False
    listed = {found[1] for found in map(_HASH.fullmatch, sources) if found}
    hashes = set(wanted.integrity.split())
    return bool(hashes) and hashes <= listed


def _lower(sources: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(source.lower() for source in sources)


def _matches(source: str, url: SplitResult, page: SplitResult) -> bool:
    """Section 6.7.2.8: whether an address matches a source expression."""
    if source == "*":
        return url.scheme in _PORTS or url.scheme == page.scheme
    if source.lower() == "'self'":
        return _is_own(url, page)
    if found := _SCHEME.fullmatch(source):
        return _is_scheme(found[1].lower(), url.scheme)
    parts = _HOST.fullmatch(source)
    if not parts or not url.hostname:
        return False
    scheme = (parts["scheme"] or page.scheme).lower()
    return (
        _is_scheme(scheme, url.scheme)
        and _is_host(parts["host"].lower(), url.hostname)
        and _is_port(parts["port"], url)
        and _is_path(parts["path"] or "", url.path)
    )


def _is_own(url: SplitResult, page: SplitResult) -> bool:
    if url.hostname != page.hostname:
        return False
    if url.scheme == page.scheme:
        return _port(url) == _port(page)
    are_default = _port(url) == _PORTS.get(url.scheme) and _port(page) == _PORTS.get(page.scheme)
    return url.scheme in ("https", "wss") and (are_default or _port(url) == _port(page))


def _is_scheme(allowed: str, asked: str) -> bool:
    return asked == allowed or asked in _ALSO.get(allowed, ())


def _is_host(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    # Numbers too: the specification leaves all but 127.0.0.1 out, and browsers do not.
    return pattern.strip("[]") == host


def _is_port(written: str | None, url: SplitResult) -> bool:
    if written == "*":
        return True
    return _port(url) == (_PORTS.get(url.scheme) if written is None else int(written))


def _is_path(pattern: str, path: str) -> bool:
    """Section 6.7.2.12: exactly, or below where it ends with a slash."""
    if not pattern or pattern == "/" == (path or "/"):
        return True
    if pattern.endswith("/"):
        return unquote(path).startswith(unquote(pattern))
    return unquote(path) == unquote(pattern)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
