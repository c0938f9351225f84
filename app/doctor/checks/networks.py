"""The networks between the page and Askonce: addresses, schemes, clocks and who may reach whom."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from app.doctor.cases import Case
from app.doctor.fetching import Answer, origin_of
from app.doctor.findings import Finding, doubtful, wrong
from app.domain.site_tokens import SKEW

# From the widest to the narrowest: a page may reach its own and what is wider.
SPACES = ("public", "local", "loopback")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check(case: Case) -> Iterator[Finding]:
    yield from _ready(case)
    yield from _addressed(case)
    yield from _secured(case)
    yield from _within_reach(case)
    yield from _on_time(case)


def _ready(case: Case) -> Iterator[Finding]:
    if case.ready is None:
        yield wrong(
            "askonce_unreachable",
            f"Askonce does not answer at {case.ours.url}, which is its ASKONCE_URL.",
            f"curl -i {case.ours.url}/ready",
        )
    elif case.ready.status != 200:
        yield wrong(
            "askonce_not_ready",
            f"Askonce answers, and cannot serve: {case.ready.status},"
            f" {case.ready.text.strip()[:200] or 'without a word'}.",
            f"curl -i {case.ours.url}/ready",
        )


def _addressed(case: Case) -> Iterator[Finding]:
    for embed in case.embeds:
        told = origin_of(embed.url) if embed.url else case.ours.url
        if told != case.ours.url:
            yield wrong(
                "askonce_address",
                f"The page asks {told}; this Askonce is {case.ours.url} and believes tokens for"
                " that address alone.",
                embed.url.replace(told, case.ours.url, 1),
                embed.line,
            )


def _secured(case: Case) -> Iterator[Finding]:
    ours, page = urlsplit(case.ours.url), urlsplit(case.page.url)
    if page.scheme != "https" or ours.scheme != "http" or not case.embeds:
        return
    is_loopback = ours.hostname in _LOOPBACK
    yield (doubtful if is_loopback else wrong)(
        "mixed_content",
        f"The page comes over https and Askonce over http ({case.ours.url}):"
        + (" Safari blocks that." if is_loopback else " browsers block that."),
        f"ASKONCE_URL=https://{ours.netloc}",
    )


def _within_reach(case: Case) -> Iterator[Finding]:
    theirs, ours = case.spaces
    if SPACES.index(ours) > SPACES.index(theirs):
        yield wrong(
            "private_network",
            f"The page is on a {theirs} address and Askonce on a {ours} one: browsers ask people"
            " for permission before such a page may reach it (Local Network Access), and block it"
            " without.",
            "ASKONCE_URL=https://ask.example  # a public address, or mode include",
        )


def _on_time(case: Case) -> Iterator[Finding]:
    theirs = skew(case.page, case)
    ours = skew(case.ready, case) if case.ready else timedelta()
    for whose, apart in (("the page's server", theirs), ("Askonce's server", ours)):
        seconds = round(apart.total_seconds())
        if abs(seconds) > SKEW:
            way = "ahead of" if seconds > 0 else "behind"
            yield doubtful(
                "clock_skew",
                f"The clock of {whose} is {abs(seconds)} seconds {way} the clock here; tokens may"
                f" be wrong by {SKEW}.",
                "timedatectl set-ntp true",
            )


def skew(answer: Answer, case: Case) -> timedelta:
    """By how much the clock of who answered is ahead of ours.

    An answer from a cache has an old date, which says nothing of its server's clock.
    """
    if answer.header("age").strip("0 "):
        return timedelta()
    try:
        return parsedate_to_datetime(answer.header("date")) - case.at
    except (TypeError, ValueError):
        return timedelta()
