"""The workspace: one pool of people and the whole document that says what they are asked."""

from typing import Literal

from pydantic import Field

from app.domain.attributes import Attribute
from app.domain.parts import AttributeKey, Duration, Key, Locale, Part
from app.domain.sites import Site
from app.domain.steps import Step


class Questions(Part):
    """A budget of questions."""

    at_most: int = Field(ge=1, description="How many.")
    within: Duration = Field(description="In what time.")


class Attention(Part):
    """How much of a person's attention all steps of all sites may take together."""

    prompts_per_sitting: int | None = Field(
        None, ge=1, description="Different steps in one sitting at most."
    )
    questions: Questions | None = Field(None, description="Questions in a time at most.")
    quiet_after_signup: Duration | None = Field(
        None, description="How long a new person is left in peace."
    )


class Workspace(Part):
    """One pool of people (one namespace of `sub`) and what they are asked."""

    askonce: Literal[1] = Field(description="The version of this format.")
    workspace: Key = Field(description="The workspace's key.")
    default_locale: Locale = Field("en", description="The language of last resort.")
    subjects: Literal["shared", "own"] | None = Field(
        None,
        description="With several sites: whether one `sub` is the same person on all (`shared`, "
        "the default) or each site has its own people (`own`).",
    )
    attributes: dict[AttributeKey, Attribute] = Field(
        default_factory=dict, description="What may be stored about a person."
    )
    sites: dict[Key, Site] = Field(default_factory=dict, description="Where people are asked.")
    steps: dict[Key, Step] = Field(default_factory=dict, description="What they are asked.")
    attention: Attention = Field(
        default_factory=Attention, description="Limits over all steps and sites."
    )
