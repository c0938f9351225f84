"""The triggers: at which moments a step may appear."""

from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import BeforeValidator, Field, model_validator

from app.domain import patterns
from app.domain.parts import Part, Written


class Occasion(Protocol):
    """What a trigger may ask about a moment."""

    @property
    def on(self) -> str: ...

    @property
    def name(self) -> str | None: ...

    @property
    def url(self) -> str | None: ...

    @property
    def step(self) -> str | None: ...


class LoginCount(Part):
    """Which logins: exactly one of its members."""

    first: Literal[True] | None = Field(None, description="The first login.")
    at: int | None = Field(None, ge=1, description="The n-th login, until answered or skipped.")
    every: int | None = Field(None, ge=1, description="Every n logins.")
    from_: int | None = Field(None, alias="from", ge=1, description="The n-th login and later.")

    @model_validator(mode="after")
    def _has_one_member(self) -> Self:
        members = (self.first, self.at, self.every, self.from_)
        if sum(member is not None for member in members) != 1:
            raise ValueError("a count has exactly one of first, at, every, from")
        return self

    def includes(self, logins: int, *, opened: bool) -> bool:
        """Whether the count is satisfied: a state that lasts until the next login, not an edge.

        A step that `first` or `at` has opened stays open at later logins, or neither its skip
        ladder nor what reopens it could ever bring it back.
        """
        if self.every:
            return logins > 0 and logins % self.every == 0
        if self.from_:
            return logins >= self.from_
        wanted = self.at or 1
        return logins == wanted or (opened and logins > wanted)


class UrlRule(Part):
    """Which pages: exactly one of its members; origin and path count, a query never does."""

    equals: Written | None = Field(None, description="The address is this one.")
    starts_with: Written | None = Field(None, description="The address starts with this.")
    matches: Written | None = Field(
        None, description="The address matches this pattern, where `*` stands for anything."
    )

    @model_validator(mode="after")
    def _has_one_member(self) -> Self:
        if sum(m is not None for m in (self.equals, self.starts_with, self.matches)) != 1:
            raise ValueError("a url has exactly one of equals, starts_with, matches")
        return self

    def fits(self, url: str) -> bool:
        """Whether an address (origin and path) fits; a rule that starts with `/` compares paths."""
        rule = self.equals or self.starts_with or self.matches or ""
        if rule.startswith("/"):
            url = "/" + url.split("://", 1)[-1].partition("/")[2]
        if self.equals:
            return url == rule
        return url.startswith(rule) if self.starts_with else patterns.fits(url, rule)


class LoginTrigger(Part):
    """The person has logged in."""

    on: Literal["login"]
    count: LoginCount | None = Field(None, description="Which logins; every login when left out.")

    def matches(self, occasion: Occasion, logins: int, *, opened: bool) -> bool:
        return occasion.on == "login" and (
            self.count is None or self.count.includes(logins, opened=opened)
        )


class PageTrigger(Part):
    """The person looks at a page."""

    on: Literal["page"]
    url: UrlRule = Field(description="Which pages.")

    def matches(self, occasion: Occasion, logins: int, *, opened: bool) -> bool:
        return occasion.on == "page" and bool(occasion.url) and self.url.fits(str(occasion.url))


class NamedTrigger(Part):
    """The person pressed something (`click`), or the host tells of an event (`event`)."""

    on: Literal["click", "event"]
    name: Written = Field(max_length=255, description="The name the host gives it.")

    def matches(self, occasion: Occasion, logins: int, *, opened: bool) -> bool:
        return occasion.on == self.on and occasion.name == self.name


class RequestTrigger(Part):
    """The host names the step."""

    on: Literal["request"]

    def matches(self, occasion: Occasion, logins: int, *, opened: bool) -> bool:
        return occasion.on == "request"


Trigger = Annotated[
    LoginTrigger | PageTrigger | NamedTrigger | RequestTrigger, Field(discriminator="on")
]


def _one_or_several(written: Any) -> Any:
    return (written,) if isinstance(written, dict | Part) else written


Triggers = Annotated[
    tuple[Trigger, ...],
    BeforeValidator(_one_or_several, json_schema_input_type=Trigger | tuple[Trigger, ...]),
]
