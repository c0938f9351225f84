"""What a document says and asks, part by part: its texts and its conditions with their paths."""

from collections.abc import Iterator, Sequence

from app.domain.audience import Condition
from app.domain.parts import Text
from app.domain.shape import Path
from app.domain.workspace import Workspace
from app.lib.i18n import best_match

Placed = tuple[Path, Text]


def texts_of(document: Workspace) -> Iterator[Placed]:
    """Every text that is written, with its path."""
    for key, attribute in document.attributes.items():
        path = ("attributes", key)
        yield from _texts(attribute, path, ("label", "hint", "text"))
        for n, option in enumerate(attribute.options):
            yield from _texts(option, (*path, "options", n), ("label",))
        pattern = attribute.rules.pattern
        if pattern and pattern.message:
            yield (*path, "rules", "pattern", "message"), pattern.message
    for key, step in document.steps.items():
        path = ("steps", key)
        yield from _texts(step, path, ("title", "purpose", "thanks"))
        for n, field in enumerate(step.fields):
            yield from _texts(field, (*path, "fields", n), ("label", "hint"))


def _texts(part: object, path: Path, names: Sequence[str]) -> Iterator[Placed]:
    for name in names:
        text: Text | None = getattr(part, name)
        if text is not None:
            yield (*path, name), text


def speaks(text: Text, locale: str) -> bool:
    """Whether a text has words for a locale; one that is written once is for all."""
    return isinstance(text, str) or best_match(locale, tuple(text)) is not None


def conditions_of(document: Workspace) -> Iterator[tuple[Path, Condition]]:
    """Every condition and every one inside it, with its path."""
    for key, step in document.steps.items():
        if step.audience:
            yield from inside(step.audience, ("steps", key, "audience"))
        for n, field in enumerate(step.fields):
            if field.when:
                yield from inside(field.when, ("steps", key, "fields", n, "when"))


def inside(condition: Condition, path: Path) -> Iterator[tuple[Path, Condition]]:
    """A condition and every one inside it, with their paths."""
    yield path, condition
    for name, parts in (("all", condition.all), ("any", condition.any)):
        for n, part in enumerate(parts or ()):
            yield from inside(part, (*path, name, n))
    if condition.not_:
        yield from inside(condition.not_, (*path, "not"))
