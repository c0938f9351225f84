"""Names in the order in which a locale's readers look for them.

The Unicode Collation Algorithm with CLDR's root order (feruca) sorts most languages; a language
that counts some letters as letters of their own says so in `LETTERS`. Chinese and Japanese sort
by the order of their national character sets: pinyin, strokes, readings.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar
from unicodedata import normalize

from feruca import collate

from app.lib.i18n.matching import subtags

Item = TypeVar("Item")

# After each base letter, in order, what the language counts as further letters (CLDR).
LETTERS = {
    "az": "c ç,e ə,g ğ,h x ı,k q,o ö,s ş,u ü",
    "bs": "c č ć,d dž đ,l lj,n nj,s š,z ž",
    "cs": "c č,h ch,r ř,s š,z ž",
    "da": "z æ ø å",
    "es": "n ñ",
    "et": "s š z ž,v õ ä ö ü",
    "fi": "z å ä ö",
    "fil": "n ñ ng",
    "hr": "c č ć,d dž đ,l lj,n nj,s š,z ž",
    "hu": "c cs,d dz dzs,g gy,l ly,n ny,o ö,s sz,t ty,u ü,z zs",
    "lt": "c č,s š,z ž",
    "lv": "c č,g ģ,k ķ,l ļ,n ņ,s š,z ž",
    "nb": "z æ ø å",
    "pl": "a ą,c ć,e ę,l ł,n ń,o ó,s ś,z ź ż",
    "ro": "a ă â,i î,s ș,t ț",
    "sk": "a ä,c č,h ch,o ô,s š,z ž",
    "sl": "c č ć,d đ,s š,z ž",
    "sv": "z å ä ö",
    "tr": "c ç,g ğ,h ı,o ö,s ş,u ü",
    "vi": "a ă â,d đ,e ê,o ô ơ,u ư",
}
CHARACTER_SETS = {("zh", "Hans"): "gb18030", ("zh", "Hant"): "big5hkscs", ("ja", "Jpan"): "euc_jp"}
_AFTER = "\u0295\u02a1\u02a2\u0296\u0297"  # Latin letters which the root order puts behind z
_BETWEEN = re.compile(r"[\W_]+")


def collated(items: Iterable[Item], key: Callable[[Item], str], tag: str) -> list[Item]:
    """The items by the names that `key` gives, in the order of the locale."""
    found = list(items)
    language = subtags(tag)
    charset = CHARACTER_SETS.get(language[:2]) if language else None
    if charset:
        return sorted(found, key=lambda item: key(item).encode(charset, "replace"))
    keys = [_sortable(key(item), language.language if language else "") for item in found]
    place = {text: n for n, text in enumerate(collate(list(set(keys)), "default"))}
    order = sorted(range(len(found)), key=lambda n: (place[keys[n]], key(found[n])))
    return [found[n] for n in order]


def _sortable(name: str, language: str) -> str:
    """The name with its language's own letters spelt so that the root order places them.

    feruca passes over spaces and punctuation, CLDR puts them before letters: a zero does.
    """
    text = _BETWEEN.sub("0", normalize("NFC", name).lower())
    letters = _further_letters(language)
    if not letters:
        return text
    return re.sub("|".join(letters), lambda letter: letters[letter[0]], text)


@lru_cache(maxsize=64)
def _further_letters(language: str) -> dict[str, str]:
    spelt: dict[str, str] = {}
    for group in filter(None, LETTERS.get(language, "").split(",")):
        base, *further = group.split()
        spelt |= {letter: base + _AFTER[n] for n, letter in enumerate(further)}
    return dict(sorted(spelt.items(), key=lambda pair: -len(pair[0])))
