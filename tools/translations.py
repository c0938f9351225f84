"""`make translations`: every marked text in every catalogue, and what is missing said by name.

Without arguments it extracts the texts anew and brings them into the catalogues; with `--check` it
changes nothing. Either way it fails when a message is missing, fuzzy or broken in some locale.
A new locale begins as an empty `locales/<tag>/LC_MESSAGES/messages.po`.
"""

import gettext as gnu
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

LOCALES = Path("locales")
TEMPLATE = LOCALES / "messages.pot"
EXTRACT = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml"]
EXTRACT += ["--omit-header", "-c", "For translators:"]
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""
NUMBERS = [*range(201), 1_000_000]  # together they need every plural form there is
ENDS = ".…:?!؟。।"


def main(arguments: list[str]) -> int:
    wanted = extracted()
    if "--check" not in arguments:
        LOCALES.mkdir(exist_ok=True)
        write(wanted, TEMPLATE)
        for path in catalogues():
            found = read(path)
            found.update(wanted, no_fuzzy_matching=True)
            write(found, path)
    mistakes = [mistake for path in catalogues() for mistake in mistakes_of(path, wanted)]
    print("\n".join(mistakes) or f"Every text is complete in {len(catalogues())} languages.")
    return 1 if mistakes else 0


def extracted() -> Catalog:
    """The texts that code and templates mark."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "messages.pot"
        subprocess.run([*EXTRACT, "-o", str(file), "."], check=True)
        with file.open("rb") as source:
            return read_po(source)


def catalogues() -> list[Path]:
    """The files of all languages."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/messages.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=path.parents[1].name)


def write(catalogue: Catalog, path: Path) -> None:
    """The catalogue with a header that says only what a reader needs: no dates, no names."""
    language = str(catalogue.locale or "en")
    header = HEADER.format(language=language, plural_forms=catalogue.plural_forms)
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(
            file,
            catalogue,
            width=100,
            no_location=True,
            omit_header=True,
            sort_output=True,
            ignore_obsolete=True,
        )


def mistakes_of(path: Path, wanted: Catalog) -> Iterator[str]:
    """One line for each message that a person would miss."""
    found = read(path)
    if found.num_plurals != get_plural(path.parents[1].name).num_plurals:
        yield f"{path}: {found.num_plurals} plural forms are not those of the language"
    for message in wanted:
        problem = problem_of(found.get(message.id, message.context), found) if message.id else ""
        if problem:
            yield f"{path}: {problem}: {message.id!r}"


def problem_of(message: Message | None, catalogue: Catalog) -> str:
    """What is wrong with a translated message; empty when nothing is."""
    if message is None:
        return "missing"
    if message.fuzzy:
        return "fuzzy"
    if not all(strings_of(message)):
        return "untranslated"
    if not all(same_values(message, n, catalogue) for n in range(len(strings_of(message)))):
        return "other values than in English"
    if len({text[-1] in ENDS for text in (ids_of(message)[0], *strings_of(message))}) > 1:
        return "another end than in English"
    return next((str(error) for error in message.check(catalogue)), "")


def same_values(message: Message, form: int, catalogue: Catalog) -> bool:
    """Whether a form is filled with what the English text is; that for one number needs no `n`."""
    try:
        found = values_of(strings_of(message)[form])
    except ValueError:
        return False
    expected = values_of(ids_of(message)[-1])
    if message.pluralizable and len(numbers_of(catalogue)[form]) == 1:
        found["n"] = expected["n"]
    return +found == +expected


def numbers_of(catalogue: Catalog) -> dict[int, list[int]]:
    """The numbers that each plural form is for."""
    form_of = gnu.c2py(catalogue.plural_expr)
    numbers = defaultdict(list)
    for n in NUMBERS:
        numbers[form_of(n)].append(n)
    return numbers


def values_of(text: str) -> Counter[str]:
    """The names in braces, each as often as it is there. Raises ValueError for a lone brace."""
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def ids_of(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (list, tuple)) else (message.id,)


def strings_of(message: Message) -> tuple[str, ...]:
    found = message.string
    return tuple(found) if isinstance(found, (list, tuple)) else (found or "",)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
