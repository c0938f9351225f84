"""The visit: one verified request, a person at a site, ready to be decided about and shown to."""

import os
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from app.domain.flows import Flow, seal_flow
from app.domain.moments import Moment
from app.domain.prompts import Prompt
from app.domain.releases import Release
from app.domain.sites import Site
from app.domain.subjects import Basis, Subject, SubjectKey
from app.domain.themes import Scheme
from app.domain.tokens import Presentation, Purpose, StepToken, new_prompt, seal_token
from app.forms.form import Form
from app.runtime import Runtime

Body = Mapping[str, list[str]]


class Visit(msgspec.Struct, frozen=True):
    """A verified request.

    `site_key` is the site's key in `release`, the active one; `who` is the person. `moment.at` is
    the time it acts at, which for a sandbox site is its own; `now` is always the real one. `basis`
    is what all forms of the page rest on.
    `is_scripted` is false for a browser that posts by itself and wants whole documents. `theme` is
    light, dark or auto where somebody asked for it. `action` is the host's own address to which
    its forms post, where that is not ours (mode d).
    """

    runtime: Runtime
    release: Release
    site_key: str
    who: SubjectKey
    presentation: Presentation
    origin: str
    instance: str
    moment: Moment
    now: datetime
    basis: Basis
    is_scripted: bool = True
    is_stale: bool = False
    has_clock: bool = False
    body: Body = {}
    token: StepToken | None = None
    theme: Scheme | None = None
    action: str = ""
    flow: Flow | None = None

    def __repr__(self) -> str:
        return f"Visit({self.public_id}, {self.presentation})"

    @property
    def site(self) -> Site:
        return self.release.document.sites[self.site_key]

    @property
    def public_id(self) -> str:
        return f"{self.release.workspace}.{self.site_key}"

    @property
    def locale(self) -> str:
        return self.moment.locale

    @property
    def scheme(self) -> Scheme:
        """Light, dark or auto: as asked for, else as the site has it."""
        return self.theme or self.site.theme.mode

    @property
    def at(self) -> datetime:
        return self.moment.at

    def address(self, resource: str, action: str) -> str:
        """Where one of its forms posts to; `resource` is `fragments` or `profile`."""
        if self.action:
            return self.action
        if self.presentation == "hosted":
            return f"/v1/hosted/sites/{self.public_id}/{resource}/{action}"
        root = "" if self.presentation == "frame" else self.runtime.url
        return f"{root}/v1/sites/{self.public_id}/{resource}/{self.presentation}/{action}"

    def does(self, resource: str, *actions: str) -> dict[str, str]:
        """What a form says of itself where all of them post to one address."""
        return {action: f"{resource}/{action}" for action in actions} if self.action else {}

    def at_moment(self, **changes: Any) -> "Visit":
        """The same visit at a moment that differs."""
        return msgspec.structs.replace(self, moment=msgspec.structs.replace(self.moment, **changes))

    def form(
        self,
        step: str | None,
        attributes: tuple[str, ...],
        values: Mapping[str, Any] = MappingProxyType({}),
    ) -> Form:
        """The form of these attributes, with `values` unless nobody may see them any more."""
        locale = self.moment.locale
        questions = self.release.questions(step, attributes, self.site_key, locale)
        known = {} if self.is_stale else values
        return Form(
            questions, locale, at=self.moment.at, values=known, instance=f"{self.instance}-"
        )

    def sealed_flow(self) -> str:
        """The hidden field that carries the errand on; empty where there is none."""
        return seal_flow(self.runtime.keyring, self.flow) if self.flow else ""

    def _times(self) -> tuple[int, int | None]:
        """When a token is issued, by the real clock and a sandbox's.

        One made from a stale one is as old: else the next answer would show what this may not.
        """
        if self.token and self.is_stale:
            return self.token.iat, self.token.clock
        return int(self.now.timestamp()), int(self.at.timestamp()) if self.has_clock else None

    def seal(
        self,
        purpose: Purpose,
        step: str,
        attributes: tuple[str, ...],
        subject: Subject | None,
        *,
        skips_left: int | None = None,
    ) -> tuple[str, str]:
        """A new token for a form, and the id of the prompt it stands for."""
        moment, prompt = self.moment, new_prompt()
        issued, clock = self._times()
        token = StepToken(
            purpose=purpose,
            site=self.public_id,
            subject=self.who.subject,
            origin=self.origin,
            presentation=self.presentation,
            instance=self.instance,
            step=step,
            release=self.release.number,
            fields=self.release.ids_of(attributes),
            seen=subject.version if subject else self.basis.seen,
            prompt=prompt,
            iat=issued,
            locale=moment.locale,
            moment=_sealed(self, skips_left),
            sitting=moment.sitting,
            clock=clock,
            since=self.basis.since,
            born=self.basis.born,
        )
        return seal_token(self.runtime.keyring, token), prompt


def _sealed(visit: Visit, skips_left: int | None) -> dict[str, Any]:
    moment = visit.moment
    told = {
        "on": moment.on,
        "name": moment.name,
        "step": moment.step,
        "skips_left": skips_left,
        "theme": visit.theme,
    }
    sealed = {key: value for key, value in told.items() if value is not None}
    return {**sealed, "claims": dict(moment.claims)} if moment.claims else sealed


def prompt_of(visit: Visit, release: Release) -> Prompt:
    """The prompt that a visit's token stands for, in the words of its release."""
    token = visit.token
    assert token is not None
    return Prompt(
        id=token.prompt,
        release=release,
        site=visit.site_key,
        step=token.step,
        attributes=tuple(release.key_of(attribute_id) for attribute_id in token.fields),
        locale=token.locale,
        sitting=token.sitting or "",
        issued_at=token.acts_at(token.issued_at),
        basis=token.basis,
    )


def new_instance() -> str:
    """A prefix that sets the ids of two widgets on one page apart."""
    return "ao" + os.urandom(3).hex()
