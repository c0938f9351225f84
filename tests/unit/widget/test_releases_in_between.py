"""A configuration is published while a form is open: what was typed is never lost."""

import pytest

from app.lib.db import Database
from tests.unit.world import Shown, World, document, open_world, publish_document

WORDS = {"company": "Acme Paper Works"}
KIND = {"{kind: text, label: {en: Company, de: Unternehmen}": "{kind: url, label: {en: Company}"}
KIND |= {"rules: {length: {max: 100}}}": "rules: {}}"}


async def after(
    world: World, database: Database, url: str, step: Shown, source: str, **typed: str
) -> Shown:
    """The answer of a process that started after another release was published."""
    await publish_document(database, source)
    async with open_world(url, private=world.private) as later:
        return await later.send(step, "answers", **typed)


async def test_other_words_for_the_same_question_change_nothing(
    world: World, database: Database, database_url: str
) -> None:
    step = await world.mount()
    source = document(**{"About your work": "At work", "en: Company,": "en: Firm,"})
    saved = await after(world, database, database_url, step, source, **WORDS)
    assert saved.heading == "Your office"
    assert (await world.answers())["company"] == "Acme Paper Works"
    subject = await world.person()
    release = {p["release"] for p in subject.body["provenance"].values() if "release" in p}
    assert release == {1}  # the words that were read


async def test_what_is_wrong_is_said_in_the_words_that_were_read(
    world: World, database: Database, database_url: str
) -> None:
    step = await world.mount()
    source = document(**{"About your work": "At work"})
    wrong = await after(world, database, database_url, step, source, website="no website")
    assert (wrong.status, wrong.heading) == (422, "About your work")
    assert wrong.typed("Website") == "no website"


@pytest.mark.parametrize("dialect", ["2", "4"])
async def test_another_kind_of_question_is_asked_again_with_what_was_typed(
    world: World, database: Database, database_url: str, dialect: str
) -> None:
    step = await world.mount(dialect)
    await publish_document(database, document(**KIND))
    async with open_world(database_url, private=world.private) as later:
        changed = await later.send(step, "answers", dialect, company="not a website at all")
        assert changed.status == {"2": 200, "4": 409}[dialect]
        assert "This form has changed." in changed.text
        assert changed.typed("Company") == "not a website at all"
        assert changed.events == {"askonce-error": {"status": "changed"}}
        assert await later.answers() == {}
        saved = await later.send(changed, "answers", dialect, company="acme.example")
        assert saved.heading == "Your office"


async def test_a_step_that_is_gone_still_takes_its_answers(
    world: World, database: Database, database_url: str
) -> None:
    step = await world.mount()
    source = document().replace("  work:\n", "  job:\n")
    saved = await after(world, database, database_url, step, source, **WORDS)
    assert saved.status == 200
    assert (await world.answers())["company"] == "Acme Paper Works"


async def test_a_step_that_is_gone_still_says_what_is_wrong(
    world: World, database: Database, database_url: str
) -> None:
    step = await world.mount()
    source = document().replace("  work:\n", "  job:\n")
    wrong = await after(world, database, database_url, step, source, website="no website")
    assert (wrong.status, wrong.typed("Website")) == (422, "no website")


async def test_a_renamed_question_is_the_same_question(
    world: World, database: Database, database_url: str
) -> None:
    step = await world.mount()
    source = document(
        **{
            "  company: {kind": "  firm: {renamed_from: company, kind",
            "{attribute: company, required": "{attribute: firm, required",
            "{known: company}": "{known: firm}",
        }
    )
    await publish_document(database, source)
    async with open_world(database_url, private=world.private) as later:
        wrong = await later.send(step, "answers", company="", website="no website")
        assert (wrong.status, wrong.typed("Website")) == (422, "no website")
        saved = await later.send(wrong, "answers", company="Acme Paper Works")
        assert saved.heading == "Your office"
    assert (await world.answers())["company"] == "Acme Paper Works"


async def test_questions_that_are_no_longer_asked_are_no_empty_form(
    world: World, database: Database, database_url: str
) -> None:
    names = {"on": "click", "name": "must"}
    step = await world.mount(query=names)
    source = document(
        **{
            "nickname: {kind: text}": "nickname: {kind: text, retired: keep}",
            "fields: [given_name, nickname]": "fields: [given_name]",
            "    fields: [nickname]\n    trigger: {on: click": (
                "    fields: [seats]\n    trigger: {on: click"
            ),
            "    fields: [nickname]\n    trigger: {on: request}": (
                "    fields: [seats]\n    trigger: {on: request}"
            ),
        }
    )
    changed = await after(world, database, database_url, step, source, nickname="Vee")
    assert changed.status == 409
    assert changed.page.all("textbox") or "This form has expired" in changed.text
    assert "nickname" not in await world.answers()


async def test_a_question_that_was_taken_out_is_not_stored(
    world: World, database: Database, database_url: str
) -> None:
    step = await world.mount()
    source = document(
        **{
            "  website: {}\n": "",
            "[{attribute: company, required: true}, website]": "[{attribute: company}]",
        }
    )
    changed = await after(
        world, database, database_url, step, source, website="acme.example", **WORDS
    )
    assert (changed.status, changed.typed("Company")) == (409, "Acme Paper Works")
    assert await world.answers() == {}
