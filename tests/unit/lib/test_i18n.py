"""Which locale for whom, and how it speaks."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib import assets
from app.lib.i18n import (
    Message,
    Verbatim,
    Wording,
    _,
    babel_locale,
    best_match,
    catalogue,
    collated,
    counted,
    direction,
    locale,
    negotiate,
    ngettext,
    set_locale,
    use_locale,
    wording,
    written,
)
from app.lib.i18n.catalogues import read_catalogue
from app.lib.i18n.collation import LETTERS

OFFERED = ("en", "de", "pt-BR", "pt-PT", "zh-Hans", "zh-Hant", "sr", "nb", "he", "es", "fr")


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("de-AT", "de"),
        ("de_CH", "de"),
        ("de-CH-1996", "de"),
        ("pt", "pt-BR"),
        ("pt-BR", "pt-BR"),
        ("pt-AO", "pt-PT"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-MO", "zh-Hant"),
        ("sr-RS", "sr"),
        ("sr-Latn", None),
        ("no", "nb"),
        ("iw", "he"),
        ("es-MX", "es"),
        ("it", None),
        ("", None),
        ("x", None),
        ("*", None),
        ("../de", None),
    ],
)
def test_a_wish_finds_its_language_and_script(wish: str, found: str | None) -> None:
    assert best_match(wish, OFFERED) == found


def test_the_nearest_region_is_found() -> None:
    assert best_match("es-AR", ("es", "es-419", "es-MX")) == "es-419"
    assert best_match("en-AU", ("en-US", "en-GB", "en-AU")) == "en-AU"
    assert best_match("de-AT", ("de-CH", "de")) == "de"


@pytest.mark.parametrize(
    ("wishes", "header", "defaults", "found"),
    [
        (["fr", "de"], "es", ["en"], "fr"),
        ([None, "de"], "es", ["en"], "de"),
        (["it", None], "es", ["en"], "es"),
        ([], "it, de-AT;q=0.5, es;q=0.9", ["en"], "es"),
        ([], "de;q=0.5, es;q=0.5", ["en"], "de"),
        ([], "de;q=0, it", ["fr"], "fr"),
        ([], "*", ["fr"], "fr"),
        ([], "de;q=2, es;q=nonsense", ["fr"], "fr"),
        ([], None, [None, "he"], "he"),
        ([], None, ["it"], "en"),
        ([], "a" * 100_000, ["de"], "de"),
        ([], ",;,;q=1,,", ["de"], "de"),
    ],
)
def test_a_locale_is_negotiated(
    wishes: list[str | None], header: str | None, defaults: list[str | None], found: str
) -> None:
    assert negotiate(OFFERED, wishes, header, defaults) == found


@given(st.text(), st.text())
def test_negotiating_always_ends_with_an_offered_locale(wish: str, header: str) -> None:
    assert negotiate(OFFERED, [wish], header) in OFFERED


def test_something_has_to_be_offered() -> None:
    with pytest.raises(ValueError, match="no locale"):
        negotiate([], ["de"])


@pytest.mark.parametrize(
    ("tag", "runs"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("fa", "rtl"),
        ("he", "rtl"),
        ("ar-XB", "rtl"),
        ("de-AT", "ltr"),
        ("az-Arab", "rtl"),
        ("zh-Hant", "ltr"),
        ("nonsense", "ltr"),
    ],
)
def test_a_script_has_a_direction(tag: str, runs: str) -> None:
    assert direction(tag) == runs


@pytest.mark.parametrize(
    ("tag", "found"),
    [("pt-BR", "pt_BR"), ("zh-Hant", "zh_Hant"), ("en-XA", "en"), ("de-XY", "de"), ("??", "en")],
)
def test_every_tag_has_data(tag: str, found: str) -> None:
    assert str(babel_locale(tag)) == found


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("de", ["Ägypten", "Albanien", "Osterinsel", "Österreich", "Zypern"]),
        ("sv", ["Albanien", "Zypern", "Åland", "Ägypten", "Österrike"]),
        ("nb", ["Albania", "Zambia", "Østerrike", "Åland"]),
        ("cs", ["Cyprus", "Česko", "Dánsko", "Honduras", "Chile", "Indie"]),
        ("pl", ["Laos", "Luksemburg", "Łotwa", "Malta"]),
        ("en", ["Guinea", "Guinea-Bissau", "Guineas", "North Korea", "Northern Mariana Islands"]),
        ("tr", ["Cezayir", "Çad", "Ürdün", "Vanuatu"]),
        ("zh-Hans", ["安徽", "北京", "上海"]),
        ("ru", ["Австрия", "Ёлка", "Япония"]),
    ],
)
def test_names_stand_where_their_readers_look(tag: str, names: list[str]) -> None:
    assert collated(reversed(names), str, tag) == names


@pytest.mark.parametrize("tag", [*LETTERS, "fa", "ja", "ko", "zh-Hant", "en-XA", "nonsense"])
def test_an_alphabet_is_sorted_letter_by_letter(tag: str) -> None:
    groups = [group.split() for group in LETTERS.get(tag, "a b").split(",")]
    for group in groups:
        assert collated(reversed(group), str, tag) == group


def test_what_is_sorted_stays_what_it_is() -> None:
    rows = [("b", 1), ("a", 2), ("B", 3), ("a", 4)]
    assert collated(rows, lambda row: row[0], "en") == [("a", 2), ("a", 4), ("B", 3), ("b", 1)]


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout whose `locales/` has a little German."""
    folder = tmp_path / "locales" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Hello {name}"\nmsgstr "Hallo {name}"\n\n'
        'msgid "{n} day"\nmsgid_plural "{n} days"\n'
        'msgstr[0] "{n} Tag"\nmsgstr[1] "{n} Tage"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(assets, "roots", lambda: (tmp_path,))
    catalogue.cache_clear()
    yield folder
    catalogue.cache_clear()


