"""The flow: a person's errand from a site to our own page and back, carried by the page's forms.

It stands in no address and in no table: sealed, it is a hidden field beside the step token, and
where a browser keeps cookies, a cookie that lets a reload show where the person stands.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

import msgspec

from app.domain.refusals import Refused
from app.domain.subjects import Basis
from app.domain.themes import Scheme
from app.domain.tickets import View
from app.domain.tokens import SHOWS_FOR, WRITES_FOR
from app.lib.sealing import Keyring, Unsealable

MOST_STEPS = 12  # somebody who is logging in has other things to do
LARGEST = 16 * 1024  # characters
LARGEST_CLAIMS = 512  # bytes; every form of a page carries those that an audience asks for
_PURPOSE = "flow/1"

Way = Literal["code", "auth0"]
StepStatus = Literal["saved", "skipped", "dismissed"]
Status = Literal["complete", "skipped", "dismissed", "nothing"]


class StepTaken(msgspec.Struct, frozen=True, array_like=True):
    """What became of one step in a flow; `attributes` are the ids of what it asked."""

    step: str
    status: StepStatus
    attributes: tuple[str, ...] = ()


class Flow(msgspec.Struct, frozen=True, array_like=True):
    """Whom a site sent to us, for what, where the person goes back to, and what was done so far.

    `sub` is the host's word for the person. `moment`, `sitting`, `locale` and `clock` are what is
    decided with, `basis` what its pages rest on; `iat` and `clock` are seconds since 1970, as in a
    step token. `status` is set when the errand is over, `has_left` once the person was sent back.

    The members are stored by their order: new ones go to the end, with a default.
    """

    id: str
    site: str  # public id
    sub: str
    way: Way
    return_to: str
    state: str | None
    view: View
    locale: str
    sitting: str
    moment: dict[str, Any]
    basis: Basis
    iat: int
    clock: int | None = None
    steps: tuple[StepTaken, ...] = ()
    status: Status | None = None
    theme: Scheme | None = None
    has_left: bool = False
    notice: str = ""

    def __repr__(self) -> str:
        return f"Flow({self.site}, {self.way}, {self.status})"

    @property
    def is_full(self) -> bool:
        """Whether the person has done enough for one errand."""
        return len(self.steps) >= MOST_STEPS

    @property
    def outcome(self) -> Status:
        """How it ends if it ends now."""
        return self.status or ("complete" if self.steps else "nothing")

    def after(self, taken: StepTaken) -> "Flow":
        """With this step done; one that was done before was corrected."""
        kept = tuple(one for one in self.steps if one.step != taken.step)
        status = None if taken.status == "saved" else taken.status
        return msgspec.structs.replace(self, steps=(*kept, taken), status=status)

    def joined(self, other: "Flow") -> "Flow":
        """With what another page of the same errand did, which this one does not know."""
        mine = {taken.step for taken in self.steps}
        missed = tuple(taken for taken in other.steps if taken.step not in mine)
        return msgspec.structs.replace(self, steps=(*missed, *self.steps))

    def changed(self, **members: Any) -> "Flow":
        return msgspec.structs.replace(self, **members)

    def is_stale(self, at: datetime) -> bool:
        """Whether others may look by now, so that a cookie alone shows nothing any more."""
        return at - datetime.fromtimestamp(self.iat, UTC) > SHOWS_FOR

    def acts_at(self, at: datetime) -> datetime:
        """The time it acts at: a sandbox's own, which goes on, or `at`."""
        if self.clock is None:
            return at
        return datetime.fromtimestamp(self.clock, UTC) + (
            at - datetime.fromtimestamp(self.iat, UTC)
        )


_decoder = msgspec.msgpack.Decoder(Flow)


def can_carry(claims: Mapping[str, Any]) -> bool:
    """Whether the forms of a page have room for these claims."""
    return len(msgspec.json.encode(claims)) <= LARGEST_CLAIMS


def flow_id(ticket: str) -> str:
    """The name of the flow that a ticket opens, of which nobody can guess the ticket."""
    return sha256(ticket.encode()).hexdigest()[:16]


def seal_flow(keyring: Keyring, flow: Flow) -> str:
    """The text of the hidden field and of the cookie."""
    return keyring.seal(_PURPOSE, msgspec.msgpack.encode(flow))


def open_flow(keyring: Keyring, text: str, at: datetime) -> Flow:
    """The flow, if we sealed it less than 24 hours ago (by the real time). Raises Refused."""
    if not text or len(text) > LARGEST:
        raise Refused("flow_unreadable")
    try:
        flow = _decoder.decode(keyring.open(_PURPOSE, text))
    except (Unsealable, msgspec.DecodeError):
        raise Refused("flow_unreadable") from None
    if at - datetime.fromtimestamp(flow.iat, UTC) > WRITES_FOR:
        raise Refused("token_expired")
    return flow
