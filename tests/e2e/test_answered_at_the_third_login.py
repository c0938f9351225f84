"""The third login: a step is asked in a page of another origin, on either htmx, and answered."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import World
from tests.e2e.visiting import Visitor, each_htmx, posts


@each_htmx
def test_the_third_login_asks_and_saves_and_never_asks_again(
    world: World, page: Page, htmx: int
) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ada", f"/?htmx={htmx}")
    visitor.hears("nothing")
    card = visitor.card("login")
    visitor.signs_in_again()
    visitor.goes(f"/?htmx={htmx}")
    card.asks("One letter a month")
    visitor.signs_in_again()
    visitor.goes(f"/?htmx={htmx}")
    card.asks("About your work")
    card.field("Company").fill("Example Ltd")
    card.field("1 to 10").check()
    card.save()
    card.asks("One letter a month")
    card.save()
    card.asks("Thank you")
    visitor.hears("complete")
    visitor.goes(f"/?htmx={htmx}")
    visitor.hears("nothing")
    card.is_empty()
    visitor.signs_in_again()
    visitor.goes(f"/?htmx={htmx}")
    visitor.hears("nothing")


@each_htmx
def test_a_double_click_saves_once(world: World, page: Page, htmx: int) -> None:
    sent = posts(page, "answers")
    visitor = Visitor(page, world.demo)
    visitor.arrives("eve", f"/pricing?htmx={htmx}")
    card = visitor.card("page")
    card.field("How many desks").fill("12")
    card.field("Where shall we deliver?").select_option(label="Germany")
    card.button("Save").dblclick()
    card.asks("Thank you")
    visitor.hears("saved")
    assert len(sent) == 1


@each_htmx
def test_back_and_reload_lose_nothing_and_ask_nothing_twice(
    world: World, page: Page, htmx: int
) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", f"/?htmx={htmx}")
    card = visitor.card("login")
    card.asks("About your work")
    page.reload()
    card.asks("About your work")
    card.field("Company").fill("Example Ltd")
    card.save()
    card.asks("One letter a month")
    page.reload()
    card.asks("One letter a month")
    page.get_by_role("link", name="Your account").click()
    expect(visitor.card("profile").row("Company")).to_contain_text("Example Ltd")
    page.go_back()
    card.asks("One letter a month")
    card.save()
    card.asks("Thank you")
    page.go_forward()
    expect(visitor.card("profile").row("Company")).to_contain_text("Example Ltd")


def test_two_tabs_of_one_person_lose_no_answer(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("eve", "/pricing")
    other = Visitor(page.context.new_page(), world.demo)
    other.goes("/pricing?htmx=2")
    for one, desks in ((visitor, "12"), (other, "15")):
        one.card("page").field("How many desks").fill(desks)
        one.card("page").field("Where shall we deliver?").select_option(label="Germany")
        one.card("page").save()
        one.card("page").asks("Thank you")
    visitor.goes("/account")
    expect(visitor.card("profile").row("How many desks shall we look after?")).to_contain_text("15")
