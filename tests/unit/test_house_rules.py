"""The rules of the house that a machine can read: one case per file, named in a failure."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.lib.templates import environment

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
GENERATED = APP / "migrations" / "versions"

# What each room may import of ours, besides itself.
TRUTH = {"app", "app.settings", "app.lib", "app.forms", "app.domain"}
RIM = TRUTH | {"app.runtime"}
ALLOWED = {
    "app": set[str](),
    "app.settings": {"app"},
    "app.lib": {"app"},
    "app.forms": {"app", "app.lib"},
    "app.domain": {"app", "app.lib", "app.forms"},
    "app.migrations": {"app", "app.lib", "app.domain"},
    "app.runtime": TRUTH,
    "app.gate": RIM,
    "app.widget": RIM,
    "app.admin": RIM,
    "app.api": RIM,
    "app.jobs": RIM,
    "app.terminal": TRUTH,
    "app.config_commands": TRUTH | {"app.terminal"},
    "app.explaining": TRUTH | {"app.terminal"},
    "app.key_commands": TRUTH | {"app.terminal"},
    "app.doctor": RIM | {"app.terminal"},
    "app.serving": RIM | {"app.migrations"},
    "app.cli": RIM
    | {"app.migrations", "app.config_commands", "app.explaining", "app.doctor", "app.serving"}
    | {"app.key_commands"},
    "app.main": RIM
    | {"app.migrations", "app.widget", "app.admin", "app.api", "app.cli", "app.gate", "app.jobs"}
    | {"app.doctor"},
}
# What each room must not know of the world.
STRANGERS = {
    "app.forms": {"sqlalchemy", "litestar", "app.lib.db"},
    "app.domain": {"litestar", "jinja2", "app.lib.templates"},
    "app.widget": {"sqlalchemy", "asyncpg"},
    "app.admin": {"sqlalchemy", "asyncpg"},
    "app.api": {"sqlalchemy", "asyncpg"},
}
SURFACES = {"app.widget", "app.admin", "app.api"}
NAMELESS = {"util", "helper", "common", "manager", "service", "handler", "base", "data", "info"}
NAMELESS |= {"process", "misc", "dto", "repository", "controller"}
# Put together here, so that this file does not hold them.
MACHINES = re.compile(
    "/(?:work|farm)/|" + "|".join(["pypi" + r"\.org", "python" + "hosted"])
    + "|registry" + r"\.npmjs|deb" + r"\.debian\.org"
)  # fmt: skip
# A form may be older than the person's log-out: who reads the row for it looks at that.
READS_PEOPLE = APP / "widget" / "loading.py"
TEXTS = {".py", ".html", ".css", ".js", ".md", ".toml", ".yaml", ".yml", ".lock", ".po", ".pot", ""}
OURS = ["app", "components", "static", "locales", "tests", "tools", "demo", "docs", "bench", ".ci"]


def of(*folders: str, suffix: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}"))
    return sorted(path for path in found if GENERATED not in path.parents)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def texts() -> list[Path]:
    # A second working tree of the repository has a file `.git`, which names the first.
    beside = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    below = (path for folder in OURS for path in (ROOT / folder).rglob("*") if path.is_file())
    kept = {path for path in [*beside, *below] if path.suffix in TEXTS}
    return sorted(path for path in kept if "vendor" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name: str) -> str:
    """The part of the house that a module of ours belongs to: `app.lib.db.pool` is in `app.lib`."""
    return ".".join(name.split(".")[:2])


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, with the names taken from it, relative ones resolved."""
    package = module(path).split(".")
    if path.name != "__init__.py":
        package.pop()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


def rooms_of(path: Path) -> set[str]:
    ours = {found for found in imports(path) if found == "app" or found.startswith("app.")}
    # `from app import settings` yields "app" and "app.settings"; a name in a room is that room.
    return {room(found) if room(found) in ALLOWED else "app" for found in ours}


PYTHON = of("app", suffix=".py")
TEMPLATES = of("app", "components", suffix=".html")
every_module = pytest.mark.parametrize("path", PYTHON, ids=name)
every_template = pytest.mark.parametrize("path", TEMPLATES, ids=name)


@every_module
def test_a_module_imports_only_from_rooms_below_its_own(path: Path) -> None:
    own = room(module(path))
    assert own in ALLOWED, f"{own} is not a room of the house: see the table in this file"
    assert rooms_of(path) - {own} <= ALLOWED[own]


