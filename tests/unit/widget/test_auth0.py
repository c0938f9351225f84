"""Auth0's redirect: a tenant sends somebody who is logging in, and believes what comes back."""

import secrets
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.lib.db import Database
from tests.auth0 import PARAMETER, InvalidToken, Tenant, sign
from tests.unit.signing import ED25519, OURS
from tests.unit.signing import sign as sign_asymmetric
from tests.unit.world import Shown, World, document, open_world, publish_document

TENANT = "https://acme.eu.auth0.example"
SECRET = "what the tenant's Action and we both know"
DOOR = "/v1/hosted/auth0/acme.shop"
ANSWERS = "fragments/answers"
WITH_TENANT = {
    "    return_urls:": f"    auth0: {{tenant: {TENANT}, secret_env: TENANTS_SECRET}}\n"
    "    return_urls:"
}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant(TENANT, SECRET)


@pytest.fixture
async def shop(
    database: Database, database_url: str, private: set[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """Acme's world, whose shop has a tenant."""
    monkeypatch.setenv("TENANTS_SECRET", SECRET)
    await publish_document(database, document(**WITH_TENANT))
    async with open_world(database_url, private=private) as world:
        yield world


def sent(tenant: Tenant, **payload: Any) -> str:
    """Where the tenant sends the browser, path and query; no two tokens of a second are alike."""
    token = tenant.encode_token({"jti": secrets.token_hex(8), **payload})
    return tenant.send_user_to(DOOR, {PARAMETER: token})


async def opened(world: World, path: str, **headers: str) -> Shown:
    """What the browser shows in the end."""
    door = await world.visit(world.keep(path), **headers)
    assert door.status == 303, door.response.text
    return await world.visit(door.headers["location"])


def posted(page: Shown) -> tuple[str, dict[str, str]]:
    """The address and the fields of the form on the way back."""
    (form,) = list(page.page.root.iter("form"))
    assert form.get("method") == "post"
    fields = {one.get("name", ""): one.get("value", "") for one in form.iter("input")}
    return form.get("action", ""), fields


def continued(tenant: Tenant, page: Shown) -> dict[str, Any]:
    """What the Action gets when the login goes on."""
    action, fields = posted(page)
    assert action.startswith(f"{TENANT}/continue?state=")
    return tenant.validate_token(dict(parse_qsl(urlsplit(action).query)), fields)


async def test_a_login_is_sent_asked_and_goes_on(shop: World, tenant: Tenant) -> None:
    page = await opened(shop, sent(tenant, traits={"given_name": "Vera"}, locale="en"))
    assert (page.status, page.heading) == (200, "About your work")
    office = await shop.on_page(page, ANSWERS, company="Acme Paper")
    end = await shop.on_page(office, "fragments/skips")
    said = continued(tenant, end)
    assert said["iss"] == OURS
    assert said["exp"] - said["iat"] == 60
    assert (said["status"], said["answers"]) == ("skipped", {"company": "Acme Paper"})
    assert said["steps"] == [
        {"step": "work", "status": "saved"},
        {"step": "size", "status": "skipped"},
    ]
    assert (await shop.answers(tenant.user_id))["given_name"] == "Vera"


async def test_the_query_is_gone_at_once(shop: World, tenant: Tenant) -> None:
    door = await shop.visit(shop.keep(sent(tenant)))
    assert (door.status, door.response.content) == (303, b"")
    assert door.headers["referrer-policy"] == "no-referrer"
    assert "?" not in door.headers["location"]
    assert door.headers["location"].startswith("/v1/hosted/")


async def test_who_has_nothing_to_do_goes_straight_on(shop: World, tenant: Tenant) -> None:
    page = await opened(shop, sent(tenant))
    await shop.on_page(page, "fragments/skips")
    back = await opened(shop, sent(tenant))
    assert back.status == 303
    url = urlsplit(back.headers["location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{TENANT}/continue"
    said = tenant.validate_token(dict(parse_qsl(url.query)), {})
    assert (said["status"], said["answers"], said["steps"]) == ("nothing", {}, [])


async def test_the_page_on_the_way_back_can_post_anywhere_and_do_nothing_else(
    shop: World, tenant: Tenant
) -> None:
    """The login goes on through redirects that none of us knows: `form-action` would stop it."""
    end = await shop.on_page(await opened(shop, sent(tenant)), "fragments/skips")
    (script,) = list(end.page.root.iter("script"))
    policy = end.headers["content-security-policy"]
    assert f"script-src 'nonce-{script.get('nonce')}';" in policy
    assert "form-action" not in policy
    assert "frame-ancestors 'none'" in policy
    served = await shop.client.get(script.get("src", ""))
    assert served.headers["content-type"].startswith("text/javascript")
    assert end.buttons == ["Continue to Shop"]


async def test_a_redirect_counts_as_a_login(shop: World, tenant: Tenant) -> None:
    for told in ({}, {"auth_time": int(time.time()) - 9}, {"sid": "one"}, {"sid": "one"}):
        await opened(shop, sent(tenant, **told))
    assert (await shop.person(tenant.user_id)).logins("shop") == 3


async def test_a_token_is_good_once(shop: World, tenant: Tenant) -> None:
    path = sent(tenant)
    await opened(shop, path)
    again = await shop.visit(path)
    assert (again.status, again.headers["askonce-refusal"]) == (401, "token_used")
    token = dict(parse_qsl(urlsplit(path).query))[PARAMETER]
    other = await shop.visit(tenant.send_user_to(DOOR, {PARAMETER: token}))
    assert other.headers["askonce-refusal"] == "token_used"


async def test_another_process_does_not_believe_it_again(
    shop: World, tenant: Tenant, database_url: str
) -> None:
    path = sent(tenant)
    async with open_world(database_url, private=shop.private) as other:
        answers = [await one.visit(path) for one in (other, shop)]
    assert [answer.status for answer in answers] == [303, 401]


NOW = int(time.time())


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"iat": NOW - 1000, "exp": NOW - 100}, "token_expired"),
        ({"iat": NOW + 3600, "exp": NOW + 3660}, "token_early"),
        ({"exp": NOW + 86_400}, "token_lifetime"),
        ({"exp": None}, "token_claims"),
        ({"iat": None}, "token_claims"),
        ({"exp": "soon"}, "token_claims"),
        ({"iss": "another.eu.auth0.example"}, "token_issuer"),
        ({"iss": None}, "token_issuer"),
        ({"iss": [TENANT]}, "token_issuer"),
        ({"sub": None}, "token_subject"),
        ({"sub": ""}, "token_subject"),
        ({"sub": "a\nb"}, "token_subject"),
        ({"sub": 7}, "token_subject"),
        ({"state": "of another login"}, "state_missing"),
        ({"traits": "all"}, "token_claims"),
        ({"locale": 7}, "token_claims"),
        ({"claims": {"tier": "x" * 600}}, "token_claims"),
    ],
)
async def test_a_token_that_says_something_wrong_is_refused(
    shop: World, tenant: Tenant, said: dict[str, Any], code: str
) -> None:
    path = tenant.send_user_to(DOOR, {PARAMETER: tenant.encode_token({}, **said)})
    refused = await shop.visit(path)
    assert refused.headers["askonce-refusal"] == code
    assert refused.status == (400 if code == "state_missing" else 401)
    assert TENANT not in refused.response.text


