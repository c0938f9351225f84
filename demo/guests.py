"""Acme's own sign-in: a cookie that says who somebody is and when they signed in."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from demo.askonce import Visitor
from demo.people import PEOPLE, Person

DAY = 86_400
# A little more than a day, so that what rests for whole days has rested when they are over.
LATER = DAY + 60


@dataclass(frozen=True)
class Guest:
    """A signed-in person. Each sign-in is a new authentication with a `sid` of its own.

    `again` tells one run of the demo from the next, so that the same six people can be new once
    more. `days_later` is how far the demo pretends that time has gone on.
    """

    person: Person
    sid: str
    auth_time: int
    again: str = ""
    days_later: int = 0

    @classmethod
    def signs_in(cls, person: Person, again: str) -> Self:
        return cls(person, secrets.token_urlsafe(12), int(time.time()), again)

    @classmethod
    def of_session(cls, session: Mapping[str, Any]) -> Self | None:
        person = PEOPLE.get(session.get("person", ""))
        if person is None:
            return None
        again, later = session.get("again", ""), session.get("days_later", 0)
        return cls(person, session["sid"], session["auth_time"], again, later)

    def session(self) -> dict[str, Any]:
        return {
            "person": self.person.key,
            "sid": self.sid,
            "auth_time": self.auth_time,
            "again": self.again,
            "days_later": self.days_later,
        }

    @property
    def sub(self) -> str:
        """The person's id at Acme, which is all that Askonce knows them by."""
        return "-".join(filter(None, (self.person.key, self.again)))

    @property
    def _signed_up_at(self) -> int:
        return self.auth_time - self.person.signed_up_days_ago * DAY

    def visitor(self) -> Visitor:
        now = int(time.time())
        return Visitor(
            sub=self.sub,
            locale=self.person.language,
            sid=self.sid,
            auth_time=self.auth_time,
            signed_up_at=self._signed_up_at,
            traits={"email": self.person.email, **self.person.traits},
            clock=now + self.days_later * LATER if self.days_later else None,
        )

    def earlier_visits(self) -> list[Visitor]:
        """The sign-ins of a person's prepared past: the same each time, so they count once."""
        return [
            Visitor(
                sub=self.sub,
                locale=self.person.language,
                sid=f"{self.sub}-earlier-{number}",
                auth_time=self.auth_time - number * 3600,
                signed_up_at=self._signed_up_at,
            )
            for number in range(self.person.earlier_logins, 0, -1)
        ]
