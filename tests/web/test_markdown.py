"""Long texts: what people write comes out as they mean it, and nothing else does."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.web.markdown import render
from tests.support.payloads import PAYLOADS

ALLOWED = re.compile(
    r"</?(p|br|strong|em|code|pre|ul|li|blockquote|hr)>|<ol( start=\"\d+\")?>|</ol>|"
    r"<a href=\"(https?|mailto):[^\"<>]*\" rel=\"noopener noreferrer nofollow\">|</a>|<a rel=\"noopener noreferrer nofollow\">",
    re.I,
)


def rest(html: str) -> str:
    """Return what is left of HTML once the tags that may stand in it are taken out."""
    return ALLOWED.sub("", html)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\n\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("One\nTwo", "<p>One<br>\nTwo</p>"),
        ("**bold** and *soft* and `code`", "<p><strong>bold</strong> and <em>soft</em> and <code>code</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("# no heading", "<p># no heading</p>"),
        ("5 < 6 & 7 > 3", "<p>5 &lt; 6 &amp; 7 &gt; 3</p>"),
        ("<b>as typed</b>", "<p>&lt;b&gt;as typed&lt;/b&gt;</p>"),
        ("[a](/w/acme/) [b](//c.example)", "<p>[a](/w/acme/) [b](//c.example)</p>"),
        ("", ""),
    ],
)
def test_a_text_comes_out_as_it_is_meant(text: str, html: str) -> None:
    assert render(text) == html


def test_links_lead_out_without_a_word_of_where_from() -> None:
    assert render("[a](https://b.example/?q=1&r=2)") == (
        '<p><a href="https://b.example/?q=1&amp;r=2" rel="noopener noreferrer nofollow">a</a></p>'
    )
    assert 'href="mailto:noor@acme.example"' in render("<mailto:noor@acme.example>")
    assert "<img" not in render("![a](https://b.example/seen.png)")


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_hostile_text_leaves_a_tag_of_its_own(text: str) -> None:
    for given_text in (
        text,
        f"- {text}",
        f"> {text}",
        f"**{text}**",
        f"[{text}](https://a.example)",
        f"[a](https://a.example/{text})",
    ):
        assert "<" not in rest(render(given_text)), given_text


@given(st.text(alphabet="<>[]()!*_`\"'&;:/\\#-=. \n\tajscriptonhttp", max_size=200))
def test_no_text_at_all_leaves_a_tag_of_its_own(text: str) -> None:
    assert "<" not in rest(render(text)), text


@pytest.mark.parametrize(
    "part", ["[", "*", "> ", "`", "- ", "[a](b", "_a", "![[", "<a ", "[]()", "\\", "1. ", "**a*", "&#", "<!--"]
)
def test_no_text_takes_long(part: str) -> None:
    text = (part * 5000)[:5000]
    start = time.process_time()
    render(text)
    assert time.process_time() - start < 1
