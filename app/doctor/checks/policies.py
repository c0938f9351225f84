"""The page's content policies: whether each lets the embeds load, connect and post."""

from collections.abc import Iterator
from urllib.parse import urljoin

from app.doctor.cases import Case
from app.doctor.embeds import Embed
from app.doctor.fetching import origin_of
from app.doctor.findings import Finding, doubtful, wrong
from app.lib.content_policy import Policy, Use, Wanted

_LOADED: dict[Use, str] = {
    "script": "lets no script load from",
    "style": "lets no style sheet load from",
    "frame": "lets no frame show",
    "connect": "lets no script talk to",
    "form": "lets no form post to",
}


def check(case: Case) -> Iterator[Finding]:
    wanted = [(one, embed) for embed in case.embeds for one in _wanted(case, embed)]
    for policy in case.policies:
        for one, embed in wanted:
            if not policy.allows(one, case.page.url):
                yield _refused(case, policy, one, embed)
        yield from _sandboxed(case, policy)
        yield from _styled(case, policy)


def _wanted(case: Case, embed: Embed) -> Iterator[Wanted]:
    """What the browser will load for an embed."""
    element = embed.element
    match embed.kind:
        case "loader":
            yield Wanted("script", embed.url, element.get("nonce"), element.get("integrity"))
        case "sheet":
            yield Wanted("style", embed.url, element.get("nonce"))
        case "mount":
            yield Wanted("connect", embed.url)
        case "form":
            yield Wanted("form", embed.url)
            yield Wanted("frame", embed.url)
        case "frame":
            yield Wanted("frame", embed.url)
        case "element":
            yield Wanted("frame", f"{case.ours.url}/v1/sites/{embed.site}/frame")
            if element.get("token-endpoint"):
                yield Wanted("connect", urljoin(case.page.url, element.get("token-endpoint")))


def _refused(case: Case, policy: Policy, wanted: Wanted, embed: Embed) -> Finding:
    name = policy.deciding(wanted.use) or ""
    sources = policy.directives[name]
    target = origin_of(wanted.url)
    where = " (in its <meta>)" if policy.is_meta else ""
    sentence = (
        f"The page's content policy{where} {_LOADED[wanted.use]} {target}:"
        f" `{' '.join([name, *sources])}` decides."
    )
    source = "'self'" if target == case.origin else target
    change = f"Content-Security-Policy: {policy.mended(wanted.use, source)}"
    if wanted.use == "script" and "'strict-dynamic'" in sources:
        # Then no address counts, but a nonce does.
        change = f'<script nonce="…the nonce of this answer…" src="{wanted.url}"'
    if not policy.is_enforced:
        told = sentence + " It only reports so far."
        return doubtful("csp_report_only", told, change.replace("Policy:", "Policy-Report-Only:"))
    return wrong(f"csp_{wanted.use}", sentence, change, embed.line)


def _sandboxed(case: Case, policy: Policy) -> Iterator[Finding]:
    allowed = {one.lower() for one in policy.directives.get("sandbox", ())}
    needed = {"allow-same-origin", "allow-forms", "allow-scripts"}
    if "sandbox" in policy.directives and policy.is_enforced and needed - allowed:
        written = " ".join(sorted(allowed | needed))
        yield wrong(
            "csp_sandbox",
            "The page's content policy has a `sandbox` without"
            f" {', '.join(sorted(needed - allowed))}: the page has no origin, or cannot act, and"
            " neither can what it embeds.",
            f"Content-Security-Policy: sandbox {written}",
        )


def _styled(case: Case, policy: Policy) -> Iterator[Finding]:
    """A `style` attribute of the snippet, which a strict policy takes away."""
    names = ("style-src-attr", "style-src", "default-src")
    name = next((one for one in names if one in policy.directives), None)
    if name is None or "'unsafe-inline'" in policy.directives[name]:
        return
    for embed in case.all("frame", "element"):
        if embed.element.get("style"):
            yield doubtful(
                "csp_style_attribute",
                f"`{name}` of the page's content policy takes the style attribute of the"
                f" <{embed.element.name}> away, and with it its size.",
                'width="100%" height="260"',
                embed.line,
            )
