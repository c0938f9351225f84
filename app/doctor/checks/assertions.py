"""The assertions that stand in the page, each read as Askonce would read it at its mount."""

from collections.abc import Iterator

from app.doctor.cases import Case
from app.doctor.credentials import diagnose
from app.doctor.embeds import credentials_beside
from app.doctor.findings import Finding
from app.doctor.tokens import Expected


def check(case: Case) -> Iterator[Finding]:
    """An assertion in a page is one of mode htmx: those of mode element never stand in one."""
    beside = next(iter(case.all("mount")), None)
    written = [
        (one.line, case.site_of(one), token) for one in case.embeds for token in one.credentials
    ]
    written += [
        (element.line, case.site_of(beside) if beside else case.site, token)
        for element, token in credentials_beside(case.markup)
        if all(element is not one.element for one in case.embeds)
    ]
    for line, site, token in dict.fromkeys(written):
        expected = Expected(site=site, origin=case.origin, mode="htmx")
        for finding in diagnose(token, case.ours, case.at, expected):
            yield finding._replace(line=line)
