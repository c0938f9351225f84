"""E-mail addresses: what the plain ones are spared changes nothing about what they become."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from app.forms.kinds.email import canonical

LOCALS = st.text("ab1.._-+!#'`{|}~&*/=?^%$@ \"()<>,;:\\[]éß\u00ad", max_size=66) | st.sampled_from(
    ["a", "a" * 63, "a" * 64, "a" * 65, "a.b", ".a", "a.", "a..b", ""]
)
DOMAINS = st.sampled_from(
    ["shop.example", "EXAMPLE.org", "münchen.de", "xn--mnchen-3ya.de", "-a.com", "a..b", "a.b."]
    + ["localhost", "1.2.3.4", "[1.2.3.4]", f"{'a' * 64}.de", "a.test", "x_y.com", "a@b.com", ""]
    + [".".join(["abcdefgh"] * n) for n in (20, 21, 22, 27, 28, 29)]
    + [".".join(["münchen"] * n) for n in (10, 13, 14, 15, 20)]
)


def as_read(text: str) -> str | None:
    try:
        read = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return None
    return f"{read.local_part}@{read.ascii_domain}"


@given(local=LOCALS, domain=DOMAINS)
def test_an_address_is_what_the_library_says(local: str, domain: str) -> None:
    text = f"{local}@{domain}"
    expected = as_read(text)
    if expected is None:
        with pytest.raises(EmailNotValidError):
            canonical(text)
    else:
        assert canonical(text) == expected
