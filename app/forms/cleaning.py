"""What was typed, made comparable: NFC, trimmed, digits of any script as 0 to 9."""

import re
import unicodedata

from app.forms.problem import Problem
from app.lib.i18n import Message

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile("[\n\r\u2028\u2029]")
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_BLANK = _SPACES + "\u00ad\u200b\u2060\u2800\u3164\ufeff"  # and what looks like nothing
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))


def clean(text: str, label: str) -> str:
    """One line of text. Raises Problem for characters nobody can see or that break the line."""
    if text.isascii() and text.isprintable():
        return text.strip()
    line = clean_lines(text, label).replace("\t", " ")
    if _BREAK.search(line):
        raise Problem(Message("Write “{label}” on one line.", label=label))
    return line


def clean_lines(text: str, label: str) -> str:
    """Lines of text, ended by a line feed each. Raises Problem for invisible control characters."""
    if _CONTROL.search(text):
        raise Problem(
            Message("Remove the invisible control characters from “{label}”.", label=label)
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip(_BLANK)


def is_blank(text: str) -> bool:
    """Whether nothing was typed that anybody could see."""
    return not text or not text.strip(_BLANK)


def plain_digits(text: str) -> str:
    """The text with the digits of any script as ASCII and without marks of direction."""
    if text.isascii():
        return text
    return "".join(_digit(one) for one in text.translate(_MARKS))


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
