"""The templates: one environment, names are paths from the root, texts come from the catalogues."""

from functools import cache
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from jinja2.bccache import BytecodeCache

from app.lib import assets
from app.lib.i18n import gettext, ngettext, use_locale
from app.lib.markdown import rich
from app.lib.option_lists import option_list


def _load(name: str) -> str | None:
    file = assets.path(name)
    return file.read_text("utf-8") if file.suffix == ".html" and file.is_file() else None


def create_environment(cache: BytecodeCache | None = None) -> Environment:
    """The environment of every surface: escaping on, an unknown name is an error."""
    environment = Environment(
        loader=FunctionLoader(_load),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=cache,
        cache_size=-1,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=gettext, ngettext=ngettext, newstyle=False
    )
    environment.filters["rich"] = rich
    environment.globals["_"] = gettext
    environment.globals["option_list"] = option_list
    return environment


@cache
def environment() -> Environment:
    """The one of this process."""
    return create_environment()


def render_template(name: str, locale: str, values: dict[str, Any]) -> str:
    """A template in a locale: `name` is its path from the root."""
    template = environment().get_template(name)
    with use_locale(locale):
        return template.render(values)
