"""Mode a: an element asks in a host's page, at the moments that the page tells, and tells it what
happened and never what was said."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import World, axe_violations
from tests.e2e.elements import LOADER, Backend, Host

LETTER = "One letter a month"
INTERESTS = "What shall we show you first?"
PRICE = "A price for your office"


@pytest.fixture
def host(world: World, page: Page) -> Host:
    """Somebody at their second login, who is asked for one letter a month."""
    return Host(page, Backend(world))


def letter(host: Host) -> Locator:
    return host.card.place.get_by_role("checkbox")


def answer_letter(host: Host) -> None:
    host.card.asks(LETTER)
    host.card.save()


def test_a_step_is_asked_and_answered(host: Host) -> None:
    host.opens()
    answer_letter(host)
    host.card.asks("Thank you")
    host.hears("ready", "prompted", "saved", "complete")
    expect(host.card.title).to_be_focused()
    expect(host.fallback).not_to_be_visible()


def test_the_page_hears_what_happened_and_nothing_that_was_said(host: Host) -> None:
    host.opens()
    answer_letter(host)
    host.card.asks("Thank you")
    told = host.page.evaluate("told")
    assert all(set(detail) <= {"step", "prompt", "status"} for _, detail in told)
    assert host.told("saved") | {"prompt": ""} == {
        "step": "newsletter",
        "prompt": "",
        "status": "saved",
    }


def test_nothing_to_ask_takes_no_room(world: World, page: Page) -> None:
    host = Host(page, Backend(world, logins=1))
    host.opens()
    host.hears("ready", "nothing")
    host.is_empty()
    expect(host.fallback).not_to_be_visible()


def test_a_frame_that_may_not_ask_leaves_what_the_page_has(host: Host) -> None:
    host.opens(attributes='on="login" locale="en"')
    host.page.unroute("**/askonce-token")
    host.page.route("**/askonce-token", lambda route: route.fulfill(status=401))
    host.page.reload()
    host.hears("ready", "error")
    assert host.told("error")["status"] == "token"
    expect(host.fallback).to_be_visible()
    expect(host.frame).not_to_be_visible()


def test_a_frame_that_never_comes_is_told_of(host: Host) -> None:
    host.page.clock.install()
    host.page.route("**/v1/sites/**", lambda route: route.abort())
    host.opens()
    expect(host.frame).to_be_attached()
    host.page.clock.fast_forward(11_000)
    host.hears("error")
    assert host.told("error") == {"status": "unreachable"}
    expect(host.fallback).to_be_visible()


# Moments


def test_a_press_asks_by_name(host: Host) -> None:
    body = f'<button data-askonce="interests">Sort</button>{element("none")}'
    host.opens(body)
    host.page.get_by_role("button", name="Sort").click()
    host.card.asks(INTERESTS)
    expect(host.card.title).to_be_focused()


def element(on: str, more: str = "") -> str:
    return (
        f'<ask-once site="acme.shop" token-endpoint="/askonce-token" on="{on}" {more}></ask-once>'
    )


def test_an_event_is_tracked(world: World, page: Page) -> None:
    host = Host(page, Backend(world, logins=1))
    host.opens(attributes='on="login"')
    host.hears("ready", "nothing")
    host.do("it.track('plan_chosen', { plan: 'pro' })")
    host.card.asks(LETTER)


def test_what_is_told_before_the_frame_is_there_is_not_lost(world: World, page: Page) -> None:
    host = Host(page, Backend(world, logins=1))
    host.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => customElements.whenDefined('ask-once')"
        ".then(() => document.querySelector('ask-once').track('plan_chosen')))"
    )
    host.opens(attributes='on="none"')
    host.card.asks(LETTER)


def test_a_page_that_turns_by_itself_is_seen(world: World, page: Page) -> None:
    host = Host(page, Backend(world, logins=1))
    host.opens(attributes='on="login page"')
    host.page.wait_for_function("told.length > 2")
    host.do("history.pushState({}, '', '/host/pricing?secret=of-the-host')")
    host.card.asks(PRICE)


def test_what_is_asked_first_is_not_replaced_by_what_comes_after(host: Host) -> None:
    host.opens(attributes='on="login page"', path="/host/pricing")
    host.card.asks(LETTER)
    expect(host.frame).to_be_visible()
    answer_letter(host)
    host.card.asks("Thank you")
    host.hears("ready", "prompted", "saved", "complete")


def test_of_a_page_only_its_path_is_told(host: Host) -> None:
    bodies: list[str] = []
    host.page.on("request", lambda request: bodies.append(request.post_data or ""))
    with host.page.expect_request("**/exchange"):
        host.opens(attributes='on="page"')
    host.page.wait_for_function("told.length > 1")
    assert any("url=" in body for body in bodies)
    assert not any("of-the-host" in body for body in bodies)


@pytest.mark.parametrize(
    ("attribute", "happens"),
    [
        ("exit-intent", "document.dispatchEvent(new MouseEvent('mouseout', { clientY: -1 }))"),
        ("scroll-depth='50'", "scrollTo(0, 1e6)"),
    ],
)
def test_leaving_and_scrolling_are_events(host: Host, attribute: str, happens: str) -> None:
    host.opens(element("none", attribute) + '<p style="height: 4000px">Long</p>')
    host.hears("ready")
    with host.page.expect_request("**/exchange") as asked:
        host.do(happens)
    name = attribute.split("=")[0].replace("-", "_")
    assert f"name={name}" in (asked.value.post_data or "")
    host.hears("ready", "nothing")


def test_a_busy_page_is_left_in_peace(host: Host) -> None:
    host.opens(attributes='on="login" busy')
    host.hears("ready")
    assert host.backend.asked == 0
    host.do("it.busy = false")
    host.card.asks(LETTER)


def test_a_busy_page_is_not_shown_what_it_names_either(host: Host) -> None:
    host.opens(attributes='view="profile" busy')
    host.hears("ready")
    assert host.backend.asked == 0
    host.do("it.busy = false")
    host.card.asks("Your answers")


def test_a_person_who_asks_is_not_kept_waiting(host: Host) -> None:
    host.opens(f'<button data-askonce="interests">Sort</button>{element("login", "busy")}')
    host.page.get_by_role("button", name="Sort").click()
    host.card.asks(INTERESTS)


def test_what_somebody_is_typing_is_not_replaced(host: Host) -> None:
    host.opens()
    letter(host).check()
    host.do("it.show('interests'); it.track('plan_chosen')")
    with host.page.expect_response("**/answers"):
        host.card.save()
    host.card.asks("Thank you")


# Display


def test_a_dialog_opens_and_is_closed_by_escape(host: Host) -> None:
    host.opens(f'<button data-askonce="interests">Sort</button>{element("none", "display=dialog")}')
    sort = host.page.get_by_role("button", name="Sort")
    sort.click()
    dialog = host.page.get_by_role("dialog", name=INTERESTS)
    expect(dialog).to_be_visible()
    expect(host.card.title).to_be_focused()
    host.page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    host.hears("ready", "prompted", "escape", "dismissed")
    expect(sort).to_be_focused()


def test_a_host_may_keep_a_dialog_open(host: Host) -> None:
    host.opens(attributes='on="login" display="dialog"')
    host.do("addEventListener('askonce-escape', event => event.preventDefault())")
    expect(host.card.title).to_be_focused()
    host.page.keyboard.press("Escape")
    host.hears("ready", "prompted", "escape")
    expect(host.page.get_by_role("dialog")).to_be_visible()


def test_unsaved_answers_are_not_closed_unsaid(host: Host) -> None:
    host.opens(attributes='on="login" display="dialog"')
    letter(host).check()
    host.page.keyboard.press("Escape")
    expect(host.card.status).to_have_text("Not saved yet. Press Escape again to close.")
    host.page.keyboard.press("Escape")
    expect(host.page.get_by_role("dialog")).not_to_be_visible()


def test_a_dialog_waits_while_somebody_types_in_the_page(host: Host) -> None:
    body = '<input aria-label="Search" autofocus>' + element("login", "display=dialog")
    host.opens(body)
    search = host.page.get_by_label("Search")
    search.focus()
    host.hears("ready", "prompted")
    host.page.keyboard.type("paper")
    expect(search).to_have_value("paper")
    expect(search).to_be_focused()
    host.page.get_by_role("button", name="A button").focus()
    expect(host.page.get_by_role("dialog")).to_be_visible()


def test_thanks_above_a_page_can_be_closed(host: Host) -> None:
    host.opens(attributes='on="login" display="dialog"')
    answer_letter(host)
    host.card.asks("Thank you")
    host.card.button("Close").click()
    expect(host.page.get_by_role("dialog")).not_to_be_visible()
    host.is_empty()


def test_a_banner_stands_at_the_foot_of_the_window(host: Host) -> None:
    host.opens(attributes='on="login" display="banner"')
    expect(host.frame).to_be_visible()
    assert host.do("return getComputedStyle(it.querySelector('iframe')).position") == "fixed"
    box, size = host.frame.bounding_box(), host.page.viewport_size
    assert box
    assert size
    assert abs(box["y"] + box["height"] - size["height"]) < 1
    host.card.skip()
    host.is_empty()


def test_a_host_may_refuse_a_prompt(host: Host) -> None:
    host.page.add_init_script(
        "addEventListener('askonce-prompted', event => event.preventDefault())"
    )
    host.opens()
    host.hears("ready", "prompted")
    host.is_empty()


# Adoption, several, and coming back


ORDERS = {
    "before": ('<script src="{askonce}/embed/1.0.0/loader.js"></script>', ""),
    "beside": ("", LOADER),
    "deferred": ('<script defer src="{askonce}/embed/1.0.0/loader.js"></script>', ""),
    "late": ("", ""),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_ticket_s_frame_is_adopted_in_every_order(host: Host, order: str) -> None:
    before, after = (part.format(askonce=host.backend.world.askonce) for part in ORDERS[order])
    frame = f'<iframe src="{host.backend.frame()}" title="You" width="100%" height="300"></iframe>'
    tag = element("login").removesuffix("</ask-once>")
    host.opens(f"{before}{tag}\n{frame}</ask-once>", loader=after)
    if order == "late":
        host.card.asks(LETTER)
        host.page.add_script_tag(url=f"{host.backend.world.askonce}/embed/1.0.0/loader.js")
    answer_letter(host)
    host.card.asks("Thank you")
    host.page.wait_for_function("told.some(([name]) => name === 'complete')")
    expect(host.frame).to_have_count(1)
    assert host.backend.asked == 0


def test_an_adopted_frame_asks_at_later_moments(host: Host) -> None:
    tag = element("login").removesuffix("</ask-once>")
    host.opens(f'{tag}<iframe src="{host.backend.frame()}" title="You"></iframe></ask-once>')
    answer_letter(host)
    host.card.asks("Thank you")
    host.do("it.show('pricing')")
    host.do("it.press('interests')")
    host.card.asks(INTERESTS)
    assert host.backend.asked == 1


def test_several_elements_share_a_page(host: Host) -> None:
    both = element("login", "id=one") + element("none", "id=two")
    host.opens(f'{both}<button data-askonce="interests" data-askonce-by="two">Sort</button>')
    one = host.page.frame_locator("#one iframe")
    two = host.page.frame_locator("#two iframe")
    expect(one.locator(".ao-title")).to_have_text(LETTER)
    host.page.get_by_role("button", name="Sort").click()
    expect(two.locator(".ao-title")).to_have_text(INTERESTS)
    expect(one.locator(".ao-title")).to_have_text(LETTER)


@pytest.mark.parametrize("ticket", [False, True])
def test_an_element_that_a_page_takes_out_and_puts_back_goes_on(host: Host, ticket: bool) -> None:
    frame = f'<iframe src="{host.backend.frame()}" title="You"></iframe>' if ticket else ""
    host.opens(element("login").replace("></ask-once>", f">{frame}</ask-once>"))
    host.card.asks(LETTER)
    host.do("window.kept = it; it.remove()")
    expect(host.frame).to_have_count(0)
    host.page.evaluate("document.body.append(kept)")
    answer_letter(host)
    host.card.asks("Thank you")


def test_an_element_that_is_moved_stays_as_it_is(host: Host) -> None:
    host.opens()
    letter(host).check()
    host.do("document.body.moveBefore(it, document.body.firstElementChild)")
    expect(letter(host)).to_be_checked()
    host.card.save()
    host.card.asks("Thank you")


def test_a_loader_that_comes_twice_does_everything_once(host: Host) -> None:
    host.opens(loader=LOADER * 2)
    answer_letter(host)
    host.card.asks("Thank you")
    host.hears("ready", "prompted", "saved", "complete")


def test_members_and_attributes_are_the_same(host: Host) -> None:
    host.opens()
    assert host.do("return [it.site, it.on, it.step, it.display]") == [
        "acme.shop",
        "login",
        None,
        None,
    ]
    host.do("it.theme = 'dark'")
    expect(host.card.place.locator(".ao-root")).to_have_attribute("data-ao-theme", "dark")
    assert host.do("it.theme = null; return it.hasAttribute('theme')") is False


def test_its_language_is_the_page_s_wish(host: Host) -> None:
    host.opens(attributes='on="login" locale="ar"')
    expect(host.card.place).to_have_attribute("dir", "rtl")
    host.card.asks("رسالة واحدة في الشهر")


# A token that is too old


def expired_once(route: Route) -> None:
    headers = {"HX-Trigger": '{"askonce-gone":{"status":"401"}}', "content-type": "text/html"}
    route.fulfill(status=401, headers=headers, body="<title>x</title><p>expired</p>")


def test_a_form_that_was_open_for_too_long_is_saved_all_the_same(host: Host) -> None:
    host.opens()
    letter(host).check()
    host.page.route("**/answers", expired_once, times=1)
    host.card.save()
    host.card.asks("Thank you")
    host.hears("ready", "prompted", "saved", "complete")
    assert host.backend.asked == 2


def test_a_form_of_somebody_who_left_is_nobody_else_s(host: Host) -> None:
    host.opens()
    letter(host).check()
    host.backend.sub = Backend(host.backend.world).sub
    host.page.route("**/answers", expired_once, times=1)
    host.card.save()
    host.page.wait_for_function("told.some(([name, said]) => said.status === 'gone')")
    host.card.asks(LETTER)
    expect(letter(host)).not_to_be_checked()


def test_a_form_waits_while_nobody_can_say_who_it_is(host: Host) -> None:
    host.opens()
    letter(host).check()
    host.page.route("**/answers", expired_once, times=1)
    host.page.route("**/askonce-token", lambda route: route.fulfill(status=503), times=1)
    host.card.save()
    expect(host.card.banner).to_have_text("We could not save this yet. Try again.")
    expect(letter(host)).to_be_checked()
    host.page.route("**/answers", expired_once, times=1)
    host.card.save()
    host.card.asks("Thank you")


# A page that the browser has kept; it tells a frame so, as Firefox does for itself in its own tests


def returns(host: Host) -> None:
    kept = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    host.page.frames[1].evaluate(kept)


def test_what_is_answered_elsewhere_goes_from_a_kept_page(host: Host) -> None:
    host.opens()
    host.card.asks(LETTER)
    elsewhere = Host(host.page.context.new_page(), host.backend)
    elsewhere.opens()
    answer_letter(elsewhere)
    elsewhere.card.asks("Thank you")
    returns(host)
    host.hears("ready", "prompted", "nothing")
    expect(host.frame).not_to_be_visible()


def test_a_kept_page_that_cannot_ask_keeps_what_it_has(host: Host) -> None:
    host.opens()
    host.card.asks(LETTER)
    host.page.route("**/moments", lambda route: route.abort())
    returns(host)
    host.hears("ready", "prompted", "error")
    expect(host.frame).to_be_visible()
    answer_letter(host)
    host.card.asks("Thank you")


# Size and focus


def test_the_frame_is_as_high_as_what_it_shows(host: Host) -> None:
    host.opens(f'<button data-askonce="interests">Sort</button>{element("none")}')
    host.page.get_by_role("button", name="Sort").click()
    host.card.asks(INTERESTS)
    for width in (1000, 360, 1000):
        host.page.set_viewport_size({"width": width, "height": 700})
        fits(host)
    host.card.save()
    host.card.asks("Thank you")
    fits(host)


def fits(host: Host) -> None:
    """The frame gets to be as high as its document."""
    inner = host.card.place.locator("main").evaluate_handle("one => one")
    heights: list[int] = []
    for _ in range(50):
        heights = [one.evaluate("it => it.offsetHeight") for one in (inner, host.frame)]
        if heights[0] == heights[1]:
            break
        host.page.evaluate("() => new Promise(requestAnimationFrame)")
    assert heights[0] == heights[1]


@pytest.mark.parametrize(
    ("attributes", "title"),
    [('on="login"', LETTER), ('view="profile"', "Your answers")],
)
def test_what_comes_by_itself_takes_no_focus(host: Host, attributes: str, title: str) -> None:
    host.opens(attributes=attributes)
    button = host.page.get_by_role("button", name="A button")
    button.focus()
    host.card.asks(title)
    expect(host.frame).to_be_visible()
    expect(button).to_be_focused()
    assert host.page.evaluate("history.length") == 2


@pytest.mark.parametrize("display", ["inline", "dialog", "banner"])
def test_everybody_can_use_it(host: Host, display: str) -> None:
    host.opens(attributes=f'on="login" display="{display}"')
    host.card.asks(LETTER)
    for frame in host.page.frames:
        assert axe_violations(frame) == ""


# Whoever is not meant


def test_a_forged_message_does_nothing(host: Host) -> None:
    host.opens()
    host.card.asks(LETTER)
    host.do("""
      const frame = it.querySelector("iframe").contentWindow;
      const { port2 } = new MessageChannel();
      frame.postMessage(["https://evil.example", "acme.shop"], "*", [port2]);
      frame.postMessage({ askonce: "close" }, "*");
      postMessage("askonce", "*");
      it.querySelector("iframe").contentWindow.postMessage("askonce", "*");
    """)
    answer_letter(host)
    host.card.asks("Thank you")
    host.hears("ready", "prompted", "saved", "complete")
