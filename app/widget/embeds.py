"""What pages embed from us by address: our sheets, sites' themes, the scripts of our frames."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any, cast

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.domain.release import Release
from app.lib.assets import Asset, asset
from app.lib.scripts import script
from app.lib.stylesheets import stylesheet
from app.runtime import Runtime

VERSION = "1.0.0"  # of what hosts write into their pages with a hash: changes with any byte
CURRENT = "1"  # the latest of its kind, kept for minutes only
CURRENT_THEME = "theme.css"
_FOREVER = "public, max-age=31536000, immutable"
_MINUTES = "public, max-age=300"

_FILES: dict[str, tuple[str, Callable[[], Asset]]] = {
    "fragment.css": ("text/css", lambda: stylesheet("fragment")),
    "frame.css": ("text/css", lambda: stylesheet("frame")),
    "editor.css": ("text/css", lambda: stylesheet("editor")),
    "hosted.css": ("text/css", lambda: stylesheet("hosted")),
    # One file: htmx must not begin before its extension, and together they are smaller.
    "frame.js": (
        "text/javascript",
        lambda: script(
            "static/vendor/htmx-4.0.1.min.js",
            "static/vendor/hx-csp-4.0.1.min.js",
            "static/embed/frame.min.js",
        ),
    ),
    "leave.js": ("text/javascript", lambda: asset("static/leave.js")),
    "loader.js": ("text/javascript", lambda: asset("static/embed/loader-1.0.0.min.js")),
    # Not of the widget: what a site developer puts into a page while something is wrong with it.
    "doctor.js": ("text/javascript", lambda: asset("static/doctor.js")),
}


@cache
def fingerprint(name: str) -> str:
    """Twelve characters that change with the file."""
    return sha256(_FILES[name][1]().plain).hexdigest()[:12]


@cache
def address(name: str) -> str:
    """Where our own documents find a file, for ever the same bytes."""
    return f"/embed/{fingerprint(name)}/{name}"


@get("/embed/{version:str}/{name:str}", sync_to_thread=False)
def show_embed(
    request: Request[Any, Any, State], version: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A file by its version (kept for ever) or as the latest (kept for minutes)."""
    if name not in _FILES or version not in (VERSION, CURRENT, fingerprint(name)):
        raise NotFoundException
    media_type, load = _FILES[name]
    return _file(request, load(), media_type, _MINUTES if version == CURRENT else _FOREVER)


def theme_address(release: Release, site: str) -> str:
    """Where a document finds the sheet of a site's theme, for ever the same bytes; "" for none."""
    sheet = release.theme_sheet(site)
    return "" if sheet.is_plain else f"/embed/themes/{release.workspace}.{site}/{sheet.name}"


@get("/embed/themes/{site:str}/{name:str}")
async def show_theme(
    request: Request[Any, Any, State], site: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """The theme of a site: by its fingerprint (kept for ever), or `theme.css` (for minutes)."""
    releases = cast(Runtime, request.app.state.runtime).releases
    if name == CURRENT_THEME:
        found = releases.find_site(site)
        sheet = found[0].theme_sheet(found[1]) if found else None
    else:
        sheet = await releases.find_sheet(site, name)
    if sheet is None:
        raise NotFoundException
    return _file(request, sheet.css, "text/css", _MINUTES if name == CURRENT_THEME else _FOREVER)


def _file(
    request: Request[Any, Any, State], file: Asset, media_type: str, kept: str
) -> Response[bytes]:
    body, encoding = _encoded(file, request.headers.get("accept-encoding", ""))
    headers = {
        "cache-control": kept,
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        "vary": "Accept-Encoding",
        **({"content-encoding": encoding} if encoding else {}),
    }
    return Response(body, media_type=media_type, headers=headers)


def _encoded(file: Asset, accepted: str) -> tuple[bytes, str]:
    names = {part.partition(";")[0].strip() for part in accepted.split(",")}
    if "br" in names:
        return file.brotli, "br"
    return (file.gzip, "gzip") if "gzip" in names else (file.plain, "")