def claims() -> dict[str, Any]:
    now = int(time.time())
    return {"iss": "acme.eu.auth0.example", "sub": "x", "iat": now, "exp": now + 60}


JWT = {"alg": "HS256", "typ": "JWT"}
UNSIGNED = {"alg": "none", "typ": "JWT"}


def stripped(token: str) -> str:
    """The same without its signature."""
    return token.rpartition(".")[0] + "."


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (sign(JWT, claims(), "another secret of at least 32 bytes"), "token_signature"),
        (stripped(sign(JWT, claims(), SECRET)), "token_signature"),
        (sign(UNSIGNED, claims(), SECRET), "token_header"),
        (stripped(sign(UNSIGNED, claims(), SECRET)), "token_header"),
        (sign({**JWT, "alg": "HS512"}, claims(), SECRET), "token_header"),
        (sign({"alg": "HS256"}, claims(), SECRET), "token_header"),
        (sign({**JWT, "jku": "https://evil.example"}, claims(), SECRET), "token_header"),
        (sign_asymmetric({**JWT, "alg": "EdDSA"}, claims(), key=ED25519), "token_header"),
        (sign(JWT, claims(), SECRET) + "=", "token_malformed"),
        ("x.y.z", "token_malformed"),
        ("x", "token_malformed"),
        ("é.é.é", "token_malformed"),
        ("a" * 9000, "token_malformed"),
        ("", "token_missing"),
    ],
)
async def test_a_token_that_the_secret_did_not_sign_is_refused(
    shop: World, tenant: Tenant, token: str, code: str
) -> None:
    refused = await shop.visit(tenant.send_user_to(DOOR, {PARAMETER: token}))
    assert (refused.status, refused.headers["askonce-refusal"]) == (401, code)


