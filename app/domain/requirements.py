"""The requirements: what a site cannot do without, and which step asks for it now."""

import msgspec

from app.domain.answers import State
from app.domain.deciding import Decision, decide
from app.domain.moments import Moment
from app.domain.releases import Release
from app.domain.standing import Standing
from app.domain.subjects import Subject

_MET = (State.ANSWERED, State.STALE)


def missing_requirements(release: Release, subject: Subject, moment: Moment) -> tuple[str, ...]:
    """The attributes that the moment's site requires and that nobody has answered, in order."""
    standing = Standing(release, subject, moment)
    required = release.document.sites[moment.site].requires
    return tuple(key for key in required if standing.state(key) not in _MET)


def decide_errand(release: Release, subject: Subject, moment: Moment) -> tuple[Moment, Decision]:
    """The step that somebody who is logging in meets now, and the moment at which it appears.

    A step that waits to be asked for, and asks for something that is missing, comes first: so a
    site gets what it cannot do without, however the person left a step that is optional.
    """
    if moment.on == "login":
        missing = missing_requirements(release, subject, moment)
        for key in release.candidates(moment.site, "request") if missing else ():
            asked_for = msgspec.structs.replace(moment, on="request", step=key)
            decision = decide(release, subject, asked_for)
            if not set(missing).isdisjoint(decision.attributes):
                return asked_for, decision
    return moment, decide(release, subject, moment)
