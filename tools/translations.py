"""`make translations`: every marked text in every catalogue, and what is missing said by name.

Without arguments it extracts the texts anew and brings them into the catalogues; with `--check` it
changes nothing. Either way it fails when a message is missing, fuzzy or broken in some locale.
"""

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

LOCALES = Path("locales")
TEMPLATE = LOCALES / "messages.pot"
PYBABEL = [sys.executable, "-m", "babel.messages.frontend"]
EXTRACT = [*PYBABEL, "-q", "extract", "-F", "pyproject.toml", "--no-location", "--sort-output"]
EXTRACT += ["--omit-header", "-c", "For translators:", "--project=Askonce"]
UPDATE = [*PYBABEL, "-q", "update", "-i", str(TEMPLATE), "-d", str(LOCALES), "--omit-header"]
UPDATE += ["--no-fuzzy-matching", "--ignore-obsolete", "--width=100"]


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        extracted = Path(scratch) / "messages.pot"
        subprocess.run([*EXTRACT, "-o", str(extracted), "."], check=True)
        text = extracted.read_text()
    if "--check" not in arguments:
        LOCALES.mkdir(exist_ok=True)
        TEMPLATE.write_text(text)
        subprocess.run(UPDATE, check=True)
    mistakes = list(mistakes_of(read_po(io.BytesIO(text.encode()))))
    print("\n".join(mistakes) or f"Every text is complete in {len(catalogues())} languages.")
    return 1 if mistakes else 0


def catalogues() -> list[Path]:
    return sorted(LOCALES.glob("*/LC_MESSAGES/messages.po"))


def mistakes_of(wanted: Catalog) -> Iterator[str]:
    """One line for each message that a person would miss."""
    for path in catalogues():
        with path.open("rb") as source:
            found = read_po(source, locale=path.parents[1].name)
        for message in wanted:
            if message.id and (
                problem := problem_of(found.get(message.id, message.context), found)
            ):
                yield f"{path}: {problem}: {message.id!r}"


def problem_of(message: Message | None, catalogue: Catalog) -> str:
    """What is wrong with a translated message; empty when nothing is."""
    if message is None:
        return "missing"
    if message.fuzzy:
        return "fuzzy"
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(strings):
        return "untranslated"
    return next((str(error) for error in message.check(catalogue)), "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
