"""The frames: what their attributes forbid the document in them, and what reaches the page."""

from collections.abc import Iterator

from app.doctor.cases import Case
from app.doctor.embeds import Embed
from app.doctor.findings import Finding, doubtful, wrong
from app.lib.content_policy import may_frame, read_policies

_SANDBOX = (
    "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    " allow-downloads"
)
_WITHOUT = {
    "allow-forms": "no form in it can be sent",
    "allow-same-origin": "it has no origin, and Askonce refuses what it sends",
}


def check(case: Case) -> Iterator[Finding]:
    for embed in case.all("frame"):
        yield from _sandboxed(embed)
        yield from _told(embed)
    if case.all("frame", "form", "element") and case.framed:
        yield from _reached(case)


def _sandboxed(embed: Embed) -> Iterator[Finding]:
    element = embed.element
    if not element.has("sandbox"):
        return
    allowed = set(element.get("sandbox").lower().split())
    change = f'sandbox="{_SANDBOX}"'
    for token, harm in _WITHOUT.items():
        if token not in allowed:
            yield wrong(
                "frame_sandbox",
                f"The frame's sandbox has no {token}: {harm}.",
                change,
                embed.line,
            )
    if "allow-scripts" not in allowed:
        yield doubtful(
            "frame_sandbox_scripts",
            "The frame's sandbox has no allow-scripts: steps work, and the page hears of nothing.",
            change,
            embed.line,
        )


def _told(embed: Embed) -> Iterator[Finding]:
    element = embed.element
    if element.get("referrerpolicy").lower() == "no-referrer":
        yield doubtful(
            "frame_referrer",
            "The frame's referrerpolicy tells Askonce nothing of the page: a stolen ticket would"
            " open in any page.",
            'referrerpolicy="strict-origin"',
            embed.line,
        )
    if not element.get("title").strip():
        yield doubtful(
            "frame_title",
            "The frame has no title: who cannot see it does not learn what it is (WCAG 4.1.2).",
            'title="About you"',
            embed.line,
        )
    if not element.get("height") and "height" not in element.get("style"):
        yield doubtful(
            "frame_height",
            "The frame has no height: the page jumps when the step appears. The answer of"
            " /api/v1/tickets has the number.",
            'height="260"',
            embed.line,
        )
    if element.get("loading").lower() == "lazy" and "ticket" in embed.parts:
        yield doubtful(
            "frame_lazy",
            "The frame loads when it comes into view, and its ticket is good for 60 seconds.",
            'loading="eager"',
            embed.line,
        )


def _reached(case: Case) -> Iterator[Finding]:
    """Our own answer on its way to the page: proxies add headers and take some away."""
    answer = case.framed
    assert answer is not None
    if answer.header("x-frame-options"):
        yield wrong(
            "frame_options",
            "Something in front of Askonce adds X-Frame-Options:"
            f" {answer.header('x-frame-options')} to its documents, and browsers show no frame.",
            "proxy_hide_header X-Frame-Options;",
        )
    policies = read_policies(answer.headers)
    if not all(may_frame(one, case.page.url, answer.url) for one in policies):
        yield wrong(
            "frame_ancestors",
            f"The documents of Askonce say that {case.origin} may not frame them.",
            f"origins: [{case.origin}]",
        )
    host = case.page.header("cross-origin-embedder-policy").partition(";")[0].strip().lower()
    ours = answer.header("cross-origin-embedder-policy").partition(";")[0].strip().lower()
    resource = answer.header("cross-origin-resource-policy").strip().lower()
    isolates = ("require-corp", "credentialless")
    if host in isolates and (ours not in isolates or resource != "cross-origin"):
        yield wrong(
            "frame_isolated",
            f"The page is cross-origin isolated (Cross-Origin-Embedder-Policy: {host}), and our"
            " documents arrive without the headers that such a page needs: something in front of"
            " Askonce takes them away.",
            "proxy_pass_header Cross-Origin-Embedder-Policy;",
        )