@pytest.mark.usefixtures("german")
def test_a_text_is_said_in_the_locale_of_the_moment() -> None:
    assert _("Hello {name}", name="Vera") == "Hello Vera"
    with use_locale("de-AT"):
        assert locale() == "de-AT"
        assert _("Hello {name}", name="Vera") == "Hallo Vera"
        assert ngettext("{n} day", "{n} days", 1) == "1 Tag"
        assert ngettext("{n} day", "{n} days", 1200) == "1.200 Tage"
        assert _("Never translated") == "Never translated"
        with use_locale("en"):
            assert _("Hello {name}", name="Vera") == "Hello Vera"
    assert locale() == "en"


@pytest.mark.usefixtures("german")
def test_a_message_is_said_later() -> None:
    hello, days = Message("Hello {name}", name="Ben"), counted("{n} day", "{n} days", 3)
    assert (hello.text(), days.text("en")) == ("Hello Ben", "3 days")
    set_locale("de")
    assert (hello.text(), str(days)) == ("Hallo Ben", "3 Tage")
    set_locale("en")


def test_a_compiled_catalogue_is_read_unless_its_source_is_newer(german: Path) -> None:
    compiled = read_catalogue(german)
    assert compiled is not None
    (german / "messages.mo").write_bytes(compiled.getvalue())
    (german / "messages.po").unlink()
    catalogue.cache_clear()
    assert Message("Hello {name}", name="Ben").text("de") == "Hallo Ben"


def test_a_message_keeps_personal_values_to_itself() -> None:
    assert "Vera" not in repr(Message("Hello {name}", name="Vera"))


def test_what_a_person_typed_is_never_filled_in() -> None:
    assert Message("Hello {name}", name="{n.__class__} %(x)s").text("en") == (
        "Hello {n.__class__} %(x)s"
    )


def test_a_foreign_value_keeps_its_direction() -> None:
    like = Message("Enter {a}, {b} or {c}.", a="+49 30 1", b="اسم", c=12)
    assert like.text("ar") == "Enter \u2068+49 30 1\u2069, اسم or 12."
    assert like.text("de") == "Enter +49 30 1, اسم or 12."
    several = Message("Begin with {a}.", a=("http://", "https://"))
    assert several.text("ar") == "Begin with \u2068http://\u2069 أو \u2068https://\u2069."


def test_the_operators_sentence_is_said_as_it_is() -> None:
    sentence = Verbatim(Wording("Nimm {5} %s.", "de"))
    assert sentence.text("en") == "Nimm {5} %s."
    assert sentence.text("en").lang == "de"


@pytest.mark.parametrize(
    ("value", "tag", "text"),
    [
        (1234.5, "de", "1.234,5"),
        (Decimal("1234567"), "hi", "12,34,567"),
        (1234, "fa", "۱٬۲۳۴"),
        (1234, "bn", "১,২৩৪"),
        (0, "ar", "0"),
        (date(1990, 5, 3), "de", "3. Mai 1990"),
        (["a", "b", "c"], "en", "a, b, or c"),
        (("a", "b"), "de", "a oder b"),
        ("{x}", "de", "{x}"),
    ],
)
def test_values_are_written_for_the_reader(value: object, tag: str, text: str) -> None:
    assert written(value, tag) == text


@pytest.mark.parametrize("tag", ["en-XA", "ar-XB"])
def test_a_pseudo_locale_keeps_what_is_not_text(tag: str) -> None:
    text = 'Hi {name}, <a href="/x">%(n)s of 100%%</a> &amp; https://shop.example/a'
    with use_locale(tag):
        said = _(text)
    for kept in (
        "{name}",
        '<a href="/x">',
        "%(n)s",
        "%%",
        "</a>",
        "&amp;",
        "https://shop.example/a",
    ):
        assert kept in said
    assert said != text


def test_the_long_pseudo_locale_is_longer_and_never_english() -> None:
    with use_locale("en-XA"):
        said = _("Enter the name of your company.")
        several = ngettext("{n} day", "{n} days", 2)
    assert len(said) >= 1.4 * len("Enter the name of your company.")
    assert "Enter" not in said
    assert several.startswith("[2 ")


def test_the_reversed_pseudo_locale_turns_every_word() -> None:
    with use_locale("ar-XB"):
        assert _("Yes {name}", name="Vera") == "\u200f\u202eYes\u202c\u200f \u2068Vera\u2069"


@pytest.mark.parametrize(
    ("texts", "tag", "text", "lang"),
    [
        ("Work", "de", "Work", None),
        ({"en": "Work", "de": "Arbeit"}, "de", "Arbeit", None),
        ({"en": "Work", "de": "Arbeit"}, "de-AT", "Arbeit", None),
        ({"en": "Work", "de": "Arbeit"}, "fr", "Arbeit", "de"),
        ({"en": "Work"}, "ar", "Work", "en"),
        ({"es": "Trabajo", "en": "Work"}, "ar", "Trabajo", "es"),
        ({}, "ar", "", None),
    ],
)
def test_a_missing_translation_falls_back_and_says_so(
    texts: str | dict[str, str], tag: str, text: str, lang: str | None
) -> None:
    found = wording(texts, tag, "it", "de")
    assert (found, found.lang) == (text, lang)
