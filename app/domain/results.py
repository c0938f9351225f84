"""The result: what came of a flow, told to the site's backend once, for a code of a minute."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, update

from app.domain.answers import State
from app.domain.flows import Flow, Status, StepTaken
from app.domain.moments import Moment
from app.domain.release import Release
from app.domain.requirements import missing_requirements
from app.domain.subjects import Subject
from app.domain.tables import tickets
from app.domain.tickets import hash_secret, issue_secret
from app.lib.db import Prepared
from app.lib.sealing import Keyring, Unsealable

MODE = "result"
_PURPOSE = "result/1"


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a flow: no answers, they are read when somebody asks."""

    sub: str
    status: Status
    state: str | None = None
    steps: tuple[StepTaken, ...] = ()

    def __repr__(self) -> str:
        return f"Result({self.status})"

    @classmethod
    def of(cls, flow: Flow) -> "Result":
        return cls(flow.sub, flow.outcome, flow.state, flow.steps)

    @property
    def asked(self) -> tuple[str, ...]:
        """The ids of the attributes that were answered."""
        return tuple(
            dict.fromkeys(
                attribute
                for taken in self.steps
                if taken.status == "saved"
                for attribute in taken.attributes
            )
        )


_decoder = msgspec.json.Decoder(Result)
_redeem = Prepared(
    update(tickets)
    .where(
        tickets.c.hash == bindparam("code"),
        tickets.c.mode == MODE,
        tickets.c.workspace == bindparam("for_workspace"),
        tickets.c.site == bindparam("for_site"),
        tickets.c.used_at.is_(None),
        tickets.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(tickets.c.body)
)


def issue_code(
    connection: Connection,
    keyring: Keyring,
    place: tuple[str, str],
    result: Result,
    at: datetime,
) -> str:
    """A code of 256 bits for the backend of a site; `place` is its workspace and its key."""
    sealed = msgspec.json.encode(result)
    return issue_secret(connection, keyring, (*place, MODE), (_PURPOSE, sealed), at)


def redeem_code(
    connection: Connection, keyring: Keyring, place: tuple[str, str], code: str, at: datetime
) -> Result | None:
    """The result of a code, for exactly one caller of all processes; then None.

    None also for one that is unknown, expired, or another site's (which stays unspent).
    """
    hashed = hash_secret(code)
    if hashed is None:
        return None
    workspace, site = place
    row = _redeem.one(connection, code=hashed, for_workspace=workspace, for_site=site, now=at)
    if row is None:
        return None
    try:
        return _decoder.decode(keyring.open_bytes(_PURPOSE, row[0], hashed))
    except (Unsealable, msgspec.DecodeError):
        return None


def tell_result(
    release: Release, subject: Subject, moment: Moment, result: Result
) -> dict[str, Any]:
    """What a site is told: what happened, what it still misses, and the answers it may read."""
    return {
        "sub": result.sub,
        "state": result.state,
        "status": result.status,
        "steps": [{"step": taken.step, "status": taken.status} for taken in result.steps],
        "missing": missing_requirements(release, subject, moment),
        "answers": told_answers(release, subject, moment.site, result.asked),
    }


def told_answers(
    release: Release, subject: Subject, site: str, asked: Iterable[str]
) -> dict[str, Any]:
    """What a site may read of what was asked, by attribute; `asked` are ids.

    Only what the site shares in and its server may read, and only what is answered: one left
    blank, or whose attribute is gone, is not there.
    """
    shared = release.attributes_of(site)
    told = {}
    for attribute_id in asked:
        answer = subject.answer(attribute_id)
        key = release.find_key(attribute_id)
        if answer is None or answer.state is not State.ANSWERED or key not in shared:
            continue
        attribute = release.attributes[key]
        if attribute.rights.application != "hidden" and not attribute.retired:
            told[key] = answer.value
    return told
