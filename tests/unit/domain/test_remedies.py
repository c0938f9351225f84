"""The remedies: every code that can be met is explained, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from app.domain.refusals import Code
from app.domain.remedies import OUTSIDE, REMEDIES
from tests.unit.test_house_rules import PYTHON, tree

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()


def words(node: ast.AST) -> Iterator[str]:
    """The codes in an expression that chooses one."""
    if isinstance(node, ast.IfExp):
        yield from words(node.body)
        yield from words(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def raised(path: Path) -> Iterator[tuple[str, int | None]]:
    """Each code that a file raises, with its status where it says one."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            own = (line for line in node.body if isinstance(line, ast.Assign))
            for line in own:
                if [one.id for one in line.targets if isinstance(one, ast.Name)] == ["code"]:
                    yield from ((code, None) for code in words(line.value))
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called == "Refused":
            yield from ((code, None) for one in node.args for code in words(one))
        if called in ("BadBody", "super().__init__") and len(node.args) == 2:
            status, code = node.args
            if isinstance(status, ast.Constant) and isinstance(status.value, int):
                yield from ((one, status.value) for one in words(code))


RAISED = {pair for path in PYTHON for pair in raised(path)}


@pytest.mark.parametrize("code", sorted({code for code, _ in RAISED} | set(get_args(Code))))
def test_every_code_is_explained(code: str) -> None:
    assert code in REMEDIES
    assert f"\n### {code}\n" in PAGE


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_what_is_explained_can_be_met(code: str) -> None:
    assert code in OUTSIDE or code in get_args(Code) or code in {one for one, _ in RAISED}


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_a_remedy_is_a_sentence_an_instruction_and_a_line(code: str) -> None:
    remedy = REMEDIES[code]
    assert re.fullmatch(r"[A-Z`].*\.", remedy.meaning)
    assert re.fullmatch(r"[A-Z`].*\.", remedy.change)
    assert remedy.line
    assert "\n" not in remedy.line


def test_a_body_s_status_is_the_one_it_is_refused_with() -> None:
    statuses = {(code, status) for code, status in RAISED if status}
    assert ("body_size", 413) in statuses
    assert {(code, REMEDIES[code].status) for code, _ in statuses} == statuses


def test_the_codes_were_read() -> None:
    """A rule over no code would hold for ever."""
    assert {"token_audience", "token_auth_time", "ticket_place", "answers_size"} <= {
        code for code, _ in RAISED
    }
