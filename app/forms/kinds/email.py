"""An e-mail address: the part before the @ as typed, the domain in lower case and ASCII."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from app.forms.cleaning import clean
from app.forms.kinds.kind import Schema
from app.forms.kinds.text import Text
from app.forms.problem import Problem
from app.forms.question import Question, Raw, Value
from app.lib.i18n import Message

# A dot-atom of RFC 5322, section 3.2.3, in RFC 5321's length: nothing about it has to be looked up.
_PLAIN = re.compile(r"(?=.{1,64}$)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)


class Email(Text):
    """An address of RFC 5321 and RFC 6531. Nobody is asked whether the mailbox exists."""

    name = "email"
    rules = frozenset({"domains", "length", "pattern", "not_one_of"})
    longest = 254

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        try:
            return canonical(clean(raw[""][0], question.label))
        except EmailNotValidError:
            raise Problem(self.missing(question)) from None

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": [_readable(str(value))]}

    def missing(self, question: Question) -> Message:
        return Message("Enter an e-mail address, like {example}.", example="name@company.com")

    def schema(self, question: Question) -> Schema:
        return {"type": "string", "format": "idn-email", "maxLength": self.longest}

    def attributes(self, question: Question) -> dict[str, str]:
        return {
            "type": "email",
            "inputmode": "email",
            "autocapitalize": "none",
            "spellcheck": "false",
            "dir": "ltr",
        }


def canonical(text: str) -> str:
    """An address as it is kept. Raises EmailNotValidError."""
    local, _, domain = text.rpartition("@")
    if _PLAIN.fullmatch(local):
        address = f"{local}@{_ascii(domain)}"
        if len(address) <= Email.longest:
            return address
    read = validate_email(text, check_deliverability=False)
    return f"{read.local_part}@{read.ascii_domain}"


@lru_cache(maxsize=1024)
def _ascii(domain: str) -> str:
    """A good domain as mail servers spell it: most people have theirs from the same few.

    Raises EmailNotValidError.
    """
    return validate_email(f"a@{domain}", check_deliverability=False).ascii_domain


def _readable(address: str) -> str:
    """The address with its domain in its own script."""
    if "xn--" not in address.rpartition("@")[2]:
        return address
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        return address
