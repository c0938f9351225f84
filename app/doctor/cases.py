"""The case: all that the doctor knows of a page before it says anything about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.doctor.embeds import Embed
from app.doctor.fetching import Answer, origin_of
from app.doctor.markup import Markup
from app.domain.releases import Releases
from app.domain.site_tokens import public_id
from app.domain.sites import Site, SiteKey
from app.domain.workspace import Workspace
from app.lib.content_policy import Policy
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Ours:
    """This Askonce: its origin as it is set, and every site that is published, by public id.

    `fetched` are keys of sites that pin an address for them, `unfetched` why they could not be
    had; `has_loopback` whether such an address may be on this machine.
    """

    url: str
    sites: Mapping[str, Site]
    has_loopback: bool = False
    fetched: Mapping[str, Mapping[str, SiteKey]] = field(default_factory=dict)
    unfetched: Mapping[str, str] = field(default_factory=dict)

    def keys(self, name: str) -> dict[str, SiteKey]:
        """A site's keys by their ids; its own win."""
        site = self.sites.get(name)
        own = {key.kid: key for key in site.keys} if site else {}
        return {**self.fetched.get(name, {}), **own}

    def like(self, written: str) -> str:
        """The id that somebody may have meant, or the ids there are."""
        meant = [one for one in self.sites if one.partition(".")[2] == written]
        return meant[0] if len(meant) == 1 else ", ".join(self.sites) or "none is published"


def sites_of(document: Workspace) -> dict[str, Site]:
    """Every site of a document by its public id."""
    return {public_id(document.workspace, key): site for key, site in document.sites.items()}


def held(releases: Releases, settings: Settings) -> Ours:
    """The sites that a serving process holds."""
    active = [releases.active(name) for name in releases.workspaces()]
    found = {k: v for one in active if one for k, v in sites_of(one.document).items()}
    return Ours(settings.url, found, settings.outbound_loopback)


@dataclass(frozen=True, slots=True)
class Case:
    """A page at `page.url`, what it embeds, and what came of asking for all that it names.

    `files` are the answers for scripts and sheets by address; None where none could be had.
    `preflights` are those of mounts. `framed` is a document of ours, as a frame of the page gets
    it. `site` is the one that the caller named, for what the page itself does not.
    `spaces` are the address spaces of the page's host and of ours: public, local or loopback.
    """

    asked: str
    page: Answer
    markup: Markup
    policies: tuple[Policy, ...]
    embeds: tuple[Embed, ...]
    ours: Ours
    at: datetime
    site: str = ""
    ready: Answer | None = None
    framed: Answer | None = None
    files: Mapping[str, Answer | None] = field(default_factory=dict)
    preflights: Mapping[str, Answer | None] = field(default_factory=dict)
    spaces: tuple[str, str] = ("public", "public")

    @property
    def origin(self) -> str:
        return origin_of(self.page.url)

    def all(self, *kinds: str) -> list[Embed]:
        return [one for one in self.embeds if one.kind in kinds]

    def site_of(self, embed: Embed) -> str:
        """The public id of the embed's site; where a ticket stands for it, the one that fits."""
        if embed.site or self.site:
            return embed.site or self.site
        fitting = [name for name, one in self.ours.sites.items() if self.origin in one.origins]
        return next(iter(fitting or self.ours.sites), "")

    def known(self, embed: Embed) -> Site | None:
        return self.ours.sites.get(self.site_of(embed))

    @property
    def scripts(self) -> str:
        """The text of every script of the page that could be read."""
        inline = [one.text for one in self.markup.all("script") if not one.get("src")]
        loaded = [one.text for url, one in self.files.items() if one and not _is_sheet(url)]
        return "\n".join([*inline, *loaded])

    @property
    def has_unread(self) -> bool:
        """Whether a script of the page could not be read."""
        return any(one is None for url, one in self.files.items() if not _is_sheet(url))


def _is_sheet(url: str) -> bool:
    return url.partition("?")[0].endswith(".css")
