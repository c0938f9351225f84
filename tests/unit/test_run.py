"""`make run`: what it says to Askonce before both sides of the demo start."""

from pathlib import Path

import pytest

from tools import run


def test_a_demo_that_moves_and_comes_back_keeps_its_origins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CONFIGURATION", Path("demo/askonce.yaml").absolute())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    ports = ["8001", "8001", "8301", "8301", "8001"]
    told = [run.serving(port, tmp_path) for port in ports]
    assert ["--force" in one for one in told] == [False, False, True, False, True]
    assert "http://127.0.0.1:8301" in Path(told[2][3]).read_text()
