"""Nothing that anyone types becomes script."""

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.markdown import to_html

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "[x](JaVa\tScRiPt:alert(1))",    "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](//evil.example)",
    "[x](\\\\evil.example)", "[x](/\\evil.example)",
    "[x](vbscript:x)", "<a href='javascript:x'>x</a>", "<svg/onload=alert(1)>", "<style>@import '//evil'</style>",
    "![x](https://evil.example/pixel.png)", "<iframe src=//evil></iframe>", "[x](&#106;avascript:alert(1))",
    "<https://ok.example/\"onmouseover=alert(1)>", "[x]: javascript:alert(1)\n[x]", "`</code><script>x</script>`",
    "[x](java&#x0A;script:alert(1))", "<base href=//evil>", "<form action=//evil><input>", "<!--><script>x</script>-->",
]  # fmt: skip
PIECES = ["a", " ", "\n", "\n\n", "#", "*", "[", "](", ")", "<", ">", "`", "&", ";", "|", "\t", "\\"]
TAGS = set("a blockquote br code em h2 h3 h4 hr li ol p pre s strong table tbody td th thead tr ul".split())


def elements(html):
    return [e for e in html5lib.parseFragment(html, namespaceHTMLElements=False).iter() if isinstance(e.tag, str)][1:]


def assert_harmless(html):
    for element in elements(html):
        assert element.tag in TAGS
        assert set(element.keys()) <= {"href", "rel", "start"}
        href = element.get("href", "/")
        assert href.startswith(("http://", "https://", "mailto:", "#", "?")) or (
            href.startswith("/") and not href.replace("\\", "/").startswith("//")
        ), href


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(text):
    assert_harmless(to_html(text))


@settings(max_examples=400)
@given(st.lists(st.sampled_from([*HOSTILE, *PIECES]) | st.text(max_size=5), max_size=12).map("".join))
def test_any_text_is_harmless(text):
    assert_harmless(to_html(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title", "<h2>Title</h2>"),
        ("## Part", "<h2>Part</h2>"),
        ("a *b* **c**", "<p>a <em>b</em> <strong>c</strong></p>"),
        ("[x](https://ok.example/)", '<p><a href="https://ok.example/" rel="noopener nofollow">x</a></p>'),
        ("[x](/about/)", '<p><a href="/about/" rel="noopener nofollow">x</a></p>'),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("", ""),
    ],
)
def test_plain_markdown_is_rendered(text, html):
    assert to_html(text).strip() == html
