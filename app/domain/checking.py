"""Checking: whether the parts of a document fit each other, which no part can know alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from babel import Locale, UnknownLocaleError

from app.domain.attributes import Attribute
from app.domain.audience import Condition
from app.domain.contrasts import flaws_of
from app.domain.doubts import doubts
from app.domain.shape import Path
from app.domain.sites import Site
from app.domain.standard import STANDARD, completed
from app.domain.steps import Step
from app.domain.texts import conditions_of, texts_of
from app.domain.validating import Problem, suggestion
from app.domain.workspace import Workspace
from app.forms.kinds import find_kind
from app.lib.i18n.pseudo import LOCALES as PSEUDO


class Known(NamedTuple):
    """The keys that were written, also of what could not be read."""

    attributes: frozenset[str]
    sites: frozenset[str]
    steps: frozenset[str]


def check(document: Workspace, known: Known | None = None) -> list[Problem]:
    """Every mistake and every warning of a document whose parts are well-formed."""
    checker = _Checker(document, known or _known(document))
    return [*checker.mistakes(), *doubts(document)]


def _known(document: Workspace) -> Known:
    maps = (document.attributes, document.sites, document.steps)
    return Known(*(frozenset(keys) for keys in maps))


@dataclass(frozen=True, slots=True)
class _Checker:
    document: Workspace
    known: Known

    def mistakes(self) -> Iterator[Problem]:
        for key, attribute in self.document.attributes.items():
            yield from self._attribute(key, attribute, ("attributes", key))
        for key, site in self.document.sites.items():
            yield from self._site(site, ("sites", key))
        for key, step in self.document.steps.items():
            yield from self._step(step, ("steps", key))
        for path, condition in conditions_of(self.document):
            yield from self._condition(condition, path)
        yield from self._locales()
        yield from self._renames()

    def _attribute(self, key: str, attribute: Attribute, path: Path) -> Iterator[Problem]:
        kind = completed(key, attribute, {}).kind
        if kind is None:
            yield Problem(path, f"say its kind: `{key}` is no standard claim ({_near(key)})")
            return
        known = find_kind(kind)
        for rule in sorted(known.misplaced(attribute.rules)):
            told = (
                f"the kind {kind} does not know this rule: {suggestion(rule, sorted(known.rules))}"
            )
            yield Problem((*path, "rules", rule), told)

    def _site(self, site: Site, path: Path) -> Iterator[Problem]:
        for member in ("requires", "supplies", "reads"):
            for n, key in enumerate(getattr(site, member)):
                at = (*path, member, n)
                yield from self._attribute_named(key, at)
                yield from self._right_of_a_site(member, key, at)
        for flaw in flaws_of(site.theme):
            yield Problem((*path, "theme", *flaw.path), flaw.message)

    def _right_of_a_site(self, member: str, key: str, path: Path) -> Iterator[Problem]:
        attribute = self._completed(key)
        if attribute is None:
            return
        right = attribute.rights.application
        if member == "supplies" and right != "write":
            yield Problem(path, f"`{key}` may not be written by a site (its `access`)")
        if member == "reads" and right == "hidden":
            yield Problem(path, f"`{key}` is hidden from sites (its `access`)")
        if member == "requires" and attribute.retired:
            yield Problem(path, f"`{key}` is retired: nobody is asked for it any more")

    def _step(self, step: Step, path: Path) -> Iterator[Problem]:
        for n, site in enumerate(step.sites):
            yield from self._site_named(site, (*path, "sites", n))
        for n, field in enumerate(step.fields):
            at = (*path, "fields", n, "attribute")
            yield from self._attribute_named(field.attribute, at)
            yield from self._can_be_asked(field.attribute, at)

    def _can_be_asked(self, key: str, path: Path) -> Iterator[Problem]:
        attribute = self._completed(key)
        if attribute is None:
            return
        if attribute.retired:
            yield Problem(path, f"`{key}` is retired: take it out of the step")
        elif attribute.rights.subject != "write":
            why = "bucket" if attribute.access is None else "access"
            yield Problem(
                path, f"`{key}` cannot be asked: its `{why}` keeps people from writing it"
            )

    def _condition(self, condition: Condition, path: Path) -> Iterator[Problem]:
        if condition.attribute is not None:
            yield from self._attribute_named(condition.attribute, (*path, "attribute"))
        for site in _several(condition.site):
            yield from self._site_named(site, (*path, "site"))
        for name in ("completed", "skipped"):
            if (step := getattr(condition, name)) is not None and step not in self.known.steps:
                told = f"there is no step `{step}`: {suggestion(step, sorted(self.known.steps))}"
                yield Problem((*path, name), told)

    def _attribute_named(self, key: str, path: Path) -> Iterator[Problem]:
        if key not in self.known.attributes:
            told = (
                f"it is a standard claim, add `{key}: {{}}` to the attributes"
                if key in STANDARD
                else suggestion(key, sorted(self.known.attributes))
            )
            yield Problem(path, f"there is no attribute `{key}`: {told}")

    def _site_named(self, key: str, path: Path) -> Iterator[Problem]:
        if key not in self.known.sites:
            yield Problem(
                path, f"there is no site `{key}`: {suggestion(key, sorted(self.known.sites))}"
            )

    def _completed(self, key: str) -> Attribute | None:
        attribute = self.document.attributes.get(key)
        return completed(key, attribute, {}) if attribute else None

    def _locales(self) -> Iterator[Problem]:
        yield from _locale(self.document.default_locale, ("default_locale",))
        for key, site in self.document.sites.items():
            for n, tag in enumerate(site.locales):
                yield from _locale(tag, ("sites", key, "locales", n))
        for path, condition in conditions_of(self.document):
            for tag in _several(condition.locale):
                yield from _locale(tag, (*path, "locale"))
        for path, text in texts_of(self.document):
            for tag in text if isinstance(text, dict) else ():
                yield from _locale(tag, (*path, tag))

    def _renames(self) -> Iterator[Problem]:
        heirs: dict[str, str] = {}
        for key, attribute in self.document.attributes.items():
            old, path = attribute.renamed_from, ("attributes", key, "renamed_from")
            if old is None:
                continue
            if old in self.known.attributes:
                yield Problem(path, f"`{old}` is still an attribute: a renamed one has one key")
            elif old in heirs:
                yield Problem(path, f"`{heirs[old]}` was renamed from `{old}` too: one inherits")
            heirs.setdefault(old, key)


def _locale(tag: str, path: Path) -> Iterator[Problem]:
    if tag in PSEUDO:
        return
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        yield Problem(path, f"`{tag}` is no language that CLDR knows: write one like en or pt-BR")


def _near(key: str) -> str:
    near = suggestion(key, STANDARD)
    return near if near.startswith("did") else "there each may be written as `{}`"


def _several(one_or_several: str | tuple[str, ...] | None) -> Iterable[str]:
    return (one_or_several,) if isinstance(one_or_several, str) else one_or_several or ()
