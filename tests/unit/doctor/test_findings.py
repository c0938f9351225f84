"""Every finding is explained where it says it is."""

import ast
import re
from pathlib import Path

import pytest

from app.doctor.findings import Finding, doubtful, in_order, wrong
from app.domain.remedies import REMEDIES
from tests.unit.test_house_rules import PYTHON, tree

ROOT = Path(__file__).parents[3]
EXPLAINED = set(re.findall(r"^### (\w+)$", (ROOT / "docs/doctor.md").read_text(), re.MULTILINE))
SAY = ("wrong", "doubtful", "say", "_unseen")
USES = ("script", "style", "frame", "connect", "form")


def said() -> set[str]:
    """Every code that the doctor's modules say."""
    found = {f"csp_{use}" for use in USES}
    for path in (one for one in PYTHON if "doctor" in one.parts):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split("(")[0] in SAY:
                codes = (one.value for one in node.args[:2] if isinstance(one, ast.Constant))
                found |= {str(code) for code in codes if re.fullmatch(r"[a-z_]+", str(code))}
            if isinstance(node, ast.Call) and isinstance(node.func, ast.IfExp):
                found |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
    return found


@pytest.mark.parametrize("code", sorted(said()))
def test_what_is_said_is_explained(code: str) -> None:
    assert (code in REMEDIES) != (code in EXPLAINED)


@pytest.mark.parametrize("code", sorted(EXPLAINED))
def test_what_is_explained_is_said(code: str) -> None:
    assert code in said()


def test_a_finding_knows_where_it_is_explained() -> None:
    assert wrong("csp_frame", "", "").docs == "docs/doctor.md#csp_frame"
    assert wrong("token_audience", "", "").docs == "docs/troubleshooting.md#token_audience"


def test_what_is_wrong_comes_first_and_once() -> None:
    one, two = doubtful("frame_title", "a.", "b"), wrong("csp_frame", "c.", "d")
    assert in_order([one, two, Finding(*one), two]) == [two, one]
