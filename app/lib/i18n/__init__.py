"""How the house speaks: locales, catalogues, messages said later, wordings, the order of names.

Locales are BCP 47 tags. Python's texts hold `{name}` placeholders (python-brace-format), their
values are written as the locale writes them. What is marked for extraction: `_`, `gettext`, `N_`
and `Message` (first argument), `ngettext` and `counted` (first and second).
"""

from app.lib.i18n.catalogues import catalogue, locale, set_locale, use_locale
from app.lib.i18n.collation import collated
from app.lib.i18n.matching import babel_locale, best_match, direction, negotiate
from app.lib.i18n.messages import Message, Verbatim, counted, gettext, ngettext, written
from app.lib.i18n.numbers import written_date, written_number
from app.lib.i18n.wordings import Wording, wording

_ = gettext


def N_(msgid: str) -> str:  # noqa: N802
    """Mark a text for extraction; it is translated where it is used."""
    return msgid


__all__ = [
    "N_",
    "Message",
    "Verbatim",
    "Wording",
    "_",
    "babel_locale",
    "best_match",
    "catalogue",
    "collated",
    "counted",
    "direction",
    "gettext",
    "locale",
    "negotiate",
    "ngettext",
    "set_locale",
    "use_locale",
    "wording",
    "written",
    "written_date",
    "written_number",
]