@every_module
def test_a_room_does_not_know_the_strangers_it_was_kept_from(path: Path) -> None:
    strangers = STRANGERS.get(room(module(path)), set())
    met = {s for s in strangers for i in imports(path) if i == s or i.startswith(s + ".")}
    assert met == set()


@every_module
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    if not path.read_text().strip():
        assert path.name == "__init__.py"
        return
    opening = (ast.get_docstring(tree(path)) or "").split("\n\n")[0]
    assert re.match(r"\S.*[.:]$", opening, re.DOTALL), (
        "open with one sentence in the domain's words"
    )


@every_module
def test_a_module_has_a_name_that_says_something(path: Path) -> None:
    words = {word.removesuffix("s") for word in re.split(r"[._]", module(path))}
    assert words & {word.removesuffix("s") for word in NAMELESS} == set()


@every_module
def test_only_the_database_room_asks_which_database_it_is(path: Path) -> None:
    if module(path).startswith(("app.lib.db", "app.migrations")):
        return
    asked = [f"line {line}" for line in dialect_questions(tree(path))]
    assert asked == []


def dialect_questions(code: ast.Module) -> Iterator[int]:
    """Lines that look at a dialect, or compare something with the name of a database."""
    for node in ast.walk(code):
        if isinstance(node, ast.Attribute) and node.attr == "dialect":
            yield node.lineno
        if isinstance(node, ast.Compare | ast.match_case) or is_prefix_question(node):
            names = (n for n in ast.walk(node) if isinstance(n, ast.Constant))
            yield from (n.lineno for n in names if re.search("sqlite|postgres", str(n.value)))


def is_prefix_question(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in ("startswith", "endswith")


@pytest.mark.parametrize(
    "code",
    [
        "if url.startswith('sqlite'): pass",
        "x = 1 if connection.dialect.name else 2",
        "driver == 'postgresql'",
        "'sqlite' in url",
    ],
)
def test_a_question_about_the_database_is_recognised(code: str) -> None:
    assert list(dialect_questions(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "path", [path for path in PYTHON if room(module(path)) in SURFACES], ids=name
)
def test_a_surface_writes_no_statements(path: Path) -> None:
    called = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    assert "select" not in {func.id for func in called if isinstance(func, ast.Name)}


@every_template
def test_a_template_compiles(path: Path) -> None:
    environment().compile(path.read_text())


@every_template
def test_a_template_has_no_inline_script_style_or_handler(path: Path) -> None:
    assert inline_code(path.read_text()) == []


def inline_code(text: str) -> list[str]:
    """What a strict content policy refuses, or what escapes from escaping."""
    found = re.findall(r"\|\s*safe\b|hx-on|\bjs:|javascript:|<style\b", text, re.IGNORECASE)
    markup = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", text, flags=re.DOTALL)
    found += re.findall(r"<script\b(?![^>]*\ssrc=)[^>]*>", markup, re.IGNORECASE)
    found += re.findall(r"<[^>]*?\s(on[a-z]+|style)\s*=", markup, re.IGNORECASE)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "{{ label|safe }}",
        "<script>1</script>",
        '<script nonce="n">1</script>',
        '<p style="color: red">',
        '<p class="a"\n onclick="x()">',
        "<style>p{}</style>",
        '<a href="javascript:x()">',
        '<a hx-on:click="x()">',
        "<a hx-vals='js:{}'>",
    ],
)
def test_inline_code_is_recognised(text: str) -> None:
    assert inline_code(text) != []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="{{ script }}" nonce="{{ nonce }}"></script>',
        "{% set one = 1 %}<p>{{ one }}</p>",
        '<p class="on">style</p>',
    ],
)
def test_what_a_strict_policy_allows_is_allowed(text: str) -> None:
    assert inline_code(text) == []


@pytest.mark.parametrize("path", of("components", suffix=".html"), ids=name)
def test_a_component_sees_values_and_never_the_request(path: Path) -> None:
    assert not re.search(r"\brequest\b", path.read_text())


@pytest.mark.parametrize("path", texts(), ids=name)
def test_a_file_names_no_machine_and_no_registry(path: Path) -> None:
    found = [
        f"line {number}"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MACHINES.search(line)
    ]
    assert found == []


def test_the_house_was_read() -> None:
    """A rule over no files would hold for ever."""
    assert {"app/settings.py", "app/lib/assets.py"} <= {name(path) for path in PYTHON}


@pytest.mark.parametrize("path", of("app/widget", suffix=".py"), ids=name)
def test_a_screen_reads_a_person_where_log_outs_are_looked_at(path: Path) -> None:
    assert path == READS_PEOPLE or "find_subject" not in path.read_text()
