"""The sites of the page's embeds: published, allowing the mode, and listing the page's origin."""

from collections.abc import Iterator

from app.doctor.cases import Case
from app.doctor.embeds import Embed
from app.doctor.findings import Finding, wrong
from app.doctor.keysets import said_of
from app.domain.assertions import LIFETIMES
from app.domain.sites import Mode, Site, check_origin

_MODES: dict[str, Mode] = {
    "element": "element",
    "frame": "frame",
    "form": "frame",
    "mount": "htmx",
}


def check(case: Case) -> Iterator[Finding]:
    for embed in case.all(*_MODES):
        site = case.known(embed)
        if embed.kind == "element" and not embed.site:
            yield wrong(
                "site_missing",
                "This <ask-once> names no site.",
                f'<ask-once site="{case.ours.like("")}" …>',
                embed.line,
            )
        elif site is None:
            yield _unknown(case, embed)
        else:
            yield from _allowed(case, embed, site)


def _unknown(case: Case, embed: Embed) -> Finding:
    written, meant = case.site_of(embed) or "none", case.ours.like(case.site_of(embed))
    change = f'site="{meant}"' if embed.kind == "element" else f"/v1/sites/{meant}/…"
    return wrong(
        "unknown_site",
        f"The page asks for the site {written}, and there is none of that id: {meant}.",
        change,
        embed.line,
    )


def _allowed(case: Case, embed: Embed, site: Site) -> Iterator[Finding]:
    name, mode = case.site_of(embed), _mode(embed)
    if mode not in site.modes:
        listed = ", ".join([*site.modes, mode])
        yield wrong(
            "mode_unlisted",
            f"The page embeds {name} in the mode {mode}, which the site does not allow.",
            f"modes: [{listed}]",
            embed.line,
        )
    yield from said_of(case.ours, name)
    if mode in LIFETIMES and not site.keys and not site.jwks:
        yield wrong(
            "site_keyless",
            f"The site {name} has no key: no assertion of it can be believed.",
            "askonce key shop.pem",
        )
    if case.origin not in site.origins:
        yield wrong("origin_unlisted", _unlisted(case, name, site), _origins(case, site))


def _mode(embed: Embed) -> Mode:
    # The frame without a ticket is the element's own.
    return "element" if embed.kind == "frame" and embed.site else _MODES[embed.kind]


def _unlisted(case: Case, name: str, site: Site) -> str:
    near = [one for one in site.origins if _bare(one) == _bare(case.origin)]
    hint = f" It lists {near[0]}, which is another origin." if near else ""
    return f"The page's origin {case.origin} is not among the origins of {name}.{hint}"


def _origins(case: Case, site: Site) -> str:
    try:
        check_origin(case.origin)
    except ValueError:
        # What cannot be listed has to move.
        return case.origin.replace("http://", "https://")
    return f"origins: [{', '.join([*site.origins, case.origin])}]"


def _bare(origin: str) -> str:
    return origin.partition("://")[2].removeprefix("www.").partition(":")[0]
