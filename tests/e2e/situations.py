"""The situations a host may put us in, and what each mode needs there: the table of the tests."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.e2e.embeds import EMBEDS, Embed, htmx_head
from tests.e2e.hosts import SECRET, Page

_ALL = "nothing"


@dataclass(frozen=True, slots=True)
class Situation:
    """A kind of host: what its page is like, what a mode needs there, where it cannot work.

    `needs` and `cannot` are by mode; "" in `needs` is every other mode.
    """

    name: str
    says: str
    needs: Mapping[str, str] = field(default_factory=dict)
    cannot: Mapping[str, str] = field(default_factory=dict)
    head: Callable[[Embed, str], str] = lambda embed, askonce: ""
    body: Callable[[Embed], str] = lambda embed: ""
    html: str = 'lang="en"'
    around: str = "{mount}"
    headers: Callable[[Embed, str], dict[str, str]] = lambda embed, askonce: {}
    is_mounted: bool = False  # by a component, not by the page

    def page(self, embed: Embed, askonce: str) -> Page:
        mount = embed.mount if self.has_scripts else embed.plain or embed.mount
        return Page(
            lambda person: mount(person, "step"),
            head=embed.head(askonce) + self.head(embed, askonce),
            html=self.html,
            body=self.body(embed),
            around=self.around,
            headers=self.headers(embed, askonce),
            is_mounted=self.is_mounted,
        )

    @property
    def has_scripts(self) -> bool:
        return self.name != "no-javascript"

    def need(self, mode: str) -> str:
        return self.needs.get(mode) or self.needs.get("", _ALL)


def policy(embed: Embed, askonce: str, extra: Mapping[str, str]) -> dict[str, str]:
    """The strictest content policy that lets this mode work."""
    own = {"default-src": "'none'", "base-uri": "'none'"}
    own |= {"script-src": "'self'", "style-src": "'self'", **extra}
    for directive, source in embed.policy.items():
        own[directive] = f"{own.get(directive, '')} {source}".strip()
    own.setdefault("form-action", "'none'")
    written = "; ".join(f"{name} {value}" for name, value in own.items())
    return {"Content-Security-Policy": written.replace("{askonce}", askonce)}


def trusted_types(embed: Embed, askonce: str) -> dict[str, str]:
    allowed = "default" if embed.has_htmx else "'none'"
    extra = {"require-trusted-types-for": "'script'", "trusted-types": allowed}
    return policy(embed, askonce, extra)


def _handed_down(embed: Embed, attributes: Mapping[str, str]) -> str:
    """Attributes of a body, as the page's version of htmx inherits them."""
    suffix = ":inherited" if embed.mode == "c4" else ""
    return " ".join(f"{name}{suffix}='{value}'" for name, value in attributes.items())


def _own_htmx(embed: Embed) -> str:
    """The htmx that a host has in its page for itself, where the mode brings none."""
    return "" if embed.has_htmx else htmx_head(2, allowing=False)


def _other_htmx(embed: Embed) -> str:
    if not embed.has_htmx:
        return htmx_head(2, allowing=False) + htmx_head(4, allowing=False)
    return htmx_head(2 if embed.mode == "c4" else 4, allowing=False)


def _component(framework: str) -> Callable[[Embed, str], str]:
    files = {"React": ["host_react.js"], "Vue": ["vue-3.5.45.js", "host_vue.js"]}[framework]
    scripts = [f'<script src="/files/{name}"></script>' for name in ["mounting.js", *files]]
    return lambda embed, askonce: "".join(scripts)


INHERITED = {
    "hx-headers": f'{{"X-CSRFToken": "{SECRET}"}}',
    "hx-vals": f'{{"csrf": "{SECRET}"}}',
    "hx-include": "#host-form",
    "hx-target": "#elsewhere",
    "hx-swap": "beforeend",
    "hx-select": "#nothing",
    "hx-push-url": "true",
    "hx-confirm": "Really?",
    "hx-indicator": "#elsewhere",
    "hx-sync": "body:replace",
}
ELSEWHERE = f"""<form id="host-form"><input name="hidden_secret" value="{SECRET}"></form>
  {{mount}}<div id="elsewhere"></div>"""
OVERRIDING = """*, *::before, *::after { all: unset !important } iframe { border: 0 }
  #mount#mount * { float: left !important; position: static !important; font: 3px serif !important;
  padding: 0 !important; pointer-events: none !important; direction: rtl !important }
  form { display: flex } input { inline-size: 1px !important } button { opacity: 0 !important }"""
BUTTONS = """<button id="again">Again</button><button id="toggle">Toggle</button>
  <div id="app">{mount}</div>"""
_ONE_HTMX = "only the version that the path names may talk to ASKONCE: one of the two snippets"
_NO_HTMX = "htmx is a script: use b, or a with a ticketed frame inside"
_NOT_HERE = "the page is ours: nothing of the host's is near it"
_NO_SERVER = "a component that renders in the browser has no server's page to be included in: use a"
_NO_PAGE = "a browser shows a page of its own for a form that it cannot send; Back brings the form"
_SHEET = "`crossorigin` on the link to our sheet"
_AGAIN = "`htmx.process(element)` and a new assertion at each mount"

