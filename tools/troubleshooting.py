"""`make docs`: docs/troubleshooting.md, written from the remedies and the surfaces' own statuses.

With `--check` it changes nothing and fails when the page is not what it would write.
"""

import sys
from pathlib import Path
from typing import cast, get_args

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.api.refusing import status_of as status_in_api
from app.domain.refusals import Code, Refused
from app.domain.remedies import REMEDIES, Remedy
from app.widget.refusing import status_of as status_in_widget

PAGE = Path("docs/troubleshooting.md")
HEAD = """# Troubleshooting: every refusal

When Askonce does not do what it was asked, the answer has one of these codes. It stands

- in the log of Askonce as `refusal`, and in the metric `askonce_requests_total`;
- in an answer of the API as `error`, with `docs`, the address of its explanation. Why a credential
  was not believed is not told to whoever sent it: that is `unauthorized`;
- on a site with `sandbox: true` in the header `Askonce-Refusal` of the answer, in the event
  `askonce-error` or `askonce-gone` as `code`, and in an answer of the API as `refusal`.

The same is served by every Askonce at `/doctor`. `askonce doctor URL` looks at a page and says
what is wrong in it; `askonce doctor --token -` reads a credential: see [doctor.md](doctor.md).

**Statuses.** A mount that is refused answers with the status and stays empty. A form in htmx 2
gets 200 where the person has to see the answer (401, 409, 410, 413, 422, 429), for htmx 2 shows no
other; the event tells the status. A form whose answer could not be saved because the database is
away gets 200 with `Retry-After` and `askonce-error`, and a metric counts 503.

This page is written from `app/domain/remedies.py` by `make docs`.
"""
SURFACES = {"widget": "in pages", "api": "from the API"}


def main(arguments: list[str]) -> int:
    text = page()
    if "--check" not in arguments:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        print(f"{PAGE} is not what the remedies say: run `make docs`.")
        return 1
    return 0


def page() -> str:
    return "\n".join([HEAD, *(section(code, remedy) for code, remedy in REMEDIES.items())])


def section(code: str, remedy: Remedy) -> str:
    return (
        f"### {code}\n\n*{statuses(code, remedy)}*\n\n{remedy.meaning}\n\n"
        f"{remedy.change}\n\n```\n{remedy.line}\n```\n"
    )


def statuses(code: str, remedy: Remedy) -> str:
    """The status on each surface that refuses so."""
    met = [one for one in SURFACES if remedy.met in (one, "any")]
    return " · ".join(f"{status(code, remedy, one)} {SURFACES[one]}" for one in met)


def status(code: str, remedy: Remedy, surface: str) -> int:
    if remedy.status or code not in get_args(Code):
        return remedy.status or 500
    error = Refused(cast(Code, code))
    return status_in_api(error) if surface == "api" else status_in_widget(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
