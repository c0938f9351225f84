"""What is handed out: a whole wheel, locks that name no source, vendored files as they came."""

import re
import subprocess
import sys
import tomllib
import zipfile
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).parents[2]
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]
VENDORED = [ROOT / place / "vendor" for place in ("static", "demo/static", "tests/e2e")]
BESIDE = ["components", "locales", "static"]
# Asks the installed copy for every file that it was given the name of.
FIND = """
import sys
from app.lib import assets
assert assets.INSTALLED.is_dir()
print(*[name for name in sys.stdin.read().split() if not assets.path(name).is_file()])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network."""
    out = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(out)], cwd=ROOT, check=True)
    (built,) = out.glob("askonce-*.whl")
    return built


@pytest.fixture(scope="module")
def shipped(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def files(folder: str) -> set[str]:
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    kept = (path for path in found if path.suffix not in {".pyc", ".mo"})
    return {str(path.relative_to(ROOT)) for path in kept}


def test_the_wheel_has_every_file_of_the_package(shipped: set[str]) -> None:
    assert files("app") - shipped == set()


@pytest.mark.parametrize("folder", BESIDE)
def test_the_wheel_has_what_stands_beside_the_package(folder: str, shipped: set[str]) -> None:
    assert {f"app/_root/{name}" for name in files(folder)} - shipped == set()


def test_the_wheel_has_nothing_else(shipped: set[str]) -> None:
    assert {
        name for name in shipped if not re.match(r"app/|askonce-[^/]*\.dist-info/", name)
    } == set()


def test_the_wheel_brings_the_command(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel)
    (points,) = [name for name in names.namelist() if name.endswith("entry_points.txt")]
    assert "askonce = app.cli:main" in names.read(points).decode()


def test_an_installed_copy_finds_its_files(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    names = "\n".join(set.union(*map(files, BESIDE)) | {"app/lib/assets.py"})
    done = subprocess.run(
        [sys.executable, "-c", FIND], cwd=tmp_path, input=names, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_the_version_is_written_once_and_again() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == app.__version__


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.name))
def test_every_locked_dependency_is_exact_and_hashed(lock: Path) -> None:
    for pinned in re.split(r"\n(?=\S)", lock.read_text().strip()):
        assert re.match(r"[a-z0-9-]+==\S+", pinned), pinned
        assert "--hash=sha256:" in pinned


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.name))
def test_a_lock_names_no_index_and_no_host(lock: Path) -> None:
    assert not re.search(r"://|--(?!hash=)|@", lock.read_text())


def test_the_development_lock_holds_the_runtime_lock() -> None:
    runtime, development = (set(re.findall(r"^\S+==\S+", lock.read_text(), re.M)) for lock in LOCKS)
    assert runtime <= development


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_a_vendored_script_is_the_one_that_was_written_down(folder: Path) -> None:
    written = dict(
        re.findall(r"^\| `([^`]+)` .*`(sha384-[^`]+)`", (folder / "VENDOR.md").read_text(), re.M)
    )
    found = {
        path.name: "sha384-" + b64encode(sha384(path.read_bytes()).digest()).decode()
        for path in folder.glob("*.js")
    }
    assert found == written
