"""Triggers: at which moments a step may appear."""

from typing import Any

import pytest

from app.domain.triggers import LoginCount, UrlRule
from tests.unit.domain.world import chosen, release, vera

SHOP = "https://shop.example"


@pytest.mark.parametrize(
    ("count", "closed", "opened"),
    [
        ({"first": True}, [1], [1, 2, 3, 4, 5, 6, 7]),
        ({"at": 3}, [3], [3, 4, 5, 6, 7]),
        ({"every": 3}, [3, 6], [3, 6]),
        ({"every": 1}, [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7]),
        ({"from": 5}, [5, 6, 7], [5, 6, 7]),
    ],
)
def test_a_login_count_names_logins(
    count: dict[str, Any], closed: list[int], opened: list[int]
) -> None:
    rule = LoginCount.model_validate(count)
    assert [n for n in range(8) if rule.includes(n, opened=False)] == closed
    assert [n for n in range(8) if rule.includes(n, opened=True)] == opened


@pytest.mark.parametrize(
    ("rule", "url", "fits"),
    [
        ({"equals": f"{SHOP}/pricing"}, f"{SHOP}/pricing", True),
        ({"equals": f"{SHOP}/pricing"}, f"{SHOP}/pricing/", False),
        ({"equals": f"{SHOP}/pricing"}, "https://club.example/pricing", False),
        ({"equals": "/pricing"}, f"{SHOP}/pricing", True),
        ({"equals": "/pricing"}, "https://club.example/pricing", True),
        ({"equals": "/pricing"}, f"{SHOP}/de/pricing", False),
        ({"equals": "/pricing"}, "/pricing", True),
        ({"equals": "/"}, SHOP, True),
        ({"starts_with": "/account"}, f"{SHOP}/account/orders", True),
        ({"starts_with": "/account"}, f"{SHOP}/my/account", False),
        ({"starts_with": f"{SHOP}/a"}, f"{SHOP}/account", True),
        ({"matches": "*/pricing"}, f"{SHOP}/de/pricing", True),
        ({"matches": "/*/pricing"}, f"{SHOP}/de/pricing", True),
        ({"matches": "/*/pricing"}, f"{SHOP}/pricing", False),
        ({"matches": "/Pricing"}, f"{SHOP}/pricing", False),
        ({"matches": "/what?"}, f"{SHOP}/whats", False),
        ({"matches": "/[a]"}, f"{SHOP}/a", False),
        ({"matches": "/[a]"}, f"{SHOP}/[a]", True),
    ],
)
def test_a_page_rule_compares_an_address_or_its_path(
    rule: dict[str, str], url: str, fits: bool
) -> None:
    assert UrlRule.model_validate(rule).fits(url) is fits


@pytest.mark.parametrize(
    ("trigger", "moment", "fits"),
    [
        ({"on": "login"}, {"on": "login"}, True),
        ({"on": "login"}, {"on": "page", "url": f"{SHOP}/"}, False),
        ({"on": "page", "url": {"equals": "/"}}, {"on": "page", "url": f"{SHOP}/"}, True),
        ({"on": "page", "url": {"equals": "/"}}, {"on": "page", "url": None}, False),
        ({"on": "page", "url": {"equals": "/"}}, {"on": "login", "url": f"{SHOP}/"}, False),
        ({"on": "click", "name": "more"}, {"on": "click", "name": "more"}, True),
        ({"on": "click", "name": "more"}, {"on": "click", "name": "less"}, False),
        ({"on": "click", "name": "more"}, {"on": "click"}, False),
        ({"on": "click", "name": "more"}, {"on": "event", "name": "more"}, False),
        ({"on": "event", "name": "bought"}, {"on": "event", "name": "bought"}, True),
        ({"on": "request"}, {"on": "request", "step": "work"}, True),
        ({"on": "request"}, {"on": "request", "step": "other"}, False),
        ({"on": "request"}, {"on": "request"}, False),
        ({"on": "login"}, {"on": "request", "step": "work"}, False),
        ([], {"on": "request", "step": "work"}, True),
        ([], {"on": "login"}, False),
        ([{"on": "login"}, {"on": "click", "name": "x"}], {"on": "click", "name": "x"}, True),
    ],
)
def test_a_step_appears_at_the_moments_it_names(
    trigger: Any, moment: dict[str, Any], fits: bool
) -> None:
    on = release(work={"trigger": trigger})
    assert (chosen(on, **moment) == "work") is fits


def test_logins_are_those_of_the_site() -> None:
    on = release(work={"trigger": {"on": "login", "count": {"at": 2}}})
    person = vera(on, logins=2)
    assert chosen(on, person) == "work"
    assert chosen(on, person, site="club") is None
