"""A release: one published document, compiled to answer what every request asks without a query."""

import copy
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Self, TypeVar

from app.domain.attributes import Attribute
from app.domain.parts import Text
from app.domain.sites import Site
from app.domain.standard import completed, words_of
from app.domain.steps import Step, StepField
from app.domain.stored import Stored, allot_ids
from app.domain.subjects import SubjectKey
from app.domain.theme_sheets import ThemeSheet
from app.domain.workspace import Workspace
from app.forms.kinds import find_kind
from app.forms.problem import Problem
from app.forms.question import Option, Question
from app.lib.i18n import Wording, wording

REQUEST = "request"
LONGEST_SUBJECT = 255  # bytes of a key column
MOST_MEMOISED = 20_000

T = TypeVar("T")


class Paused(NamedTuple):
    """What is silenced without a publication: everything, or some steps."""

    everything: bool = False
    steps: frozenset[str] = frozenset()


class Release:
    """One workspace's configuration, immutable; what is large is compiled when first asked for."""

    def __init__(
        self,
        document: Workspace,
        number: int,
        ids: Mapping[str, int],
        words: Mapping[str, Mapping[str, dict[str, str]]],
        paused: Paused = Paused(),  # noqa: B008 - immutable
    ) -> None:
        self.workspace = document.workspace
        self.number = number
        self.document = document
        self.paused = paused
        self.attributes: Mapping[str, Attribute] = {
            key: completed(key, attribute, words.get(key, {}))
            for key, attribute in document.attributes.items()
        }
        self.writable = frozenset(
            key
            for key, attribute in self.attributes.items()
            if not attribute.retired and attribute.rights.subject == "write"
        )
        self.steps: Mapping[str, Step] = document.steps
        self.ranked = tuple(sorted(self.steps, key=lambda key: -self.steps[key].priority))
        self.claims = _claims_read(document)
        self._ids = {key: str(number) for key, number in ids.items()}
        self._keys = {number: key for key, number in self._ids.items()}
        self._memory: dict[Any, Any] = {}

    @classmethod
    def of(cls, document: Workspace, number: int = 1) -> Self:
        """A release that was never published: a draft to explain, a document under test."""
        ids, _ = allot_ids(document, {}, {}, 1)
        words = {key: words_of(key, attribute) for key, attribute in document.attributes.items()}
        return cls(document, number, ids, words)

    @classmethod
    def stored(cls, stored: Stored, number: int, paused: Paused) -> Self:
        """The release of a stored body. Raises ValueError when it cannot be read."""
        return cls(stored.workspace(), number, stored.ids, stored.words, paused)

    def silenced(self, paused: Paused) -> Self:
        """The same release with other steps silenced."""
        release = copy.copy(self)
        release.paused = paused
        return release

    def is_paused(self, step: str) -> bool:
        return self.paused.everything or step in self.paused.steps

    def attribute_id(self, key: str) -> str:
        """The id under which answers are kept. Raises KeyError for an unknown attribute."""
        return self._ids[key]

    def ids_of(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The ids of several. Raises KeyError for an unknown attribute."""
        ids = self._ids
        return tuple([ids[key] for key in keys])

    def key_of(self, attribute_id: str) -> str:
        """The attribute's key in this release. Raises KeyError for an unknown id."""
        return self._keys[attribute_id]

    def find_key(self, attribute_id: str) -> str | None:
        """The same, or None for an id that this release does not know."""
        return self._keys.get(attribute_id)

    def site(self, key: str) -> Site | None:
        return self.document.sites.get(key)

    def theme_sheet(self, key: str) -> ThemeSheet:
        """The sheet of a site's theme. Raises KeyError for an unknown site."""
        found: ThemeSheet | None = self._memory.get(("theme", key))
        theme = self.document.sites[key].theme
        return found or self._remember(("theme", key), lambda: ThemeSheet(theme))

    def subject_key(self, site: str, sub: str) -> SubjectKey:
        """Who a site's `sub` is: the same person on every site, or with `own` one for each."""
        if self.document.subjects != "own":
            return SubjectKey(self.workspace, sub)
        own = f"{site}:{sub}"
        if len(own.encode()) > LONGEST_SUBJECT:
            own = f"{site}:#{hashlib.sha256(sub.encode()).hexdigest()}"
        return SubjectKey(self.workspace, own)

    def attributes_of(self, site: str) -> frozenset[str]:
        """The keys of what a site may read and edit: what it asks, requires or reads."""
        return self._remember(("attributes", site), lambda: _shared_with(self.document, site))

    def candidates(self, site: str, on: str) -> tuple[str, ...]:
        """The steps of a site that a kind of moment can trigger, first in rank first.

        Steps without a trigger appear on `request` alone.
        """
        key = ("candidates", site, on)
        found: tuple[str, ...] | None = self._memory.get(key)
        return self._remember(key, lambda: self._candidates(site, on)) if found is None else found

    def _candidates(self, site: str, on: str) -> tuple[str, ...]:
        return tuple(
            key
            for key in self.ranked
            if site in (self.steps[key].sites or (site,)) and on in moments_of(self.steps[key])
        )

    def accepted_traits(self, traits: Mapping[str, Any]) -> dict[str, Any]:
        """What can be believed of an assertion's traits: canonical values, by attribute.

        One that is unknown, retired, not writable by a site's server, or not a good value is left.
        """
        accepted = {}
        for key, value in traits.items():
            attribute = self.attributes.get(key)
            if attribute and not attribute.retired and attribute.rights.application == "write":
                try:
                    accepted[key] = self._accepted(key, value)
                except Problem:
                    continue
        return accepted

    def _accepted(self, key: str, value: Any) -> Any:
        locale = self.document.default_locale
        question = self._remember(("trait", key), lambda: self._asked(key, None, None, locale))
        canonical = question.kind.accept(value, question)
        question.kind.check(canonical, question, locale, None)
        return canonical

    def question(self, step: str | None, attribute: str, site: str, locale: str) -> Question:
        """A field as asked; without a step as the editor asks. Raises KeyError for an unknown."""
        memory, key = self._memory, (step, attribute, site, locale)
        found: Question | None = memory.get(key)
        return found or self._remember(key, lambda: self._question(*key))

    def questions(
        self, step: str | None, attributes: tuple[str, ...], site: str, locale: str
    ) -> tuple[Question, ...]:
        """The fields of a form. Raises KeyError for an unknown attribute."""
        memory, key = self._memory, (step, attributes, site, locale)
        found: tuple[Question, ...] | None = memory.get(key)
        if found is not None:
            return found
        asked = (self.question(step, attribute, site, locale) for attribute in attributes)
        return self._remember(key, lambda: tuple(asked))

    def _question(self, step: str | None, attribute: str, site: str, locale: str) -> Question:
        if step is None:
            return self._asked(attribute, None, site, locale)
        fields = {field.attribute: field for field in self.steps[step].fields}
        return self._asked(attribute, fields[attribute], site, locale)

    def _asked(self, key: str, field: StepField | None, site: str | None, locale: str) -> Question:
        attribute = self.attributes[key]

        def say(text: Text | None) -> Wording | None:
            return self.wording(text, site, locale)

        label = (field and field.label) or attribute.label
        return Question(
            name=key,
            kind=find_kind(attribute.kind or "text"),
            label=say(label) or Wording(key),
            hint=say((field and field.hint) or attribute.hint),
            required=field.required if field else False,
            rules=attribute.rules,
            options=tuple(Option(o.value, say(o.label) or Wording("")) for o in attribute.options),
            autocomplete=attribute.autocomplete,
            region=self.document.sites[site].region if site else None,
            consent=say(attribute.text),
        )

    def wording(self, text: Text | None, site: str | None, locale: str) -> Wording | None:
        """A text in a locale: its own, the site's default, the workspace's default, any."""
        if text is None:
            return None
        offered = self.document.sites[site].locales[:1] if site else ()
        return wording(text, locale, *offered, self.document.default_locale)

    def same_question(self, other: "Release", attribute: str) -> bool:
        """Whether an attribute of this release is asked alike in the other: id, kind, access."""
        mine = self.attributes.get(attribute)
        key = other._keys.get(self._ids.get(attribute, ""))
        theirs = other.attributes[key] if key else None
        if mine is None or theirs is None:
            return False
        return (mine.kind, mine.rights, mine.retired) == (
            theirs.kind,
            theirs.rights,
            theirs.retired,
        )

    def _remember(self, key: Any, make: Callable[[], T]) -> T:
        if key not in self._memory:
            if len(self._memory) >= MOST_MEMOISED:
                self._memory.clear()
            self._memory[key] = make()
        found: T = self._memory[key]
        return found


def moments_of(step: Step) -> tuple[str, ...]:
    """The kinds of moment at which a step may appear; without a trigger on request alone."""
    return tuple(trigger.on for trigger in step.trigger) or (REQUEST,)


def _claims_read(document: Workspace) -> frozenset[str]:
    parts = (part for step in document.steps.values() for part in step.condition_parts())
    return frozenset(part.claim for part in parts if part.claim is not None)


def _shared_with(document: Workspace, key: str) -> frozenset[str]:
    site = document.sites[key]
    asked = (
        field.attribute
        for step in document.steps.values()
        if key in (step.sites or (key,))
        for field in step.fields
    )
    return frozenset((*asked, *site.requires, *site.reads))
