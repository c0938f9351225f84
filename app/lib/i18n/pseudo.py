"""Pseudo-locales: languages made from the English texts, which show what was never marked.

`en-XA` has accents and is 40 % longer; `ar-XB` runs from right to left. Placeholders, markup,
entities and addresses stay as they are.
"""

import re
from functools import lru_cache

LOCALES = ("en-XA", "ar-XB")

_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|\{[^{}]*\}|<[^<>]*>|&#?\w+;|https?://\S+)")
_PLAIN = "AaBCcDdEeFGgHhIiJjKkLlMNnOoPRrSsTtUuVWwYyZz"
_ACCENTED = "ÅåƁÇçĐđÉéƑĞğĤĥÎîĴĵĶķĻļṀÑñÖöÞŔŕŠšŢţÛûṼŴŵÝýŽž"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_WORD = re.compile(r"\w+")
_FILLER = "one two three four five six seven eight nine ten "
_RIGHT_TO_LEFT, _END = "\u200f\u202e", "\u202c\u200f"


@lru_cache(maxsize=4096)
def translate(text: str, tag: str) -> str:
    """The English `text` in the pseudo-locale `tag`."""
    if not text.strip():
        return text
    word = _accented if tag == "en-XA" else _reversed
    parts = _KEPT.split(text)
    said = "".join(part if n % 2 else word(part) for n, part in enumerate(parts))
    return _longer(said, len(text)) if tag == "en-XA" else said


def _accented(text: str) -> str:
    return text.translate(_ACCENTS)


def _reversed(text: str) -> str:
    return _WORD.sub(lambda found: f"{_RIGHT_TO_LEFT}{found[0]}{_END}", text)


def _longer(text: str, length: int) -> str:
    wanted = max(3, round(length * 0.4))
    filler = (_FILLER * (wanted // len(_FILLER) + 1))[:wanted].rstrip()
    return f"[{text} {filler.translate(_ACCENTS)}]"
