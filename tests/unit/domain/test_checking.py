"""Checking: what no part of a document can know alone, as mistakes and as warnings."""

import pytest

from tests.unit.domain.documents import SOUND, mistakes, warnings


def spoiled(former: str, written: str) -> str:
    assert former in SOUND
    return SOUND.replace(former, written, 1)


FIELDS, TRIGGER, KIND = "[company]", "{on: login}", "{kind: text}"


@pytest.mark.parametrize(
    ("former", "written", "said"),
    [
        (
            FIELDS,
            "[compny]",
            (
                "a.yaml:16: steps.work.fields[0].attribute: there is no attribute `compny`: did you"
                " mean `company`?"
            ),
        ),
        (
            FIELDS,
            "[email]",
            (
                "a.yaml:16: steps.work.fields[0].attribute: there is no attribute `email`: it is a"
                " standard claim, add `email: {}` to the attributes"
            ),
        ),
        (
            FIELDS,
            "[plan]",
            (
                "a.yaml:16: steps.work.fields[0].attribute: `plan` cannot be asked: its `bucket`"
                " keeps"
                " people from writing it"
            ),
        ),
        (
            "[given_name]",
            "[givn_name]",
            (
                "a.yaml:11: sites.shop.supplies[0]: there is no attribute `givn_name`: did you mean"
                " `given_name`?"
            ),
        ),
        (
            "{kind: text}\n  plan",
            "{kind: text, access: {subject: read}}\n  plan",
            (
                "a.yaml:16: steps.work.fields[0].attribute: `company` cannot be asked: its `access`"
                " keeps people from writing it"
            ),
        ),
        (
            KIND,
            "{kind: text, retired: keep}",
            (
                "a.yaml:16: steps.work.fields[0].attribute: `company` is retired: take it out of"
                " the"
                " step"
            ),
        ),
        (
            "given_name: {}",
            "given_name: {access: {application: read}}",
            (
                "a.yaml:11: sites.shop.supplies[0]: `given_name` may not be written by a site (its"
                " `access`)"
            ),
        ),
        (
            "given_name: {}",
            "given_name: {}\n  turnover: {}",
            (
                "a.yaml:5: attributes.turnover: say its kind: `turnover` is no standard claim"
                " (there"
                " each may be written as `{}`)"
            ),
        ),
        (
            KIND,
            "{kind: text, rules: {age: {min: 3}}}",
            (
                "a.yaml:5: attributes.company.rules.age: the kind text does not know this rule:"
                " there"
                " are length, not_one_of, one_of, pattern"
            ),
        ),
        (
            KIND,
            "{kind: text, renamed_from: plan}",
            (
                "a.yaml:5: attributes.company.renamed_from: `plan` is still an attribute: a"
                " renamed one"
                " has one key"
            ),
        ),
        (
            KIND,
            "{kind: text, renamed_from: firm}\n  shop: {kind: text, renamed_from: firm}",
            (
                "a.yaml:6: attributes.shop.renamed_from: `company` was renamed from `firm` too: one"
                " inherits"
            ),
        ),
        (
            KIND,
            "{kind: text, label: {tlh: Malth}}",
            (
                "a.yaml:5: attributes.company.label.tlh: `tlh` is no language that CLDR knows:"
                " write"
                " one like en or pt-BR"
            ),
        ),
        (
            "[en, de]",
            "[en, xx]",
            (
                "a.yaml:12: sites.shop.locales[1]: `xx` is no language that CLDR knows: write"
                " one like"
                " en or pt-BR"
            ),
        ),
        (
            "askonce: 1",
            "askonce: 1\ndefault_locale: xx",
            (
                "a.yaml:2: default_locale: `xx` is no language that CLDR knows: write one like"
                " en or"
                " pt-BR"
            ),
        ),
        (
            TRIGGER,
            "{on: login}\n    sites: [shp]",
            "a.yaml:18: steps.work.sites[0]: there is no site `shp`: did you mean `shop`?",
        ),
        (
            TRIGGER,
            "{on: login}\n    audience: {not: {site: shp}}",
            "a.yaml:18: steps.work.audience.not.site: there is no site `shp`: did you mean `shop`?",
        ),
        (
            TRIGGER,
            "{on: login}\n    audience: {any: [{known: plam}]}",
            (
                "a.yaml:18: steps.work.audience.any[0].attribute: there is no attribute `plam`:"
                " did you"
                " mean `plan`?"
            ),
        ),
        (
            TRIGGER,
            "{on: login}\n    audience: {completed: wrk}",
            (
                "a.yaml:18: steps.work.audience.completed: there is no step `wrk`: did you mean"
                " `work`?"
            ),
        ),
        (
            FIELDS,
            "[{attribute: company, when: {locale: xx}}]",
            (
                "a.yaml:16: steps.work.fields[0].when.locale: `xx` is no language that CLDR knows:"
                " write one like en or pt-BR"
            ),
        ),
    ],
)
def test_what_does_not_fit_together_is_a_mistake(former: str, written: str, said: str) -> None:
    assert said in mistakes(spoiled(former, written))


def test_the_pseudo_locales_may_be_offered() -> None:
    assert mistakes(spoiled("[en, de]", "[en, en-XA, ar-XB]")) == []


CLUB = "  club: {name: Club, origins: ['https://club.example']}\nsteps:"
NEVER = "a.yaml:18: steps.work.audience: nobody can fulfil this: "


