"""The dialects: the htmx attributes of our forms, for a host's htmx 2, its htmx 4, and our own.

Forms in a plain presentation have none: the browser posts them by itself.

In a host's page each element states every attribute itself: what stands above it would be
inherited, and break the form or leak with it. Each version's way to refuse that breaks the other's.
"""

from collections.abc import Mapping

from markupsafe import Markup

from app.domain.tokens import PLAIN, Presentation

# In our own document there is nobody to inherit from.
_OWN = {"hx-swap": "outerHTML", "hx-target": "closest .ao-prompt", "hx-sync": "this:drop"}
_COMMON = {**_OWN, "hx-include": "this", "hx-push-url": "false", "hx-boost": "false"}
# A proxy's "502 Bad Gateway" must not replace the form and what was typed, nor must our own refusal
# of a flood, which was not read. To htmx 2 this is a matter of course.
_KEEPS_FORM = {"hx-status:429": "swap:none", "hx-status:5xx": "swap:none"}
_BY_PRESENTATION: dict[Presentation, dict[str, str]] = {
    "2": {
        **_COMMON,
        "hx-replace-url": "false",
        "hx-disabled-elt": "find button",
        "hx-headers": "unset",
        "hx-vals": "unset",
        "hx-select": "unset",
        "hx-select-oob": "unset",
        "hx-indicator": "unset",
        "hx-confirm": "unset",
        "hx-prompt": "unset",
        "hx-params": "*",
        "hx-encoding": "unset",
        "hx-history": "false",
    },
    "4": {
        **_COMMON,
        **_KEEPS_FORM,
        "hx-replace-url": "false",
        "hx-disable": "find button",
        "hx-headers": "{}",
        "hx-vals": "{}",
        "hx-select": "",
        "hx-select-oob": "",
        "hx-indicator": "",
        "hx-config": "",
        "hx-confirm": "",
        "hx-encoding": "",
    },
    "frame": {**_OWN, **_KEEPS_FORM, "hx-disable": "find button"},
}


_SEEN = {"hx-trigger": "intersect once", "hx-swap": "none", "hx-include": None}


def _written(attributes: Mapping[str, str | None]) -> Markup:
    return Markup("").join(
        Markup(' {}="{}"').format(name, value)
        for name, value in attributes.items()
        if value is not None
    )


# A form without a button of its own has none to disable; in htmx 2 that would be an error.
_NO_BUTTON: dict[Presentation, dict[str, str | None]] = {
    "2": {"hx-disabled-elt": "unset"},
    "4": {"hx-disable": ""},
    "frame": {"hx-disable": None},
}
_FORM = {name: _written(attributes) for name, attributes in _BY_PRESENTATION.items()}
_LONE = {
    name: _written({**attributes, **_NO_BUTTON[name]})
    for name, attributes in _BY_PRESENTATION.items()
}
_SPAN = {
    name: _written({**attributes, **_NO_BUTTON[name], **_SEEN})
    for name, attributes in _BY_PRESENTATION.items()
}


def form_attributes(presentation: Presentation, url: str, nonce: str) -> Markup:
    """Of a form that posts to `url` and puts the answer in the prompt's place."""
    if presentation in PLAIN:
        return Markup("")
    return _own(url, nonce) + _FORM[presentation]


def lone_form_attributes(presentation: Presentation, url: str, nonce: str) -> Markup:
    """Of a form whose buttons stand elsewhere."""
    if presentation in PLAIN:
        return Markup("")
    return _own(url, nonce) + _LONE[presentation]


def seen_attributes(presentation: Presentation, url: str, nonce: str, include: str) -> Markup:
    """Of an element that tells `url` once that it came into view, with the fields of a form."""
    if presentation in PLAIN:
        return Markup("")
    own = _own(url, nonce) + Markup(' hx-include="{}"').format(include)
    return own + _SPAN[presentation]


def _own(url: str, nonce: str) -> Markup:
    stamp = Markup(' hx-nonce="{}"').format(nonce) if nonce else Markup("")
    return Markup(' hx-post="{}"').format(url) + stamp
