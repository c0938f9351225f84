"""A site's addresses: to which a person may be sent back, and the tenant that may send them."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.sites import Auth0, Site

SHOP: dict[str, Any] = {"name": "Shop", "origins": ["https://shop.example"]}


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/welcome",
        "https://shop.example/",
        "https://shop.example",
        "https://shop.example:8443/a?from=ask&x=%20",
        "https://login.elsewhere.example/back",
        "http://localhost:8001/back",
        "http://127.0.0.1:8001/back",
    ],
)
def test_an_address_to_go_back_to(address: str) -> None:
    assert Site.model_validate({**SHOP, "return_urls": [address]}).return_urls == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/welcome",
        "//shop.example/welcome",
        "http://shop.example/welcome",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://shop.example/welcome",
        "https://",
        "https:shop.example/welcome",
        "https://*.shop.example/welcome",
        "https://vera:secret@shop.example/welcome",
        "https://shop.example\\@evil.example/welcome",
        "https://shop.example/wel\\come",
        "https://shop.example/wel come",
        "https://shop.example/welcome\r\nSet-Cookie: x=1",
        "https://shop.example/welcome\n",
        "\thttps://shop.example/welcome",
        "https://shop.example/welcome#top",
        "https://shop.example/willkommen/größe",
        "https://shop.example/welcome?code=1",
        "https://shop.example/welcome?a=1&state=2",
        "https://SHOP.example/welcome",
        "https://shop.example:port/welcome",
        "https://shop.example/" + "x" * 2048,
    ],
)
def test_what_nobody_is_sent_to(address: str) -> None:
    with pytest.raises(ValidationError):
        Site.model_validate({**SHOP, "return_urls": [address]})


@pytest.mark.parametrize(
    "tenant",
    ["acme.eu.auth0.com", "http://acme.eu.auth0.com", "https://acme.eu.auth0.com/", "https://a@b"],
)
def test_a_tenant_is_an_origin(tenant: str) -> None:
    with pytest.raises(ValidationError):
        Auth0(tenant=tenant, secret_env="SECRET")


def test_a_tenant_goes_on_at_its_own_address() -> None:
    auth0 = Auth0(tenant="https://acme.eu.auth0.com", secret_env="SECRET")
    assert auth0.continues == "https://acme.eu.auth0.com/continue"
    assert "acme.eu.auth0.com" in auth0.issuers
