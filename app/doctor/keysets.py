"""The key sets: a site's keys at the address that it pins, fetched as the service fetches them."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.doctor.cases import Ours
from app.doctor.findings import Finding, wrong
from app.domain.jwks import read_jwks
from app.domain.sites import SiteKey
from app.lib.outbound import Unreachable, fetch
from app.lib.strict_json import MalformedJson


def with_keys(ours: Ours, names: Iterable[str]) -> Ours:
    """The same with the keys of these sites, or why they could not be had."""
    pinned = {name: ours.sites[name].jwks for name in names if name in ours.sites}
    urls = {name: one.url for name, one in pinned.items() if one}
    if not urls:
        return ours
    fetched: dict[str, dict[str, SiteKey]] = {}
    unfetched: dict[str, str] = {}
    for name, url in urls.items():
        try:
            answer = asyncio.run(fetch(url, allows_loopback=ours.has_loopback))
            fetched[name] = read_jwks(answer.body)
        except Unreachable as error:
            unfetched[name] = error.reason
        except MalformedJson:
            unfetched[name] = "what is there is no JWK Set"
    return replace(ours, fetched=fetched, unfetched=unfetched)


def said_of(ours: Ours, name: str) -> Iterator[Finding]:
    """That a site's keys could not be fetched."""
    site, reason = ours.sites.get(name), ours.unfetched.get(name)
    if site and site.jwks and reason:
        yield wrong(
            "jwks_unreachable",
            f"The keys of {name} at {site.jwks.url} cannot be fetched: {reason}. Askonce asks"
            " public hosts alone, follows no redirect, and reads 64 kB within five seconds.",
            "jwks: {url: https://shop.example/.well-known/jwks.json}",
        )
