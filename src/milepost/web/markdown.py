"""Long texts as people write them in plain files: Markdown, with two walls behind it."""

from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt

SCHEMES = frozenset({"http", "https", "mailto"})
TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr"}


def _may_link(address: str) -> bool:
    try:
        return urlsplit(address).scheme.lower() in SCHEMES
    except ValueError:
        return False


# The first wall: HTML is text, images are not drawn (they would tell others who reads here), and
# headings stay text, since the page has an order of its own.
_reader = MarkdownIt("commonmark", {"html": False, "breaks": True})
_reader.disable(["html_block", "html_inline", "image", "heading", "lheading", "entity", "reference"])
_reader.validateLink = _may_link  # type: ignore[method-assign,assignment]
# The second wall knows nothing of the first: tags and attributes that are not named are taken out.
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},  # "*": else titles and languages pass anywhere
    url_schemes=set(SCHEMES),
    link_rel="noopener noreferrer nofollow",
)


@lru_cache(maxsize=2048)
def render(text: str) -> str:
    """Return a text as HTML that can be put into a page as it is.

    Paragraphs, emphasis, lists, quotes, code and links to http, https and mailto; anything else is
    shown as it was written.
    """
    return _cleaner.clean(_reader.render(text)).strip()
