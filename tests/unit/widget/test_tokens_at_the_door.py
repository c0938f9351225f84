"""A form's token is good for one purpose, site, version and page, and for nobody else."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from app.domain.tokens import StepToken, open_token
from app.lib.sealing import Keyring
from tests.unit.signing import OURS, SHOP
from tests.unit.world import CLUB, Shown, World

ANSWERS = "/v1/sites/acme.shop/fragments/4/answers"
WORDS = {"company": "Acme Paper Works"}


def changed(**members: Any) -> Callable[[World, StepToken], str]:
    """A token that we sealed, and that says something else."""
    return lambda world, token: world.sealed(msgspec.structs.replace(token, **members))


def by_a_stranger(_: World, token: StepToken) -> str:
    ring = Keyring.from_secrets(("somebody else's secret, long enough too",))
    return ring.seal(f"token/1/{token.purpose}", msgspec.msgpack.encode(token))


def for_the_editor(world: World, token: StepToken) -> str:
    return world.sealed(msgspec.structs.replace(token, purpose="editor"))


def said(text: str) -> Callable[[World, StepToken], str]:
    return lambda _world, _token: text


@pytest.mark.parametrize(
    ("token", "status"),
    [
        (said(""), 401),
        (said("x"), 401),
        (said("x" * 60_000), 401),
        (said("\u0661\u0662\u0663"), 401),
        (by_a_stranger, 401),
        (for_the_editor, 401),
        (changed(purpose="frame"), 401),
        (changed(site="acme.club"), 403),
        (changed(presentation="2"), 403),
        (changed(presentation="frame"), 403),
        (changed(origin="https://www.shop.example"), 403),
        (changed(origin=CLUB), 403),
        (changed(release=99), 401),
    ],
)
async def test_a_token_for_something_else_is_refused_without_a_reason(
    door: World, token: Callable[[World, StepToken], str], status: int
) -> None:
    step = await door.mount()
    opened = open_token(door.keyring, step.token, "step", _now())
    refused = await door.post(ANSWERS, {"_t": token(door, opened), **WORDS})
    assert refused.status == status
    assert refused.heading in ("This form has expired", "This form cannot be shown here")
    assert refused.page.all("textbox") == []
    assert await door.answers() == {}


@pytest.mark.parametrize("action", ["answers", "skips", "dismissals", "prompts"])
async def test_no_form_does_anything_without_its_token(door: World, action: str) -> None:
    await door.mount()
    before = (await door.person()).version
    refused = await door.post(f"/v1/sites/acme.shop/fragments/4/{action}", WORDS)
    assert refused.status == 401
    assert (await door.person()).version == before


@pytest.mark.parametrize("action", ["questions", "answers", "removals"])
async def test_a_steps_token_is_none_for_the_editor(door: World, action: str) -> None:
    step = await door.mount()
    refused = await door.submit(step, f"profile/4/{action}", attribute="company", **WORDS)
    assert (refused.status, refused.heading) == (401, "This form has expired")


@pytest.mark.parametrize(
    ("origin", "headers", "status"),
    [
        (CLUB, {}, 403),
        ("null", {}, 403),
        ("https://evil.example", {}, 403),
        ("https://www.shop.example", {}, 403),  # allowed, and not where the form was shown
        (OURS, {}, 403),
        (None, {}, 403),
        (None, {"sec-fetch-site": "cross-site"}, 403),
        (None, {"sec-fetch-site": "same-origin"}, 403),
        (SHOP, {}, 200),
    ],
)
async def test_a_form_is_sent_from_where_it_was_shown(
    door: World, origin: str | None, headers: dict[str, str], status: int
) -> None:
    step = await door.mount()
    sent = await door.post(ANSWERS, {"_t": step.token, **WORDS}, origin=origin, headers=headers)
    assert sent.status == status
    assert bool(await door.answers()) == (status == 200)


@pytest.mark.parametrize("origin", [SHOP, CLUB, "null", None])
async def test_a_form_of_our_frame_is_sent_from_our_frame(door: World, origin: str | None) -> None:
    frame = await door.frame(await door.ticket())
    path = "/v1/sites/acme.shop/fragments/frame/answers"
    refused = await door.post(path, {"_t": frame.token, **WORDS}, origin=origin)
    assert refused.status == 403
    assert await door.answers() == {}


async def test_a_token_of_one_site_opens_nothing_of_another(door: World) -> None:
    step = await door.mount()
    path = "/v1/sites/acme.club/fragments/4/answers"
    refused = await door.post(path, {"_t": step.token, **WORDS}, origin=CLUB)
    assert refused.status == 403


async def test_a_refusal_can_be_read_by_the_page_that_caused_it(door: World) -> None:
    refused = await door.post(ANSWERS, WORDS)
    assert refused.headers["access-control-allow-origin"] == SHOP
    assert refused.events == {"askonce-gone": {"status": "401"}}


async def test_why_is_in_the_log_and_nowhere_else(door: World, logged: list[str]) -> None:
    step = await door.mount()
    path = "/v1/sites/acme.club/fragments/4/answers"
    refused: Shown = await door.post(path, {"_t": step.token}, origin=CLUB)
    assert '"refusal":"token_site"' in logged[-1]
    assert "token_site" not in refused.response.text + str(refused.headers)


async def test_a_sandbox_s_page_is_told_why(door: World) -> None:
    step = await door.mount()
    opened = open_token(door.keyring, step.token, "step", _now())
    foreign = changed(site="acme.club")(door, opened)
    refused: Shown = await door.post(ANSWERS, {"_t": foreign})
    assert (refused.headers["askonce-refusal"], refused.codes) == ("token_site", ["token_site"])
    mount = await door.mount(aud="https://elsewhere.example")
    assert (mount.headers["askonce-refusal"], mount.codes) == ("token_audience", ["token_audience"])


def _now() -> datetime:
    return datetime.now(UTC)
