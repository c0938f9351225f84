"""The six prepared people one can sign in as, and what Acme knows of each without asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """Somebody with an account at Acme; `earlier_logins` happened before the demo began."""

    key: str
    name: str
    language: str
    story: str
    shows: str
    email: str
    traits: Mapping[str, str] = field(default_factory=dict)
    signed_up_days_ago: int = 30
    earlier_logins: int = 0
    arrives_at: str = "/"


_EVERYBODY = (
    Person(
        "ada",
        "Ada",
        "en",
        "Signed up just now. Acme has her e-mail address and nothing else.",
        "Nothing is asked at a first login. Sign in again, and again.",
        "ada@people.example",
        signed_up_days_ago=0,
    ),
    Person(
        "ben",
        "Ben",
        "en",
        "Comes back for the third time.",
        "The step “About your work” waits for him at once.",
        "ben@people.example",
        {"given_name": "Ben"},
        earlier_logins=2,
    ),
    Person(
        "eve",
        "Eve",
        "en",
        "On the Team plan. Acme knows her name and her plan.",
        "Her account shows what came from the shop. Look at the prices too.",
        "eve@people.example",
        {"given_name": "Eve", "family_name": "Example", "plan": "team"},
        signed_up_days_ago=200,
    ),
    Person(
        "vera",
        "Vera",
        "de",
        "Reads German, and comes back for the third time.",
        "The same step, in her language.",
        "vera@people.example",
        {"given_name": "Vera"},
        earlier_logins=2,
    ),
    Person(
        "noor",
        "نور",
        "ar",
        "Reads Arabic, and comes back for the third time.",
        "The same step, from right to left.",
        "noor@people.example",
        {"given_name": "نور"},
        earlier_logins=2,
    ),
    Person(
        "kim",
        "Kim",
        "en",
        "A member of Acme Club who left no telephone number.",
        "The Club asks for that one thing, in a frame.",
        "kim@people.example",
        {"given_name": "Kim"},
        signed_up_days_ago=90,
        arrives_at="/club",
    ),
)

PEOPLE = {person.key: person for person in _EVERYBODY}
