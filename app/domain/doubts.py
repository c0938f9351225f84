"""Doubts: what a document may say, and its author can hardly mean; each is a warning."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.domain.contradictions import contradictions
from app.domain.shape import Path
from app.domain.standard import completed, words_of
from app.domain.steps import Step
from app.domain.texts import conditions_of, inside, speaks, texts_of
from app.domain.triggers import NamedTrigger, PageTrigger, Trigger, UrlRule
from app.domain.validating import Problem
from app.domain.workspace import Workspace


def doubts(document: Workspace) -> Iterator[Problem]:
    """Every warning about a document that has no mistakes, or only some elsewhere."""
    for doubt in (
        _subjects,
        _attention,
        _never_triggered,
        _hidden_by_itself,
        _asked_twice,
        _contradictory,
        _asked_by_nobody,
        _never_filled,
        _untranslated,
    ):
        for path, message in doubt(document):
            yield Problem(path, message, is_warning=True)


Doubts = Iterator[tuple[Path, str]]

_SAY_SUBJECTS = (
    "several sites share their people: say `subjects: shared`, or `subjects: own` when the same"
    " `sub` is somebody else on each site"
)


def _subjects(document: Workspace) -> Doubts:
    if len(document.sites) > 1 and document.subjects is None:
        yield ("sites",), _SAY_SUBJECTS


def _attention(document: Workspace) -> Doubts:
    if "attention" in document.model_fields_set:
        yield ("attention",), "the limits of attention are kept, and not yet obeyed"


def _never_triggered(document: Workspace) -> Doubts:
    origins = {origin for site in document.sites.values() for origin in site.origins}
    for key, step in document.steps.items():
        if step.from_ and step.until and step.from_ >= step.until:
            yield ("steps", key, "until"), "the step ends before it begins: nobody will see it"
        for n, trigger in enumerate(step.trigger):
            why = _never_fits(trigger, origins)
            if why:
                yield ("steps", key, "trigger", n, "url"), f"no page will ever fit: {why}"


def _never_fits(trigger: Trigger, origins: set[str]) -> str | None:
    if not isinstance(trigger, PageTrigger):
        return None
    rule = trigger.url
    if rule.equals and ("?" in rule.equals or "#" in rule.equals):
        return "only origin and path of an address are compared"
    if rule.starts_with and ("?" in rule.starts_with or "#" in rule.starts_with):
        return "only origin and path of an address are compared"
    return None if _may_be_on(rule, origins) else "it is an address of none of the sites"


def _may_be_on(rule: UrlRule, origins: set[str]) -> bool:
    written = rule.equals or rule.starts_with
    if not written or written.startswith("/"):
        return True
    parts = urlsplit(written)
    origin = f"{parts.scheme}://{parts.netloc}"
    if rule.starts_with and not parts.path:
        return any(one.startswith(written) for one in origins)
    return origin in origins


def _hidden_by_itself(document: Workspace) -> Doubts:
    for key, step in document.steps.items():
        for n, field in enumerate(step.fields):
            path = ("steps", key, "fields", n, "when")
            for at, part in inside(field.when, path) if field.when else ():
                if part.attribute == field.attribute:
                    yield at, "the field is shown or hidden by its own answer"


def _asked_twice(document: Workspace) -> Doubts:
    asking: dict[str, list[str]] = {}
    for key, step in document.steps.items():
        for n, field in enumerate(step.fields):
            earlier = asking.setdefault(field.attribute, [])
            rival = next((one for one in earlier if _meet(document.steps[one], step, document)), 0)
            if rival:
                told = f"the step `{rival}` asks `{field.attribute}` at the same moment"
                yield ("steps", key, "fields", n, "attribute"), told
            earlier.append(key)


def _meet(one: Step, other: Step, document: Workspace) -> bool:
    sites = frozenset(document.sites)
    if not reach(one, sites) & reach(other, sites):
        return False
    return any(_same_moment(a, b) for a in one.trigger for b in other.trigger)


def reach(step: Step, sites: frozenset[str]) -> frozenset[str]:
    """The sites on which a step may appear, as far as its plain conditions say so."""
    found = frozenset(step.sites) or sites
    audience = step.audience
    for part in (*((audience.all or (audience,)) if audience else ()),):
        if part.site is not None:
            found &= frozenset((part.site,) if isinstance(part.site, str) else part.site)
    return found


def _same_moment(one: Trigger, other: Trigger) -> bool:
    if one.on != other.on or one.on == "request":
        return False
    if isinstance(one, NamedTrigger) and isinstance(other, NamedTrigger):
        return one.name == other.name
    if isinstance(one, PageTrigger) and isinstance(other, PageTrigger):
        return one.url == other.url
    return one == other


def _contradictory(document: Workspace) -> Doubts:
    for path, condition in conditions_of(document):
        for why in contradictions(condition):
            yield path, f"nobody can fulfil this: {why}"
    for key, step in document.steps.items():
        if step.audience and step.sites and not reach(step, frozenset(step.sites)):
            told = "nobody can fulfil this: the step does not appear on that site"
            yield ("steps", key, "audience"), told


def _asked_by_nobody(document: Workspace) -> Doubts:
    asked = {field.attribute for step in document.steps.values() for field in step.fields}
    supplied = {key for site in document.sites.values() for key in site.supplies}
    for key, attribute in document.attributes.items():
        by_server = completed(key, attribute, {}).rights.subject != "write"
        if key not in asked | supplied and not attribute.retired and not by_server:
            yield ("attributes", key), "no step asks it and no site supplies it"


def _never_filled(document: Workspace) -> Doubts:
    everywhere = frozenset(document.sites)
    for key, site in document.sites.items():
        here = [step for step in document.steps.values() if key in reach(step, everywhere)]
        asked = {field.attribute for step in here for field in step.fields}
        for n, attribute in enumerate(site.requires):
            if attribute not in asked and attribute not in site.supplies:
                told = f"no step asks `{attribute}` here and no claim supplies it"
                yield ("sites", key, "requires", n), told


def _untranslated(document: Workspace) -> Doubts:
    offered = offered_locales(document)
    for path, text in texts_of(document):
        missing = [tag for tag in offered if not speaks(text, tag)]
        if missing:
            yield path, f"no words in {', '.join(missing)}"
    for key, attribute in document.attributes.items():
        words = words_of(key, attribute).get("label") or {}
        missing = [tag for tag in offered if words and not speaks(words, tag)]
        if missing:
            yield ("attributes", key), f"the built-in label has no words in {', '.join(missing)}"


def offered_locales(document: Workspace) -> tuple[str, ...]:
    """The locales that any site offers, in the order of the document."""
    default = (document.default_locale,)
    tags = (tag for site in document.sites.values() for tag in site.locales or default)
    return tuple(dict.fromkeys(tags)) or default
