"""The standard attributes: what every profile may hold, with kind, words and autocomplete built in.

The claims are those of OpenID Connect Core 1.0, section 5.1, the members of `address` as leaves
(section 5.1.1); `sub` is the person and no attribute. Two attributes of work stand beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from app.domain.attributes import Attribute, KindName
from app.lib import assets
from app.lib.i18n import N_, catalogue

SPOKEN = "en"  # the language in which our texts are written

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Standard:
    """What is built in of an attribute; label and hint are texts to be translated."""

    kind: KindName
    label: str
    autocomplete: str | None = None
    hint: str | None = None
    is_for_servers: bool = False


STANDARD: Mapping[str, Standard] = {
    "name": Standard("text", N_("Full name"), "name"),
    "given_name": Standard("text", N_("First name"), "given-name"),
    "family_name": Standard("text", N_("Last name"), "family-name"),
    "middle_name": Standard("text", N_("Middle name"), "additional-name"),
    "nickname": Standard("text", N_("Nickname"), "nickname", N_("What friends call you.")),
    "preferred_username": Standard(
        "text", N_("Username"), "username", N_("The short name you would like to go by.")
    ),
    "profile": Standard(
        "url", N_("Profile page"), None, N_("The web address of a page about you.")
    ),
    "picture": Standard("url", N_("Picture"), "photo", N_("The web address of a picture of you.")),
    "website": Standard("url", N_("Website"), "url"),
    "email": Standard("email", N_("E-mail address"), "email"),
    "email_verified": Standard("boolean", N_("E-mail address verified"), is_for_servers=True),
    "gender": Standard("text", N_("Gender"), "sex"),
    "birthdate": Standard("birthdate", N_("Date of birth"), "bday"),
    "zoneinfo": Standard("timezone", N_("Time zone")),
    "locale": Standard("language", N_("Language"), "language"),
    "phone_number": Standard("tel", N_("Phone number"), "tel"),
    "phone_number_verified": Standard("boolean", N_("Phone number verified"), is_for_servers=True),
    "address.formatted": Standard("multiline", N_("Address")),
    "address.street_address": Standard(
        "multiline", N_("Street address"), "street-address", N_("Street and house number.")
    ),
    "address.locality": Standard("text", N_("Town or city"), "address-level2"),
    "address.region": Standard("text", N_("State or region"), "address-level1"),
    "address.postal_code": Standard("text", N_("Postcode"), "postal-code"),
    "address.country": Standard("country", N_("Country"), "country"),
    "updated_at": Standard("integer", N_("Last updated"), is_for_servers=True),
    "company": Standard("text", N_("Company"), "organization"),
    "job_title": Standard("text", N_("Job title"), "organization-title"),
}


def completed(key: str, attribute: Attribute, words: Mapping[str, Texts]) -> Attribute:
    """The attribute with what is built in where nothing is written.

    `words` holds the built-in `label` and `hint` by locale, as `words_of` found them.
    """
    built_in = STANDARD.get(key)
    written = attribute.model_fields_set
    missing: dict[str, object] = {}
    if attribute.label is None:
        missing["label"] = words.get("label") or in_words(key)
    if built_in and attribute.kind in (None, built_in.kind):
        missing["kind"] = built_in.kind
        if "hint" not in written:
            missing["hint"] = words.get("hint")
        if "autocomplete" not in written:
            missing["autocomplete"] = built_in.autocomplete
    if built_in and built_in.is_for_servers and "bucket" not in written:
        missing["bucket"] = "app_metadata"
    return attribute.model_copy(update=missing)


def words_of(key: str, attribute: Attribute) -> dict[str, Texts]:
    """The built-in label and hint of an attribute that has not its own, in every shipped locale."""
    built_in = STANDARD.get(key)
    if not built_in:
        return {}
    wanted = {"label": built_in.label if attribute.label is None else None}
    if attribute.hint is None and attribute.kind in (None, built_in.kind):
        wanted["hint"] = built_in.hint
    return {name: _translated(msgid) for name, msgid in wanted.items() if msgid}


def in_words(key: str) -> str:
    """A key as a label: `company_size` is "Company size"."""
    words = key.replace("_", " ").replace(".", " ")
    return words[:1].upper() + words[1:]


def _translated(msgid: str) -> Texts:
    return {tag: catalogue(tag).gettext(msgid) for tag in shipped_locales()}


@cache
def shipped_locales() -> tuple[str, ...]:
    """The locales that our own texts are translated to, and English."""
    folders = assets.path("locales").glob("*/LC_MESSAGES")
    tags = {folder.parent.name.replace("_", "-") for folder in folders}
    return (SPOKEN, *sorted(tags - {SPOKEN}))
