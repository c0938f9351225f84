"""The subject: a person, one aggregate row that is read whole and written whole."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from app.domain.answers import Answer, Provenance
from app.domain.progress import Progress
from app.domain.refusals import Refused
from app.domain.times import from_milliseconds, to_milliseconds

FORMAT = 1
SOFT_LIMIT = 64 * 1024
HARD_LIMIT = 256 * 1024
RECENT_PROMPTS = 32
RECENT_PROMPTS_LAST = 24 * 60 * 60 * 1000
AUTHENTICATIONS = 16
AUTHENTICATION_LASTS = 24 * 60 * 60 * 1000
SITTING_LASTS = 30 * 60 * 1000
# How a sitting begins that no login names, and how a login that names no sitting.
SEEN = "seen"
TOLD = "event:"

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder().decode
_T = TypeVar("_T", bound=msgspec.Struct)


class TooMuch(Exception):
    """The answers of one person would exceed the hard limit of an aggregate."""

    code = "answers_size"


def _struct(raw: Any, kind: type[_T]) -> _T:
    return msgspec.convert(raw, kind)


def _plain(value: msgspec.Struct, former: Mapping[str, Any] | None = None) -> dict[str, Any]:
    # Members that a newer process wrote and this one does not know are kept.
    built: dict[str, Any] = msgspec.to_builtins(value)
    if not former:
        return built
    known = type(value).__struct_fields__
    return {**{k: v for k, v in former.items() if k not in known}, **built}


def is_named(sitting: str) -> bool:
    """Whether an authentication names this sitting, or only that the person was seen."""
    return not sitting.startswith(f"{SEEN}:")


class SubjectKey(NamedTuple):
    """Who it is: the workspace, and the host's stable id in the workspace's namespace."""

    workspace: str
    subject: str


class Basis(NamedTuple):
    """What a form rests on: the person's row as it was when its page was opened.

    `since` is when that was, in milliseconds of the real time; every later form of the page has
    the same. `seen` is the version that was read, `born` when the person was first seen.
    """

    since: int
    seen: int = 0
    born: int = 0


class Subject(msgspec.Struct, frozen=True):
    """A person and all that is known of them.

    `version` is 0 for a person never stored. `body` is the decoded aggregate: plain members, so
    that those which a newer process added are kept; read it through the methods.
    """

    key: SubjectKey
    version: int = 0
    body: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Subject({self.key.workspace}, version {self.version})"

    @classmethod
    def from_row(cls, key: SubjectKey, row: tuple[Any, ...] | None) -> "Subject":
        """The person of a row `(version, body)`, or one never seen."""
        return cls(key) if row is None else cls(key, row[0], _decode(row[1]))

    def stored(self) -> "Subject":
        """The person once this is stored."""
        return msgspec.structs.replace(self, version=self.version + 1)

    def to_bytes(self) -> bytes:
        """The aggregate as it is stored. Raises TooMuch past the hard limit."""
        stored = _encode({"format": FORMAT, **self.body})
        if len(stored) > HARD_LIMIT:
            raise TooMuch
        return stored

    # What is known

    def answer(self, attribute_id: str) -> Answer | None:
        """The stored answer to an attribute, by its id."""
        raw = self.body.get("answers", {}).get(attribute_id)
        return None if raw is None else _struct(raw, Answer)

    def answered(self) -> tuple[str, ...]:
        """The ids of all attributes with a stored answer or suggestion."""
        return tuple(self.body.get("answers", {}))

    def provenance(self, answer: Answer) -> Provenance | None:
        """Where an answer came from."""
        raw = self.body.get("provenance", {}).get(answer.by)
        return None if raw is None else _struct(raw, Provenance)

    def said_at(self, answer: Answer) -> int | None:
        """When it was said, in milliseconds."""
        at = self.body.get("provenance", {}).get(answer.by, {}).get("at")
        return at if isinstance(at, int) else None

    def progress(self, step: str) -> Progress:
        """Where the person stands with a step."""
        raw = self.body.get("progress", {}).get(step)
        return Progress() if raw is None else _struct(raw, Progress)

    def logins(self, site: str = "") -> int:
        """How many logins were counted, at a site or in the whole workspace."""
        count: int = self.body.get("logins", {}).get(site, 0)
        return count

    @property
    def first_seen(self) -> datetime | None:
        at = self.body.get("first_seen")
        return None if at is None else from_milliseconds(at)

    @property
    def epoch(self) -> int:
        """The millisecond of the real time before which nothing was shown that still counts."""
        epoch: int = self.body.get("epoch", 0)
        return epoch

    def basis(self, now: datetime) -> Basis:
        """What a page rests on that is opened now, with this row."""
        # A log-out that the row tells of came before, whatever the clocks say.
        since = max(to_milliseconds(now), self.epoch)
        return Basis(since, self.version, self.body.get("first_seen", 0))

    def check_basis(self, basis: Basis) -> None:
        """Raise Refused for a form from before the person was logged out, or erased.

        Whoever was erased has no row, or one that began anew.
        """
        is_gone = self.version < max(basis.seen, 1)
        is_another = basis.born not in (0, self.body.get("first_seen", 0))
        if is_gone or is_another or basis.since < self.epoch:
            raise Refused("token_revoked")

    def check_proof(self, proved_at: int | None) -> None:
        """Raise Refused for an assertion or ticket of a millisecond before the last log-out."""
        if proved_at is not None and proved_at < self.epoch:
            raise Refused("token_revoked")

    def recent_digest(self, prompt: str) -> str | None:
        """The digest of what this prompt was answered with, if that is remembered."""
        for recent in self.body.get("recent", ()):
            if recent["prompt"] == prompt:
                return str(recent["digest"])
        return None

    def has_authenticated(self, authentication: str, at: int, scope: str) -> bool:
        """Whether this authentication is counted already, or too old to be told apart."""
        known = self.body.get("authentications", {}).get(scope, ())
        if not known or authentication in [key for key, _ in known]:
            return bool(known)
        # Whatever is no newer than all that fit into the row may have been one of those before.
        oldest, newest = known[0][1], known[-1][1]
        is_forgotten = len(known) >= AUTHENTICATIONS and at <= oldest
        return bool(is_forgotten or newest - at > AUTHENTICATION_LASTS)

    def sitting(self, site: str, at: datetime) -> str:
        """The stay that goes on at this moment where nothing names an authentication."""
        moment = to_milliseconds(at)
        start, last = self.body.get("sittings", {}).get(site, (moment, moment))
        return f"{SEEN}:{start if moment - last < SITTING_LASTS else moment}"

    def last_sitting(self, site: str, at: datetime) -> str:
        """The stay that this moment belongs to if no other login came since, as the row has it."""
        known = self.body.get("authentications", {}).get(site, ())
        named = [name for name, _ in known if not name.startswith(TOLD)]
        return str(named[-1]) if named else self.sitting(site, at)

    # What becomes of it: each returns the person afterwards

    def with_answers(self, answers: Mapping[str, Answer], provenance: Provenance) -> "Subject":
        """These answers, by attribute id, all of one provenance."""
        by = str(1 + max(map(int, self.body.get("provenance", {})), default=0))
        held = dict(self.body.get("answers", {}))
        for attribute_id, answer in answers.items():
            held[attribute_id] = {**_plain(answer, held.get(attribute_id)), "by": by}
        known = {**self.body.get("provenance", {}), by: _plain(provenance)}
        used = {raw.get("by") for raw in held.values()}
        return self._with(answers=held, provenance={k: v for k, v in known.items() if k in used})

    def without_answer(self, attribute_id: str) -> "Subject":
        """The answer to this attribute is forgotten."""
        held = {k: v for k, v in self.body.get("answers", {}).items() if k != attribute_id}
        used = {raw.get("by") for raw in held.values()}
        known = self.body.get("provenance", {})
        return self._with(answers=held, provenance={k: v for k, v in known.items() if k in used})

    def with_suggestion(self, attribute_id: str, answer: Answer) -> "Subject":
        """An answer that differs from the stored one by its suggestion only."""
        held = self.body.get("answers", {})
        raw = _plain(answer, held.get(attribute_id))
        return self._with(answers={**held, attribute_id: raw})

    def with_progress(self, step: str, progress: Progress) -> "Subject":
        steps = self.body.get("progress", {})
        return self._with(progress={**steps, step: _plain(progress, steps.get(step))})

    def with_recent(self, prompt: str, digest: str, at: datetime) -> "Subject":
        """This prompt was used so; only the last ones of a day are remembered."""
        moment = to_milliseconds(at)
        kept = [
            recent
            for recent in self.body.get("recent", ())
            if recent["prompt"] != prompt and moment - recent["at"] < RECENT_PROMPTS_LAST
        ]
        newest = {"prompt": prompt, "digest": digest, "at": moment}
        return self._with(recent=[*kept, newest][-RECENT_PROMPTS:])

    def with_login(self, authentication: str, at: int, scopes: tuple[str, ...]) -> "Subject":
        """One more login in each scope: a site's key, or `""` for the workspace."""
        logins = dict(self.body.get("logins", {}))
        known = dict(self.body.get("authentications", {}))
        for scope in scopes:
            logins[scope] = logins.get(scope, 0) + 1
            kept = sorted([*known.get(scope, ()), [authentication, at]], key=lambda entry: entry[1])
            known[scope] = kept[-AUTHENTICATIONS:]
        return self._with(logins=logins, authentications=known)

    def with_epoch(self, now: datetime) -> "Subject":
        """Whatever was shown until now has no force any more."""
        return self._with(epoch=max(self.epoch, to_milliseconds(now)) + 1)

    def supposing(self, site: str, logins: int) -> "Subject":
        """The person as if so many logins had been counted at the site."""
        return self._with(logins={**self.body.get("logins", {}), site: logins})

    def seen(self, site: str, sitting: str, at: datetime) -> "Subject":
        """The person is here; a sitting that nothing else names is prolonged."""
        moment = to_milliseconds(at)
        members: dict[str, Any] = {"first_seen": self.body.get("first_seen", moment)}
        kind, _, start = sitting.partition(":")
        if kind == SEEN:
            sittings = self.body.get("sittings", {})
            members["sittings"] = {**sittings, site: [int(start), moment]}
        return self._with(**members)

    def _with(self, **members: Any) -> "Subject":
        return msgspec.structs.replace(self, body={**self.body, **members})
