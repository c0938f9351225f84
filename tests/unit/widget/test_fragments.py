"""What a fragment may hold: every htmx attribute of its version, and nothing that runs or leaks."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest

from tests.unit.signing import OURS
from tests.unit.world import Shown, World

FORM = {
    "hx-swap": "outerHTML",
    "hx-target": "closest .ao-prompt",
    "hx-sync": "this:drop",
    "hx-include": "this",
    "hx-push-url": "false",
    "hx-boost": "false",
}
TWO = FORM | {
    "hx-replace-url": "false",
    "hx-disabled-elt": "find button",
    "hx-headers": "unset",
    "hx-vals": "unset",
    "hx-select": "unset",
    "hx-select-oob": "unset",
    "hx-indicator": "unset",
    "hx-confirm": "unset",
    "hx-prompt": "unset",
    "hx-params": "*",
    "hx-encoding": "unset",
    "hx-history": "false",
}
FOUR = FORM | {
    "hx-status:429": "swap:none",
    "hx-status:5xx": "swap:none",
    "hx-replace-url": "false",
    "hx-disable": "find button",
    "hx-headers": "{}",
    "hx-vals": "{}",
    "hx-select": "",
    "hx-select-oob": "",
    "hx-indicator": "",
    "hx-config": "",
    "hx-confirm": "",
    "hx-encoding": "",
}
KEEPS = {"hx-status:429": "swap:none", "hx-status:5xx": "swap:none"}
ALONE = ("hx-swap", "hx-target", "hx-sync")
FRAME = {name: FORM[name] for name in ALONE} | KEEPS | {"hx-disable": "find button"}
# Without a button of its own: htmx 2 would fail to find one.
LONE = {
    "2": TWO | {"hx-disabled-elt": "unset"},
    "4": FOUR | {"hx-disable": ""},
    "frame": {name: value for name, value in FRAME.items() if name != "hx-disable"},
}
OWN = {"2": TWO, "4": FOUR, "frame": FRAME}
ROOT = {"2": OURS, "4": OURS, "frame": ""}
ALLOWED_HX_HEADERS = {"hx-trigger"}


async def shown_in(world: World, dialect: str, **wishes: str) -> Shown:
    """A step in each presentation; in our frame as a script gets it, after wrong input."""
    if dialect != "frame":
        return await world.mount(dialect, query=wishes)
    frame = await world.frame(await world.ticket(moment=wishes))
    return await world.in_frame(frame, "fragments/frame/answers", scripted=True)


def htmx(element: Element) -> dict[str, str]:
    """An element's htmx attributes, but for the address and the stamp of our own frames."""
    return {
        name: value
        for name, value in element.attrib.items()
        if name.startswith("hx-") and name not in ("hx-post", "hx-nonce")
    }


def speaking(shown: Shown) -> Iterator[Element]:
    """Every element that htmx would see."""
    for element in shown.page.root.iter():
        if any(name.startswith(("hx-", "data-hx-")) for name in element.attrib):
            yield element


@pytest.mark.parametrize("dialect", ["2", "4", "frame"])
async def test_each_element_states_every_attribute_of_its_version(
    door: World, dialect: str
) -> None:
    shown = await shown_in(door, dialect)
    place = f"{ROOT[dialect]}/v1/sites/acme.shop/fragments/{dialect}"
    stated = {element.get("hx-post", ""): htmx(element) for element in speaking(shown)}
    prompt = shown.page.root.find(".//div[@class='ao-prompt']")
    assert prompt is not None
    seen = {"hx-trigger": "intersect once", "hx-swap": "none"}
    assert stated == {
        f"{place}/answers": OWN[dialect],
        f"{place}/skips": LONE[dialect],
        f"{place}/dismissals": LONE[dialect],
        f"{place}/prompts": LONE[dialect]
        | seen
        | {"hx-include": f"#{prompt.get('id')}-dismissals"},
    }


@pytest.mark.parametrize("dialect", ["2", "4", "frame"])
async def test_each_form_of_the_editor_does_so_too(door: World, dialect: str) -> None:
    await door.send(await door.mount(), "answers", company="Acme Paper")
    if dialect == "frame":
        page = await door.frame(await door.ticket(view="profile"))
        place = "profile/frame/questions"
        listed = await door.in_frame(page, place, scripted=True)
        editing = await door.in_frame(page, place, scripted=True, attribute="company")
    else:
        listed = await door.mount(dialect, place="profile")
        editing = await door.submit(listed, f"profile/{dialect}/questions", attribute="company")
    assert [htmx(element) for element in speaking(listed)] == [OWN[dialect]]
    stated = {e.get("hx-post", "").rpartition("/")[2]: htmx(e) for e in speaking(editing)}
    assert stated == {
        "answers": OWN[dialect],
        "questions": LONE[dialect],
        "removals": LONE[dialect],
    }