SITUATIONS = (
    Situation(
        "strict-csp",
        "a content policy that allows nothing but what is listed",
        needs={
            "a": "`script-src ASKONCE; frame-src ASKONCE`; `connect-src 'self'` for your own"
            " `token-endpoint`",
            "b": "`frame-src ASKONCE`",
            "c2": "`connect-src ASKONCE; style-src ASKONCE`; `includeIndicatorStyles: false` in"
            " the `htmx-config`",
            "c4": "`connect-src ASKONCE; style-src ASKONCE`",
            "d": "`style-src ASKONCE; form-action 'self'`",
        },
        headers=lambda embed, askonce: policy(embed, askonce, {}),
    ),
    Situation(
        "trusted-types",
        "the same, with `require-trusted-types-for 'script'`",
        needs={
            "": "as above; `trusted-types 'none'` may stay",
            "c2": "as above, and `trusted-types default`: a policy of that name in a script of"
            " yours, for your htmx itself writes HTML",
            "c4": "as for htmx 2",
        },
        cannot={"e": _NOT_HERE},
        head=lambda embed, askonce: (
            '<script src="/files/trusting.js"></script>' if embed.has_htmx else ""
        ),
        headers=trusted_types,
    ),
    Situation(
        "coep-require-corp",
        "a page isolated by `Cross-Origin-Embedder-Policy: require-corp`",
        needs={"c2": _SHEET, "c4": _SHEET, "d": _SHEET},
        cannot={"e": _NOT_HERE},
        headers=lambda embed, askonce: {
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    ),
    Situation(
        "coep-credentialless",
        "a page isolated by `Cross-Origin-Embedder-Policy: credentialless`",
        cannot={"e": _NOT_HERE},
        headers=lambda embed, askonce: {
            "Cross-Origin-Embedder-Policy": "credentialless",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    ),
    Situation(
        "overriding-styles",
        "a page that resets and overrides every style, with `!important` and ids",
        cannot={"e": _NOT_HERE},
        head=lambda embed, askonce: f"<style>{OVERRIDING}</style>",
    ),
    Situation(
        "right-to-left",
        "a page that is written from right to left",
        cannot={"e": _NOT_HERE},
        html='lang="ar" dir="rtl"',
    ),
    Situation(
        "boosted",
        "`hx-boost` on the body",
        cannot={"e": _NOT_HERE},
        head=lambda embed, askonce: _own_htmx(embed),
        body=lambda embed: _handed_down(embed, {"hx-boost": "true"}),
    ),
    Situation(
        "inherited",
        "`hx-headers`, `hx-vals`, `hx-include`, `hx-target` and more on the body",
        needs={
            "c2": "the mount refuses what stands above it, as the snippet does: the credential in"
            " the body, `unset` in every attribute",
            "c4": "the same, with `{}` and empty values in place of `unset`",
        },
        cannot={"e": _NOT_HERE},
        head=lambda embed, askonce: _own_htmx(embed),
        body=lambda embed: _handed_down(embed, INHERITED),
        around=ELSEWHERE,
    ),
    Situation(
        "both-versions",
        "htmx 2 and htmx 4 in one page",
        needs={"c2": _ONE_HTMX, "c4": _ONE_HTMX},
        cannot={"e": _NOT_HERE},
        head=lambda embed, askonce: _other_htmx(embed),
    ),
    Situation(
        "react",
        "a component of React 19 that is rendered again, taken away and mounted again",
        needs={"b": "a new ticket at each mount", "c2": _AGAIN, "c4": _AGAIN},
        cannot={"d": _NO_SERVER, "e": _NOT_HERE},
        head=_component("React"),
        around=BUTTONS,
        is_mounted=True,
    ),
    Situation(
        "vue",
        "a component of Vue 3 that is rendered again, taken away and mounted again",
        needs={"b": "a new ticket at each mount", "c2": _AGAIN, "c4": _AGAIN},
        cannot={"d": _NO_SERVER, "e": _NOT_HERE},
        head=_component("Vue"),
        around=BUTTONS,
        is_mounted=True,
    ),
    Situation("slow-network", "every answer of ours comes late"),
    Situation(
        "offline",
        "the network goes away in the middle, and comes back",
        cannot={"d": _NO_PAGE, "e": _NO_PAGE},
    ),
    Situation(
        "no-javascript",
        "JavaScript is off",
        needs={"a": "a ticketed `<iframe>` inside of the element"},
        cannot={"c2": _NO_HTMX, "c4": _NO_HTMX},
    ),
    Situation("no-cookies", "the browser refuses every cookie, ours and the host's"),
)


def cells() -> list[tuple[str, Situation]]:
    """Every mode in every situation in which it can work."""
    return [
        (mode, situation)
        for situation in SITUATIONS
        for mode in EMBEDS
        if mode not in situation.cannot
    ]


def name_of(mode: str, situation: Situation) -> str:
    return f"mode-{mode}/{situation.name}"


COLUMNS = {"a": "a", "b": "b", "c2": "c, htmx 2", "c4": "c, htmx 4", "d": "d", "e": "e"}


def as_markdown() -> str:
    """The tables of `docs/host-situations.md`."""
    heads = ["situation", *COLUMNS.values()]
    lines = [_row(heads), _row("---" for _ in heads)]
    lines += [_row([_anchored(one), *_marks(one)]) for one in SITUATIONS]
    return "\n".join([*lines, *(line for one in SITUATIONS for line in _section(one))])


def _anchored(situation: Situation) -> str:
    return f"[{situation.name}](#{situation.name})"


def _marks(situation: Situation) -> list[str]:
    return ["–" if mode in situation.cannot else "✓" for mode in COLUMNS]


def _section(situation: Situation) -> list[str]:
    said = situation.says[0].upper() + situation.says[1:]
    lines = ["", f"## {situation.name}", "", f"{said}.", ""]
    lines += [_row(["mode", "what it needs of you", "test"]), _row(["---"] * 3)]
    for mode, column in COLUMNS.items():
        if reason := situation.cannot.get(mode):
            lines.append(_row([column, f"does not apply: {reason}", "–"]))
        else:
            needed = situation.need(mode)
            lines.append(_row([column, needed, f"`{name_of(mode, situation)}`"]))
    return lines


def _row(parts: Iterable[str]) -> str:
    return f"| {' | '.join(parts)} |"
