"""Files that are not Python, found by their names."""

import gzip

import brotli
import pytest

from app.lib import assets

HTMX = "static/vendor/htmx-4.0.1.min.js"


@pytest.mark.parametrize("name", ["app/lib/assets.py", HTMX])
def test_a_file_is_found_by_its_path_from_the_root(name: str) -> None:
    assert assets.path(name).is_file()


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "static/../app", "..", "static\\..\\app", "static/\0"]
)
def test_a_name_cannot_leave_the_root(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of an asset"):
        assets.path(name)


def test_templates_are_looked_for_where_files_are() -> None:
    assert any((root / HTMX).is_file() for root in assets.roots())


def test_an_asset_is_the_same_however_it_is_compressed() -> None:
    asset = assets.asset(HTMX)
    assert gzip.decompress(asset.gzip) == brotli.decompress(asset.brotli) == asset.plain
    assert len(asset.brotli) < len(asset.gzip) < len(asset.plain)


def test_an_asset_has_the_fingerprint_that_browsers_check() -> None:
    written = assets.path("static/vendor/VENDOR.md").read_text()
    assert f"`{assets.asset(HTMX).integrity}`" in written


def test_a_missing_asset_is_missing() -> None:
    with pytest.raises(FileNotFoundError):
        assets.asset("static/nothing.js")