@pytest.mark.parametrize("dialect", ["2", "4", "frame"])
async def test_every_form_posts_without_a_script_to_the_same_address(
    door: World, dialect: str
) -> None:
    shown = await shown_in(door, dialect)
    forms = list(shown.page.root.iter("form"))
    assert len(forms) == 3
    for form in forms:
        assert (form.get("method"), form.get("action")) == ("post", form.get("hx-post"))


@pytest.mark.parametrize("dialect", ["2", "4"])
@pytest.mark.parametrize("wishes", [{}, {"on": "click", "name": "names"}])
async def test_a_fragment_holds_nothing_that_runs(
    door: World, dialect: str, wishes: dict[str, str]
) -> None:
    step = await shown_in(door, dialect, **wishes)
    after = [await door.send(step, action, dialect) for action in ("answers", "skips")]
    listed = await door.mount(dialect, place="profile")
    for shown in (step, *after, listed):
        check_harmless(shown)


async def test_a_fragment_of_our_frame_holds_nothing_that_runs_either(door: World) -> None:
    check_harmless(await shown_in(door, "frame"))


def check_harmless(shown: Shown) -> None:
    assert shown.response.text
    for element in shown.page.root.iter():
        assert element.tag not in ("script", "style", "link", "object", "iframe", "template")
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.startswith(("on", "hx-on", "hx-ext"))
            assert name not in ("hx-swap-oob", "hx-partial")
            assert not re.match(r"\s*(js|javascript):", value, re.IGNORECASE)
            if name == "hx-trigger":
                assert "[" not in value  # a filter is evaluated
    spoken = {name for name in shown.headers if name.startswith("hx-")}
    assert spoken <= ALLOWED_HX_HEADERS


async def test_what_a_person_typed_is_text_and_nothing_else(door: World) -> None:
    evil = '"><script>alert(1)</script><b hx-on:click=x style=y>'
    wrong = await door.send(await door.mount(), "answers", website=evil)
    assert wrong.typed("Website") == evil
    check_harmless(wrong)


async def test_two_widgets_on_a_page_share_no_id(door: World) -> None:
    one, other = await door.mount(), await door.mount()
    assert not one.page.ids.keys() & other.page.ids.keys()
    assert len(one.page.ids) > 5


async def test_ids_stay_while_one_corrects(door: World) -> None:
    step = await door.mount()
    wrong = await door.send(step, "answers", website="not a website at all")
    assert step.control("Company").get("id") == wrong.control("Company").get("id")


@pytest.mark.parametrize("dialect", ["2", "4"])
async def test_nothing_takes_the_focus_on_load_and_the_right_thing_afterwards(
    door: World, dialect: str
) -> None:
    step = await door.mount(dialect)
    assert focused(step) == []
    wrong = await door.send(step, "answers", dialect)
    assert [one.get("class") for one in focused(wrong)] == ["ao-error-summary"]
    after = await door.send(step, "answers", dialect, company="Acme")
    assert [one.tag for one in focused(after)] == ["h2"]


def focused(shown: Shown) -> list[Element]:
    return [one for one in shown.page.root.iter() if "autofocus" in one.attrib]


async def test_what_is_known_of_a_person_is_text_and_nothing_else(door: World) -> None:
    evil = '"><b hx-get=/x>{{ 1 }} %s &amp;'
    asked = {"on": "click", "name": "names"}
    step = await door.mount(query=asked, traits={"given_name": evil})
    assert step.typed("First name") == evil
    check_harmless(step)


async def test_nobody_is_shown_what_another_was(door: World) -> None:
    asked = {"on": "click", "name": "names"}
    veras = await door.mount(query=asked, traits={"given_name": "Veronika"})
    others = await door.mount(query=asked, sub="ada-4712", sid="another")
    assert (veras.typed("First name"), others.typed("First name")) == ("Veronika", "")
    assert veras.token != others.token
    assert not veras.page.ids.keys() & others.page.ids.keys()
    again = await door.mount(query=asked)
    assert again.typed("First name") == "Veronika"
