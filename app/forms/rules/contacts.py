"""Rules about where somebody is reached: mail domains, phone regions and types, web addresses."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import phonenumbers
from pydantic import AfterValidator, Field, RootModel

from app.forms.rules.rule import Asked, Rule, listed
from app.lib.i18n import Message, babel_locale, counted


def _lower(name: str) -> str:
    return name.lower().strip().lstrip("@").rstrip(".").encode("idna").decode()


Domain = Annotated[str, AfterValidator(_lower), Field(min_length=1, max_length=253)]


def within(host: str, domains: tuple[str, ...] | frozenset[str]) -> bool:
    """Whether a host is one of the domains or below one."""
    labels = host.lower().split(".")
    return any(".".join(labels[n:]) in domains for n in range(len(labels)))


@cache
def free_mail() -> frozenset[str]:
    """The large providers of mailboxes for everybody: a work address is at none of them."""
    return frozenset(Path(__file__).with_name("free_mail.txt").read_text().split())


@cache
def disposable() -> frozenset[str]:
    """Domains of mailboxes that last minutes; read when a rule first asks (half a megabyte)."""
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


class Domains(Rule):
    """At which domains (and below) an e-mail address may be."""

    allow: tuple[Domain, ...] | None = Field(None, description="Only these.")
    deny: tuple[Domain, ...] = Field((), description="None of these.")
    free: bool = Field(True, description="`false` refuses mailboxes for everybody.")
    disposable: bool = Field(True, description="`false` refuses mailboxes that last minutes.")

    def check(self, value: str, asked: Asked) -> Message | None:
        domain = value.rpartition("@")[2]
        if self.allow is not None and not within(domain, self.allow):
            return Message("Enter an e-mail address at {domains}.", domains=listed(self.allow))
        if within(domain, self.deny):
            return Message(
                "Enter a different e-mail address: those at {domain} are not accepted.",
                domain=domain,
            )
        if not self.free and within(domain, free_mail()):
            return Message(
                "Enter your work e-mail address: those at {domain} are not accepted.",
                domain=domain,
            )
        if not self.disposable and within(domain, disposable()):
            return Message(
                "Enter a permanent e-mail address: those at {domain} are not accepted.",
                domain=domain,
            )
        return None


def _known_region(region: str) -> str:
    if region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{region} is no ISO 3166-1 code of a region with phone numbers")
    return region.upper()


RegionCode = Annotated[str, AfterValidator(_known_region)]


class Region(RootModel[RegionCode | Annotated[tuple[RegionCode, ...], Field(min_length=1)]]):
    """The regions (ISO 3166-1) a phone number may be from; the first is assumed at a need."""

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.root,) if isinstance(self.root, str) else self.root

    def check(self, value: str, asked: Asked) -> Message | None:
        number = phonenumbers.parse(value)
        if phonenumbers.region_code_for_number(number) in self.codes:
            return None
        names = babel_locale(asked.locale).territories
        places = [names.get(code, code) for code in listed(self.codes)]
        return counted(
            "Enter a phone number from this country: {places}.",
            "Enter a phone number from one of these countries: {places}.",
            len(places),
            places=places,
        )


class NumberType(RootModel[Literal["mobile", "fixed"]]):
    """Whether a phone number is of a mobile or a fixed line; what can be either is accepted."""

    def check(self, value: str, asked: Asked) -> Message | None:
        kinds = phonenumbers.PhoneNumberType
        accepted = {
            "mobile": (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE),
            "fixed": (kinds.FIXED_LINE, kinds.FIXED_LINE_OR_MOBILE),
        }
        if phonenumbers.number_type(phonenumbers.parse(value)) in accepted[self.root]:
            return None
        if self.root == "mobile":
            return Message("Enter a mobile phone number.")
        return Message("Enter a landline number.")


class Schemes(RootModel[Annotated[tuple[str, ...], Field(min_length=1)]]):
    """The schemes a web address may have; without this rule `http` and `https`."""

    def check(self, value: str, asked: Asked) -> Message | None:
        if urlsplit(value).scheme in self.root:
            return None
        starts = [f"{scheme}://" for scheme in listed(self.root)]
        return Message("Enter a web address that begins with {starts}.", starts=starts)


class Hosts(RootModel[Annotated[tuple[Domain, ...], Field(min_length=1)]]):
    """The hosts (and what is below) a web address may be at."""

    def check(self, value: str, asked: Asked) -> Message | None:
        if within(urlsplit(value).hostname or "", self.root):
            return None
        return Message("Enter a web address at {hosts}.", hosts=listed(self.root))
