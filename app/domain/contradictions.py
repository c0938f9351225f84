"""Contradictions: conditions that nobody can fulfil, as far as that is plain to see."""

from collections.abc import Iterator
from itertools import combinations

from app.domain.audience import Condition

_OPPOSITES = (("known", "missing"), ("known", "declined"), ("stale", "missing"))


def contradictions(condition: Condition) -> Iterator[str]:
    """Why a condition never holds; what is inside it, is looked at for itself."""
    if condition.any == ():
        yield "none of no conditions holds"
    if condition.logins and _is_empty(condition.logins.at_least, condition.logins.at_most):
        yield "`at_least` is greater than `at_most`"
    period = condition.first_seen
    if period and period.after and period.before and period.after >= period.before:
        yield "`after` is not before `before`"
    for one, other in combinations(condition.all or (), 2):
        yield from _between(one, other)


def _between(one: Condition, other: Condition) -> Iterator[str]:
    if one.not_ == other or other.not_ == one:
        yield "a condition and its opposite"
    elif one.site is not None and other.site is not None and not _sites(one) & _sites(other):
        yield "nobody is on two sites at once"
    elif one.attribute is not None and one.attribute == other.attribute:
        yield from _of_one_value(one, other, f"`{one.attribute}`")
    elif one.claim is not None and one.claim == other.claim:
        yield from _of_one_value(one, other, f"the claim `{one.claim}`")


def _of_one_value(one: Condition, other: Condition, what: str) -> Iterator[str]:
    if one.equals is not None and other.equals is not None and one.equals != other.equals:
        yield f"{what} equals one value only"
    elif _is_empty(one.at_least, other.at_most) or _is_empty(other.at_least, one.at_most):
        yield f"{what} cannot be that great and that small"
    elif _opposed(one, other) or _opposed(other, one):
        yield f"{what} is in one state only"


def _opposed(one: Condition, other: Condition) -> bool:
    opposite = any(getattr(one, a) is True and getattr(other, b) is True for a, b in _OPPOSITES)
    return opposite or (
        one.operator == other.operator
        and one.operator in ("known", "missing", "stale", "declined")
        and getattr(one, one.operator) is not getattr(other, one.operator)
    )


def _is_empty(least: float | None, most: float | None) -> bool:
    return least is not None and most is not None and least > most


def _sites(condition: Condition) -> frozenset[str]:
    site = condition.site
    return frozenset((site,) if isinstance(site, str) else site or ())