@pytest.mark.parametrize("state", ["", "x" * 1025, "a%0d%0aSet-Cookie:%20x", "a%00b"])
async def test_a_state_that_is_none_is_refused(shop: World, tenant: Tenant, state: str) -> None:
    refused = await shop.visit(f"{DOOR}?{PARAMETER}={tenant.encode_token({})}&state={state}")
    assert (refused.status, refused.headers["askonce-refusal"]) == (400, "state_missing")


async def test_no_address_in_the_query_is_gone_to(shop: World, tenant: Tenant) -> None:
    evil = {"redirect_uri": "https://evil.example", "continue_uri": "https://evil.example"}
    token = tenant.encode_token({"return_to": "https://evil.example", **evil})
    page = await opened(shop, tenant.send_user_to(DOOR, {PARAMETER: token, **evil}))
    end = await shop.on_page(page, "fragments/skips")
    assert "evil" not in end.response.text
    assert continued(tenant, end)["status"] == "skipped"


async def test_a_login_goes_on_once_and_with_its_own_state(shop: World, tenant: Tenant) -> None:
    pages = [await opened(shop, sent(tenant)) for _ in range(2)]
    ends = [await shop.on_page(page, "fragments/dismissals") for page in pages]
    (one, fields), (other, _) = (posted(end) for end in ends)
    query = dict(parse_qsl(urlsplit(one).query))
    with pytest.raises(InvalidToken, match="state"):
        tenant.validate_token(dict(parse_qsl(urlsplit(other).query)), fields)
    assert tenant.validate_token(query, fields)["status"] == "dismissed"
    with pytest.raises(InvalidToken, match="no such login"):
        tenant.validate_token(query, fields)


async def test_a_tenant_is_left_as_it_was_when_it_is_taken_away(
    shop: World, tenant: Tenant
) -> None:
    page = await opened(shop, sent(tenant))
    await shop.publishes()
    assert (await shop.visit(sent(tenant))).status == 404
    end = await shop.on_page(page, "fragments/skips")
    assert (end.status, end.headers["askonce-refusal"]) == (403, "return_url")


async def test_a_secret_that_is_none_believes_nobody(
    shop: World, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret in ("", "short"):
        monkeypatch.setenv("TENANTS_SECRET", secret)
        refused = await shop.visit(sent(Tenant(TENANT, secret)))
        assert (refused.status, refused.headers["askonce-refusal"]) == (401, "key_unusable")


async def test_it_is_opened_by_a_browser_and_by_nothing_before_it(
    shop: World, tenant: Tenant
) -> None:
    path = sent(tenant)
    for headers in ({"sec_fetch_dest": "iframe"}, {"sec_purpose": "prefetch"}):
        assert (await shop.visit(path, **headers)).status == 403
    assert (await shop.visit(path)).status == 303
