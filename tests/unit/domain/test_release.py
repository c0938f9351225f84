"""A compiled release: what every request asks of the configuration, without a query."""

import pytest

from app.domain.release import Paused, Release
from app.lib.i18n import Wording
from tests.unit.domain.documents import SOUND, sound

LONG = """askonce: 1
workspace: acme
default_locale: de
attributes:
  given_name: {}
  company: {kind: text, label: {de: Firma, fr: Société}, hint: Where you work}
  size: {kind: choice, label: {en: Size, de: Größe}, options: [{value: s, label: {en: Small}}]}
  phone_number: {rules: {type: mobile}}
  letter: {kind: consent, purpose: marketing, version: 1, text: {en: Send it, de: Senden}}
  plan: {kind: text, bucket: app_metadata}
  old: {kind: text, retired: keep}
  secret: {kind: text, access: {application: read}}
sites:
  shop:
    name: Shop
    origins: [https://shop.example]
    locales: [en, de]
    region: DE
    reads: [size]
  club: {name: Club, origins: ["https://club.example"], requires: [phone_number]}
subjects: shared
steps:
  low: {title: Low, fields: [company], trigger: {on: login}, priority: -1}
  first:
    title: A
    fields: [{attribute: company, label: Your firm, required: true}]
    trigger: {on: login}
  second: {title: B, fields: [size], trigger: [{on: login}, {on: click, name: x}], sites: [shop]}
  high: {title: C, fields: [letter], trigger: {on: login}, priority: 9}
  asked: {title: D, fields: [letter], audience: {claim: tier, equals: gold}}
  named:
    title: E
    fields: [{attribute: letter, when: {not: {claim: vip, known: true}}}]
    trigger: {on: request}
"""


@pytest.fixture(scope="module")
def release() -> Release:
    return Release.of(sound(LONG), 3)


@pytest.mark.parametrize(
    ("site", "on", "steps"),
    [
        ("shop", "login", ("high", "first", "second", "low")),
        ("club", "login", ("high", "first", "low")),
        ("shop", "click", ("second",)),
        ("shop", "request", ("asked", "named")),
        ("shop", "page", ()),
    ],
)
def test_candidates_stand_in_rank_order(
    release: Release, site: str, on: str, steps: tuple[str, ...]
) -> None:
    assert release.candidates(site, on) == steps
    assert release.candidates(site, on) == steps


def test_it_knows_which_claims_any_condition_reads(release: Release) -> None:
    assert release.claims == {"tier", "vip"}


def test_an_attribute_has_a_short_id_and_the_id_names_it(release: Release) -> None:
    ids = [release.attribute_id(key) for key in release.attributes]
    assert len(set(ids)) == len(ids)
    assert [release.key_of(one) for one in ids] == list(release.attributes)
    with pytest.raises(KeyError):
        release.attribute_id("nothing")


def test_a_step_words_its_own_question(release: Release) -> None:
    question = release.question("first", "company", "shop", "de")
    assert (question.label, question.required, question.hint) == (
        "Your firm",
        True,
        "Where you work",
    )


def test_the_editor_asks_in_the_words_of_the_attribute(release: Release) -> None:
    question = release.question(None, "company", "shop", "de")
    assert (question.label, question.required) == ("Firma", False)


def test_a_question_is_made_once_per_site_and_locale(release: Release) -> None:
    first = release.question(None, "size", "shop", "de")
    assert release.question(None, "size", "shop", "de") is first
    assert release.question(None, "size", "shop", "en") is not first


def test_a_question_has_what_its_kind_needs(release: Release) -> None:
    phone = release.question(None, "phone_number", "shop", "en")
    assert (phone.kind.name, phone.region, phone.autocomplete) == ("tel", "DE", "tel")
    assert phone.rules.type is not None
    assert release.question(None, "letter", "club", "de").consent == "Senden"
    options = release.question(None, "size", "shop", "de").options
    assert [(one.value, one.label, one.label.lang) for one in options] == [("s", "Small", "en")]


def test_an_unknown_step_or_attribute_is_no_question(release: Release) -> None:
    for step, attribute in ((None, "nothing"), ("nothing", "company"), ("high", "company")):
        with pytest.raises(KeyError):
            release.question(step, attribute, "shop", "en")


