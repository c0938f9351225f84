"""Restricted markdown: an operator's text may hold links and emphasis, and nothing else.

What CommonMark 0.31 calls links (section 6.3) and emphasis (6.2); everything else stands as it is
written. A link is https, opens beside the page and tells nobody where it was found.
"""

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

_SIGNS = ("*", "_", "](")


class _LinksOut(RendererHTML):
    def link_open(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        tokens[idx].attrSet("rel", "noopener noreferrer")
        tokens[idx].attrSet("target", "_blank")
        return self.renderToken(tokens, idx, options, env)


_markdown = MarkdownIt("zero", renderer_cls=_LinksOut).enable(["link", "emphasis", "escape"])
_markdown.validateLink = lambda url: url.startswith("https://")  # type: ignore[method-assign]


@lru_cache(maxsize=4096)
def rich(text: str) -> Markup:
    """The text as markup: `*emphasis*`, `**strong**`, `[words](https://…)`."""
    if not any(sign in text for sign in _SIGNS):
        return escape(text)
    return Markup(_markdown.renderInline(text))
