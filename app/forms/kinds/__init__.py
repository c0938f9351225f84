"""The kinds of answer, by name. A new kind is a module here and an entry in this list."""

from app.forms.kinds.birthdate import Birthdate
from app.forms.kinds.boolean import Boolean
from app.forms.kinds.choice import Choice, Choices
from app.forms.kinds.consent import Consent
from app.forms.kinds.country import Country
from app.forms.kinds.email import Email
from app.forms.kinds.kind import Kind
from app.forms.kinds.language import Language
from app.forms.kinds.number import Integer, Number
from app.forms.kinds.tel import Tel
from app.forms.kinds.text import Multiline, Text
from app.forms.kinds.timezone import Timezone
from app.forms.kinds.url import Url

_ALL: tuple[Kind, ...] = (
    Text(),
    Multiline(),
    Email(),
    Tel(),
    Url(),
    Number(),
    Integer(),
    Boolean(),
    Choice(),
    Choices(),
    Consent(),
    Birthdate(),
    Country(),
    Language(),
    Timezone(),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}


def find_kind(name: str) -> Kind:
    """The kind of that name. Raises KeyError."""
    return KINDS[name]


__all__ = ["KINDS", "Kind", "find_kind"]