@pytest.mark.parametrize(
    ("former", "written", "said"),
    [
        (
            "steps:",
            CLUB,
            (
                "a.yaml:7: sites: several sites share their people: say `subjects: shared`, or"
                " `subjects: own` when the same `sub` is somebody else on each site"
            ),
        ),
        (
            "steps:",
            "attention: {prompts_per_sitting: 1}\nsteps:",
            "a.yaml:13: attention: the limits of attention are kept, and not yet obeyed",
        ),
        (
            TRIGGER,
            "{on: page, url: {equals: 'https://else.example/'}}",
            (
                "a.yaml:17: steps.work.trigger.url: no page will ever fit: it is an address of"
                " none of the"
                " sites"
            ),
        ),
        (
            TRIGGER,
            "[{on: page, url: {starts_with: '/a?b=c'}}]",
            (
                "a.yaml:17: steps.work.trigger[0].url: no page will ever fit: only origin and"
                " path of"
                " an address are compared"
            ),
        ),
        (
            TRIGGER,
            "{on: login}\n    from: 2026-02-01T00:00:00Z\n    until: 2026-01-01T00:00:00Z",
            "a.yaml:19: steps.work.until: the step ends before it begins: nobody will see it",
        ),
        (
            FIELDS,
            "[{attribute: company, when: {missing: company}}]",
            "a.yaml:16: steps.work.fields[0].when: the field is shown or hidden by its own answer",
        ),
        (
            "  work:",
            "  home: {title: Home, fields: [company], trigger: {on: login}}\n  work:",
            (
                "a.yaml:17: steps.work.fields[0].attribute: the step `home` asks `company` at"
                " the same"
                " moment"
            ),
        ),
        (TRIGGER, "{on: login}\n    audience: {any: []}", NEVER + "none of no conditions holds"),
        (
            TRIGGER,
            "{on: login}\n    audience: {logins: {at_least: 3, at_most: 2}}",
            NEVER + "`at_least` is greater than `at_most`",
        ),
        (
            TRIGGER,
            (
                "{on: login}\n    audience: {first_seen: {after: 2026-01-01T00:00:00Z, before:"
                " 2025-01-01T00:00:00Z}}"
            ),
            NEVER + "`after` is not before `before`",
        ),
        (
            TRIGGER,
            "{on: login}\n    audience: {all: [{known: plan}, {missing: plan}]}",
            NEVER + "`plan` is in one state only",
        ),
        (
            TRIGGER,
            "{on: login}\n    audience: {all: [{known: plan}, {attribute: plan, known: false}]}",
            NEVER + "`plan` is in one state only",
        ),
        (
            TRIGGER,
            "{on: login}\n    audience: {all: [{known: plan}, {not: {known: plan}}]}",
            NEVER + "a condition and its opposite",
        ),
        (
            TRIGGER,
            (
                "{on: login}\n    audience: {all: [{claim: tier, equals: a}, {claim: tier, equals:"
                " b}]}"
            ),
            NEVER + "the claim `tier` equals one value only",
        ),
        (
            TRIGGER,
            "{on: login}\n    audience: {all: [{claim: n, at_least: 3}, {claim: n, at_most: 2}]}",
            NEVER + "the claim `n` cannot be that great and that small",
        ),
        (
            "[given_name]",
            "[]",
            "a.yaml:4: attributes.given_name: no step asks it and no site supplies it",
        ),
        (
            "supplies: [given_name]",
            "requires: [given_name]",
            (
                "a.yaml:11: sites.shop.requires[0]: no step asks `given_name` here and no claim"
                " supplies it"
            ),
        ),
        ("title: Work", "title: {en: Work}", "a.yaml:15: steps.work.title: no words in de"),
    ],
)
def test_what_nobody_can_mean_is_a_warning(former: str, written: str, said: str) -> None:
    source = spoiled(former, written)
    assert mistakes(source) == []
    assert said in warnings(source)
    assert said not in warnings(SOUND)


def test_two_sites_of_one_step_exclude_each_other() -> None:
    source = spoiled("steps:", CLUB).replace(
        TRIGGER, "{on: login}\n    audience: {all: [{site: shop}, {site: club}]}"
    )
    assert any("nobody is on two sites at once" in one for one in warnings(source))


def test_a_step_for_a_site_and_an_audience_on_another_exclude_each_other() -> None:
    source = spoiled("steps:", CLUB).replace(
        TRIGGER, "{on: login}\n    sites: [shop]\n    audience: {site: club}"
    )
    assert any("does not appear on that site" in one for one in warnings(source))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{on: login}", "{on: page, url: {equals: /}}"),
        ("{on: click, name: a}", "{on: click, name: b}"),
        ("{on: login, count: {at: 1}}", "{on: login, count: {at: 2}}"),
        ("{on: request}", "{on: request}"),
        ("{on: login}\n    sites: [shop]", "{on: login}\n    sites: [club]"),
        ("{on: login}\n    audience: {site: shop}", "{on: login}\n    audience: {site: club}"),
    ],
)
def test_steps_that_never_meet_may_ask_the_same(first: str, second: str) -> None:
    work = f"  work:\n    title: Work\n    fields: [company]\n    trigger: {first}\n"
    home = f"  home:\n    title: Home\n    fields: [company]\n    trigger: {second}\n"
    source = SOUND[: SOUND.index("steps:")] + CLUB + "\n" + work + home
    assert mistakes(source) == []
    assert not [one for one in warnings(source) if "at the same moment" in one]


def test_a_text_in_a_parent_language_speaks_for_the_region() -> None:
    source = spoiled("[en, de]", "[en, de-AT]").replace("title: Work", "title: {en: a, de: b}")
    assert not [one for one in warnings(source) if "steps.work.title" in one]
