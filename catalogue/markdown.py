"""Turns Markdown into HTML that can hold no script, whoever typed it."""

from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])

# security: what is left of the parser's output. Everything else is dropped, its text kept.
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "s", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}
#: A page has one h1, its title.
_LEVELS = {"h1": "h2", "h5": "h4", "h6": "h4"}


def to_html(text: str) -> SafeString:
    """Clean HTML. Links lead to the web, to a mail address or within this site; headings begin at h2."""
    tokens = _parser.parse(text)
    for token in tokens:
        token.tag = _LEVELS.get(token.tag, token.tag)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_keep,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    )
    # security: `nh3.clean` has just made it; nothing that was typed reaches a page by another way.
    return mark_safe(clean)


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if attribute != "href":
        return value
    # security: "//host" and its spellings with backslashes or tabs lead elsewhere while looking local.
    spelled = "".join(c for c in value if c > " ").replace("\\", "/")
    if spelled.startswith("//"):
        return None
    try:
        scheme = urlsplit(spelled).scheme
    except ValueError:
        return None
    return value if scheme in _SCHEMES or (not scheme and spelled.startswith(("/", "#", "?"))) else None
