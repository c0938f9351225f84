"""The files: what the page loads from us by address, the loader and our sheet, as it pins them."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256, sha384, sha512

from app.doctor.cases import Case
from app.doctor.embeds import Embed
from app.doctor.fetching import Answer
from app.doctor.findings import Finding, doubtful, wrong

_HASHES = {"sha256": sha256, "sha384": sha384, "sha512": sha512}
_LATEST = "1"


def check(case: Case) -> Iterator[Finding]:
    if case.all("element") and not case.all("loader"):
        yield doubtful(
            "loader_missing",
            "The page has an <ask-once> and no script of ours that makes it work; without one it"
            " shows what stands in it, and nothing else.",
            f'<script async crossorigin="anonymous" src="{case.ours.url}/embed/1/loader.js">'
            "</script>",
        )
    if case.all("mount") and not case.all("sheet"):
        yield doubtful(
            "sheet_missing",
            "The page has a mount and not our style sheet: the form looks like nothing.",
            f'<link rel="stylesheet" href="{case.ours.url}/embed/1/fragment.css">',
        )
    for embed in case.all("loader", "sheet"):
        yield from _loaded(case, embed)


def _loaded(case: Case, embed: Embed) -> Iterator[Finding]:
    element, answer = embed.element, case.files.get(embed.url)
    if element.get("type").lower() == "module":
        yield wrong(
            "loader_module",
            "The loader is loaded as a module: then it cannot find out where it came from.",
            f'<script async crossorigin="anonymous" src="{embed.url}"></script>',
            embed.line,
        )
    if answer is None:
        return
    if answer.status != 200:
        yield wrong(
            "file_unknown",
            f"{embed.url} answers {answer.status}: this Askonce has no such version.",
            f"{case.ours.url}/embed/{_LATEST}/{embed.url.rpartition('/')[2]}",
            embed.line,
        )
    elif element.get("integrity"):
        yield from _pinned(embed, answer)
    elif embed.parts["version"] != _LATEST:
        yield doubtful(
            "file_unpinned",
            f"{embed.url} never changes, and the page does not say what it expects.",
            f'crossorigin="anonymous" integrity="{integrity(answer.body)}"',
            embed.line,
        )


def _pinned(embed: Embed, answer: Answer) -> Iterator[Finding]:
    element = embed.element
    if not element.has("crossorigin"):
        yield wrong(
            "file_crossorigin",
            f"<{element.name}> has an integrity and no crossorigin: browsers do not load it.",
            f'crossorigin="anonymous" integrity="{element.get("integrity")}"',
            embed.line,
        )
    if not _holds(element.get("integrity"), answer.body):
        yield wrong(
            "file_integrity",
            f"The integrity of {embed.url} is not that of the file: browsers do not run it.",
            f'integrity="{integrity(answer.body)}"',
            embed.line,
        )
    elif embed.parts["version"] == _LATEST:
        yield doubtful(
            "file_moving",
            f"{embed.url} is the newest of its kind: with the next release of Askonce its"
            " integrity is wrong, and browsers do not run it any more.",
            f'src="{embed.url.replace("/embed/1/", "/embed/1.0.0/")}"',
            embed.line,
        )


def integrity(body: bytes) -> str:
    """The file's own hash, as Subresource Integrity writes it."""
    return "sha384-" + b64encode(sha384(body).digest()).decode()


def _holds(written: str, body: bytes) -> bool:
    """Of several hashes those of the strongest kind count, and one is enough (SRI section 3.3)."""
    found: dict[str, set[str]] = {}
    for one in written.split():
        kind, _, digest = one.partition("?")[0].partition("-")
        if kind.lower() in _HASHES:
            found.setdefault(kind.lower(), set()).add(digest)
    if not found:
        return True
    strongest = max(found)
    digest = b64encode(_HASHES[strongest](body).digest()).decode()
    return digest in found[strongest]