@pytest.mark.parametrize(
    ("text", "site", "locale", "shown", "lang"),
    [
        ("Hello", "shop", "de", "Hello", None),
        ({"en": "Hello", "de": "Hallo"}, "shop", "de", "Hallo", None),
        ({"en": "Hello", "de": "Hallo"}, "shop", "de-AT", "Hallo", None),
        ({"en": "Hello", "de": "Hallo"}, "shop", "ar", "Hello", "en"),
        ({"en": "Hello", "de": "Hallo"}, "club", "ar", "Hallo", "de"),
        ({"fr": "Salut"}, "shop", "ar", "Salut", "fr"),
    ],
)
def test_a_text_falls_back_and_says_its_language(
    release: Release,
    text: str | dict[str, str],
    site: str,
    locale: str,
    shown: str,
    lang: str | None,
) -> None:
    wording = release.wording(text, site, locale)
    assert isinstance(wording, Wording)
    assert (wording, wording.lang) == (shown, lang)


def test_no_text_is_no_wording(release: Release) -> None:
    assert release.wording(None, "shop", "en") is None


def test_a_site_reads_what_it_asks_requires_or_reads(release: Release) -> None:
    assert release.attributes_of("shop") == {"company", "size", "letter"}
    assert release.attributes_of("club") == {"company", "letter", "phone_number"}


def test_only_good_traits_of_writable_attributes_are_accepted(release: Release) -> None:
    told = {
        "given_name": " Vera ",
        "phone_number": "+49 1512 3456789",
        "size": "xl",
        "company": 3,
        "plan": "gold",
        "old": "x",
        "secret": "x",
        "unknown": "x",
    }
    accepted = {"given_name": "Vera", "phone_number": "+4915123456789", "plan": "gold"}
    assert release.accepted_traits(told) == accepted


def test_a_trait_that_breaks_a_rule_is_left(release: Release) -> None:
    assert release.accepted_traits({"phone_number": "+49 30 123456"}) == {}


def test_sites_share_their_people_unless_each_has_its_own() -> None:
    shared = Release.of(sound(LONG))
    own = Release.of(sound(LONG.replace("subjects: shared", "subjects: own")))
    assert shared.subject_key("shop", "vera") == shared.subject_key("club", "vera")
    assert own.subject_key("shop", "vera") != own.subject_key("club", "vera")
    assert own.subject_key("shop", "vera") == ("acme", "shop:vera")


def test_a_long_name_of_an_own_person_still_fits_its_column() -> None:
    own = Release.of(sound(LONG.replace("subjects: shared", "subjects: own")))
    one, other = (own.subject_key("shop", "v" * 254 + end).subject for end in "ab")
    assert one != other
    assert max(len(one), len(other)) <= 255


CHANGES = [
    ("{kind: text}", "{kind: text}", True),
    ("{kind: text}", "{kind: text, label: Firm, rules: {length: {max: 9}}}", True),
    ("{kind: text}", "{kind: multiline}", False),
    ("{kind: text}", "{kind: text, access: {application: read}}", False),
    ("company: {kind: text}", "firm: {kind: text, renamed_from: company}", True),
]


@pytest.mark.parametrize(("former", "written", "same"), CHANGES)
def test_a_question_is_the_same_while_id_kind_and_access_are(
    former: str, written: str, same: bool
) -> None:
    source = SOUND.replace(former, written, 1)
    if "firm" in written:
        source = source.replace("[company]", "[firm]")
    then, now = Release.of(sound()), Release.of(sound(source))
    assert then.same_question(now, "company") is same


def test_a_silenced_step_is_paused_and_nothing_else_changes(release: Release) -> None:
    quiet = release.silenced(Paused(steps=frozenset({"low"})))
    assert (quiet.is_paused("low"), quiet.is_paused("high")) == (True, False)
    assert release.silenced(Paused(everything=True)).is_paused("high")
    assert not release.is_paused("low")
    assert quiet.question(None, "size", "shop", "de") is release.question(
        None, "size", "shop", "de"
    )
