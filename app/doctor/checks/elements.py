"""The elements: where each gets the assertion from that its frame asks for."""

from collections.abc import Iterator
from urllib.parse import urljoin

from app.doctor.cases import Case
from app.doctor.embeds import Embed
from app.doctor.fetching import origin_of
from app.doctor.findings import Finding, doubtful, wrong


def check(case: Case) -> Iterator[Finding]:
    for embed in case.all("element"):
        endpoint = embed.element.get("token-endpoint")
        target = urljoin(case.page.url, endpoint)
        if not endpoint and not _has_another_way(case, embed):
            yield wrong(
                "token_endpoint_missing",
                "The <ask-once> has no token-endpoint, no ticketed frame in it, and no script of"
                " the page gives it a getToken: nobody says who the person is.",
                'token-endpoint="/askonce-token"',
                embed.line,
            )
        elif endpoint and origin_of(target) != case.origin:
            yield doubtful(
                "token_endpoint_origin",
                f"The token endpoint is at {origin_of(target)}, another origin than the page's: it"
                " gets no session, and has to allow the header X-Askonce-Nonce.",
                'token-endpoint="/askonce-token"',
                embed.line,
            )


def _has_another_way(case: Case, embed: Embed) -> bool:
    is_held = any(embed.element in one.element.above for one in case.all("frame"))
    return is_held or "getToken" in case.scripts or case.has_unread
