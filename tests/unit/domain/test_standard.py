"""The standard attributes: complete, translated and completed without overruling the author."""

import pytest

from app.domain.attributes import Attribute
from app.domain.standard import STANDARD, completed, in_words, shipped_locales, words_of
from app.forms.kinds import KINDS

# OpenID Connect Core 1.0, section 5.1, without `sub`; `address` as its members (5.1.1).
CLAIMS = """name given_name family_name middle_name nickname preferred_username profile picture
website email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified
updated_at address.formatted address.street_address address.locality address.region
address.postal_code address.country"""
# HTML, section 4.10.18.7.1: the field names that are about a person.
TOKENS = """name given-name family-name additional-name nickname username url photo email sex bday
language tel street-address address-level2 address-level1 postal-code country organization
organization-title"""


def test_every_standard_claim_is_built_in() -> None:
    assert set(CLAIMS.split()) <= set(STANDARD)
    assert set(STANDARD) - set(CLAIMS.split()) == {"company", "job_title"}
    assert "sub" not in STANDARD


@pytest.mark.parametrize("key", STANDARD)
def test_a_standard_attribute_can_be_asked_as_it_is(key: str) -> None:
    attribute = completed(key, Attribute(), words_of(key, Attribute()))
    assert attribute.kind in KINDS
    assert attribute.label
    assert attribute.autocomplete in (None, *TOKENS.split())


@pytest.mark.parametrize("key", ["email_verified", "phone_number_verified", "updated_at"])
def test_what_only_servers_know_is_not_for_people_to_write(key: str) -> None:
    assert completed(key, Attribute(), {}).rights.subject == "read"
    assert completed(key, Attribute(bucket="user_metadata"), {}).rights.subject == "write"


def test_what_is_written_wins() -> None:
    written = Attribute(label="Vorname", autocomplete="off", hint="Kurz")
    attribute = completed("given_name", written, words_of("given_name", written))
    assert (attribute.label, attribute.autocomplete, attribute.hint) == ("Vorname", "off", "Kurz")
    assert attribute.kind == "text"


def test_another_kind_keeps_the_label_alone() -> None:
    written = Attribute(kind="text")
    attribute = completed(
        "address.street_address", written, words_of("address.street_address", written)
    )
    assert attribute.kind == "text"
    assert attribute.autocomplete is None
    assert attribute.hint is None
    assert attribute.label == words_of("address.street_address", Attribute())["label"]


def test_a_label_is_the_key_in_words_where_none_is_written() -> None:
    assert completed("company_size", Attribute(kind="text"), {}).label == "Company size"
    assert in_words("vehicle.colour") == "Vehicle colour"


def test_english_is_always_shipped() -> None:
    assert shipped_locales()[0] == "en"
    assert words_of("email", Attribute())["label"]["en"] == "E-mail address"
