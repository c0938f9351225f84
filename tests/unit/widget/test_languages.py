"""The language of a step: asked for, agreed on, and said where a text has to be in another."""

from xml.etree.ElementTree import Element

import pytest

from tests.unit.world import Shown, World


def root(shown: Shown) -> Element:
    found = shown.page.root.find(".//div[@class='ao-root']")
    assert found is not None
    return found


def title(shown: Shown) -> Element:
    return shown.page.all("heading")[0]


@pytest.mark.parametrize(
    ("wishes", "claim", "header", "tag"),
    [
        ({}, None, None, "en"),
        ({}, None, "de", "de"),
        ({}, None, "fr, de;q=0.5", "de"),
        ({}, None, "fr", "en"),
        ({}, None, "ar-EG, en;q=0.9", "ar"),
        ({}, None, "\x00;;q=,=,", "en"),
        ({}, None, "de;q=0, *", "en"),
        ({}, "ar", "de", "ar"),
        ({"locale": "de"}, "ar", "en", "de"),
        ({"locale": "de-AT"}, None, None, "de"),
        ({"locale": "de_CH"}, None, None, "de"),
        ({"locale": "nonsense"}, "ar", None, "ar"),
        ({"locale": "x" * 200}, None, None, "en"),
    ],
)
async def test_the_language_is_asked_for_then_the_sites(
    door: World, wishes: dict[str, str], claim: str | None, header: str | None, tag: str
) -> None:
    headers = {"accept-language": header} if header else {}
    shown = await door.mount(query=wishes, headers=headers, locale=claim)
    assert root(shown).get("lang") == tag
    assert root(shown).get("dir") == ("rtl" if tag == "ar" else "ltr")


@pytest.mark.parametrize(
    ("tag", "words", "lang"),
    [
        ("en", "About your work", None),
        ("de", "Über Ihre Arbeit", None),
        ("ar", "About your work", "en"),
    ],
)
async def test_a_text_in_another_language_says_which(
    door: World, tag: str, words: str, lang: str | None
) -> None:
    shown = await door.mount(query={"locale": tag})
    assert (shown.heading, title(shown).get("lang")) == (words, lang)
    company = "Unternehmen" if tag == "de" else "Company"
    (label,) = [one for one in root(shown).iter("label") if company in (one.text or "")]
    assert label.get("lang") == lang


@pytest.mark.parametrize("tag", ["de", "ar"])
async def test_a_form_answers_in_the_language_it_was_shown_in(door: World, tag: str) -> None:
    step = await door.mount(query={"locale": tag})
    wrong = await door.post(
        "/v1/sites/acme.shop/fragments/4/answers",
        {"_t": step.token},
        headers={"accept-language": "en"},
    )
    prompt = wrong.page.root.find(".//div[@class='ao-prompt']")
    assert prompt is not None
    assert prompt.get("lang") == tag
    assert prompt.get("dir") == ("rtl" if tag == "ar" else "ltr")


async def test_a_frame_speaks_the_tickets_language_and_is_a_document_in_it(door: World) -> None:
    frame = await door.frame(await door.ticket(locale="ar"), accept_language="de")
    html = frame.page.root
    assert (html.get("lang"), html.get("dir")) == ("ar", "rtl")


@pytest.mark.parametrize(("header", "tag"), [("de", "de"), ("ar", "ar"), ("xx", "en")])
async def test_a_page_without_a_ticket_speaks_the_browsers_language(
    door: World, header: str, tag: str
) -> None:
    spent = await door.frame(f"/v1/frames/{'x' * 43}", accept_language=header)
    assert (spent.status, spent.page.root.get("lang")) == (410, tag)


async def test_a_site_of_one_language_speaks_it(door: World) -> None:
    wishes = {"on": "request", "step": "phone", "locale": "en"}
    shown = await door.mount(site="acme.club", query=wishes, headers={"accept-language": "ar"})
    assert (root(shown).get("lang"), shown.heading) == ("de", "Ihr Name")
