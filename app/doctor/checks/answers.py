"""What Askonce answered to the browser's question before a mount: whether this page may ask."""

from collections.abc import Iterator

from app.doctor.cases import Case
from app.doctor.findings import Finding, wrong


def check(case: Case) -> Iterator[Finding]:
    for mount in case.all("mount"):
        answer, site = case.preflights.get(mount.url), case.known(mount)
        if answer is None or site is None or case.origin not in site.origins:
            continue
        allowed = answer.header("access-control-allow-origin")
        if answer.status not in (200, 204) or allowed != case.origin:
            yield wrong(
                "preflight_refused",
                f"The site lists {case.origin}, and yet the preflight of its mount is answered"
                f" {answer.status} with Access-Control-Allow-Origin: {allowed or 'none'}. Either"
                " the configuration is not published, or something in front of Askonce answers"
                " OPTIONS itself.",
                "askonce config apply askonce.yaml",
                mount.line,
            )
