"""What holds for every kind of page: accessible to everybody, and never wider than the screen."""

import os
from itertools import product
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.urls import URLResolver, get_resolver, resolve

from tests.browser.pages import EXAMPLES, NARROW, WIDE

pytestmark = pytest.mark.browser

every_page = pytest.mark.parametrize("example", EXAMPLES, ids=str)

#: Two only lead on to a page; the others are somebody's own: test_submit.py and test_still.py walk through them.
NO_PAGES = set(
    (
        "short-link short-version submit-step submit-check submit-later submission-detail submission-withdraw "
        "submission-confirm still"
    ).split()
)
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: Night changes colours and nothing else.
AXE_AT_NIGHT = AXE | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
#: What WCAG 2.2, 1.4.12 says that a reader may set.
SPACING = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }
"""


LOOKS = list(product((WIDE, NARROW), ("light", "dark")))


def translated():
    """Each route once in each other language, at a width and by a light that change; EVERY_LOOK=1: each page in all."""
    everything = bool(os.environ.get("EVERY_LOOK"))
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    for turn, language in enumerate(others):
        for number, example in enumerate(EXAMPLES if everything else one_of_each_route()):
            looks = LOOKS if everything else [LOOKS[(number + turn) % len(LOOKS)]]
            for width, scheme in looks:
                name = f"{example}-{language}-{width}-{scheme}"
                yield pytest.param(example.told_in(language), width, scheme, id=name)


def one_of_each_route():
    # What has no route of its own, a fault, is a page of its own kind.
    return {example.template or route_of(example): example for example in reversed(EXAMPLES)}.values()


def route_of(example) -> str:
    return resolve(urlsplit(example.path).path).url_name


def page_names(patterns):
    """The pages among the addresses: what has no slash at its end is for machines. The admin is tested for itself."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from page_names(entry.url_patterns)
        elif str(entry.pattern) in {"", "<path:path>"} or str(entry.pattern).endswith("/"):
            yield entry.name


def open_disclosures(page):
    # But for the menu of languages, which lies over what stands below it; test_mirrored.py opens that.
    page.evaluate("document.querySelectorAll('details:not(.langs)').forEach(details => { details.open = true })")


def axe(page, rules) -> dict:
    """What axe finds in a page that has its script; `Axe.run` would send the half megabyte again each time."""
    return page.evaluate("rules => axe.run(rules)", rules)


def too_wide(page) -> list[str]:
    """What sticks out, if the page scrolls sideways."""
    return page.evaluate(
        """() => {
            const root = document.documentElement
            if (root.scrollWidth <= root.clientWidth) return []
            const out = [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > root.clientWidth + 0.5)
                .map(e => e.outerHTML.slice(0, 120))
            return [`${root.scrollWidth} > ${root.clientWidth}`, ...out.slice(-6)]
        }"""
    )


def test_every_route_has_an_example():
    shown = {route_of(example) for example in EXAMPLES}
    assert set(page_names(get_resolver().url_patterns)) - NO_PAGES == shown


@every_page
def test_axe_finds_nothing_on_phone_or_desk_by_day_or_night(page, example):
    example.open(page)
    open_disclosures(page)
    page.evaluate(AXE_SCRIPT)
    found = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in (("light", AXE), ("dark", AXE_AT_NIGHT)):
            page.emulate_media(color_scheme=scheme)
            for violation in axe(page, rules)["violations"]:
                for node in violation["nodes"][:5]:
                    found.append((width, scheme, violation["id"], node["html"][:200], node["failureSummary"]))
    assert found == []


@pytest.mark.parametrize(("example", "width", "scheme"), list(translated()))
def test_axe_finds_nothing_in_other_languages_and_words_are_not_too_long(page, example, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    example.open(page)
    assert page.locator("html").get_attribute("lang") == example.language
    open_disclosures(page)
    page.evaluate(AXE_SCRIPT)
    found = [
        (violation["id"], node["html"][:200], node["failureSummary"])
        for violation in axe(page, AXE)["violations"]
        for node in violation["nodes"][:5]
    ]
    for size in {width, NARROW, 320}:
        page.set_viewport_size({"width": size, "height": 900})
        found += [(size, out) for out in too_wide(page)]
    assert found == []


def test_axe_is_asked_about_the_size_of_targets_too(page):
    # The rule is off unless its tag is named.
    page.goto("/ideas/")
    page.evaluate(AXE_SCRIPT)
    passed = axe(page, AXE | {"resultTypes": ["passes"]})["passes"]
    assert {"target-size", "color-contrast", "region"} <= {rule["id"] for rule in passed}


@every_page
def test_page_never_scrolls_sideways_at_any_width_or_spacing_or_size_of_text(page, example):
    example.open(page)
    open_disclosures(page)
    found = {}

    def look(width, what=""):
        page.set_viewport_size({"width": width, "height": 900})
        found[f"{width} px {what}"] = too_wide(page)

    for width in (320, NARROW, 768, WIDE):
        look(width)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    look(WIDE, "with text twice as large")
    page.evaluate("document.documentElement.style.fontSize = ''")
    # A sheet made by script, since the policy forbids an inline one.
    page.evaluate(
        """css => {
            const sheet = new CSSStyleSheet()
            sheet.replaceSync(css)
            document.adoptedStyleSheets.push(sheet)
        }""",
        SPACING,
    )
    look(NARROW, "with wider spacing")
    assert {where: out for where, out in found.items() if out} == {}
