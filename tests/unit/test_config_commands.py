"""The commands about the configuration, as somebody at a terminal meets them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.config_commands import config
from tests.unit.domain.documents import SOUND


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "askonce.yaml"
    file.write_text(SOUND)
    return file


def run(*arguments: object, url: str = "sqlite:///nowhere.db") -> Result:
    return CliRunner().invoke(config, [str(one) for one in arguments], env={"DATABASE_URL": url})


def test_check_counts_the_texts_of_each_language(file: Path) -> None:
    mine = SOUND.replace("given_name: {}", "given_name: {label: Name}")
    file.write_text(mine.replace("{kind: text}", "{kind: text, label: {en: Firm}}", 1))
    done = run("check", file)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].split() == ["en", "3", "of", "3", "texts"]
    assert done.stdout.splitlines()[1].split() == ["de", "2", "of", "3", "texts"]
    assert f"{file} can be applied." in done.stdout


def test_check_says_every_mistake_and_ends_with_one(file: Path) -> None:
    file.write_text(SOUND.replace("on: login", "on: logn").replace("kind: text}", "kind: txt}", 1))
    done = run("check", file)
    assert done.exit_code == 1
    assert f"{file}:5: attributes.company.kind: write one of" in done.stderr
    assert f"{file}:17: steps.work.trigger: `on`: write one of" in done.stderr
    assert "can be applied" not in done.stdout


def test_check_says_its_warnings_and_goes_on(file: Path) -> None:
    file.write_text(SOUND.replace("supplies: [given_name]", ""))
    done = run("check", file)
    assert done.exit_code == 0
    assert "no step asks it and no site supplies it (warning)" in done.stderr


@pytest.mark.parametrize("arguments", [("check",), ("check", "nowhere.yaml"), ("chek",)])
def test_a_command_that_is_not_understood_ends_with_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_the_schema_is_json_and_knows_the_shorthands() -> None:
    schema = json.loads(run("schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["required"]) == {"askonce", "workspace"}
    steps = next(part for name, part in schema["$defs"].items() if name.endswith("steps__Step"))
    kinds = [option.get("type") for option in steps["properties"]["skip"]["anyOf"]]
    assert "boolean" in kinds


def test_what_is_applied_can_be_exported(file: Path, database_url: str) -> None:
    applied = run("apply", file, "--note", "first", url=database_url)
    assert (applied.exit_code, applied.stdout) == (0, "acme: release 1 is active.\n")
    exported = run("export", url=database_url)
    assert (exported.exit_code, exported.stdout) == (0, SOUND)
    assert run("export", "acme", url=database_url).stdout == SOUND


def test_applying_the_same_twice_publishes_once(file: Path, database_url: str) -> None:
    run("apply", file, url=database_url)
    again = run("apply", file, url=database_url)
    assert again.stdout == "acme: release 1 says this already; nothing is published.\n"


def test_a_document_with_a_mistake_is_not_applied(file: Path, database_url: str) -> None:
    run("apply", file, url=database_url)
    file.write_text(SOUND + "stepps: {}\n")
    assert run("apply", file, url=database_url).exit_code == 1
    assert run("export", url=database_url).stdout == SOUND


def test_export_asks_which_workspace_when_there_are_two(file: Path, database_url: str) -> None:
    assert run("export", url=database_url).exit_code == 2
    run("apply", file, url=database_url)
    file.write_text(SOUND.replace("workspace: acme", "workspace: other"))
    run("apply", file, url=database_url)
    done = run("export", url=database_url)
    assert done.exit_code == 2
    assert "acme, other" in done.stderr
    assert run("export", "nobody", url=database_url).exit_code == 1


def test_a_wrong_setting_is_one_sentence_without_its_value(file: Path) -> None:
    done = run("apply", file, url="mysql://ada:geheim@db.example/x")
    assert done.exit_code == 1
    assert "DATABASE_URL must begin with" in done.stderr
    assert "geheim" not in done.output


@pytest.mark.parametrize(
    ("secret", "said"), [("", "has no SHOP_SECRET"), ("short", "has too short a SHOP_SECRET")]
)
def test_a_secret_that_the_environment_lacks_is_warned_of(
    file: Path, secret: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_SECRET", secret)
    shared = "keys: [{kid: hs, alg: HS256, secret_env: SHOP_SECRET}]\n    origins:"
    file.write_text(SOUND.replace("origins:", shared, 1))
    done = run("check", file)
    assert done.exit_code == 0
    assert f"sites.shop.keys.hs.secret_env: the environment here {said};" in done.stderr
    monkeypatch.setenv("SHOP_SECRET", "s" * 32)
    assert "SHOP_SECRET" not in run("check", file).stderr
