"""What a reader's own settings change: less motion, forced colours, paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import COMPARED, GUIDED, NARROW, READ, RICH, WIDE

pytestmark = pytest.mark.browser

#: Everything on the page that moves by itself.
MOVING = """() => {
    const moving = []
    for (const e of document.querySelectorAll('*')) for (const part of [null, '::before', '::after']) {
        const style = getComputedStyle(e, part)
        const lasts = style.transitionDuration.split(', ').some(time => parseFloat(time) > 0)
        if (lasts || style.animationName !== 'none' || style.scrollBehavior === 'smooth') {
            moving.push(e.tagName + (part ?? ''))
        }
    }
    return [...new Set(moving)].sort()
}"""


EVERY_SORT = [
    "/",
    "/ideas/",
    RICH,
    COMPARED,
    "/map/?lines=1",
    "/map/?region=europe",
    "/travel/",
    "/like-mine/?size=250000-1000000",
    "/criteria/",
    "/submit/",
    f"/ideas/{GUIDED}/guide/",
    f"/ideas/{READ}/versions/",
    f"/ideas/{READ}/versions/1/",
]
#: What forced colours can take away: the edge of a control that had only its ground, words in the colour behind them.
LOST = """() => {
    const ground = getComputedStyle(document.body).backgroundColor
    const edged = style => style.borderBlockEndStyle !== 'none' && parseFloat(style.borderBlockEndWidth) > 0
    const lost = (where, wrong) => [...document.querySelectorAll(where)]
        .filter(e => e.checkVisibility({visibilityProperty: true}) && wrong(getComputedStyle(e)))
        .map(e => e.outerHTML.slice(0, 120))
    return [
        ...lost('.btn, .chip, .input, select, textarea', style => !edged(style)),
        ...lost('main :is(p, a, h1, h2, h3, li, dt, dd, th, td, label, summary)', style => style.color === ground),
    ]
}"""


@pytest.mark.parametrize("path", EVERY_SORT)
def test_nothing_moves_for_who_asks_for_less_motion(page, path):
    page.goto(path)
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []


def test_only_the_page_and_its_chevrons_move_for_others(page):
    page.goto("/ideas/")
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) == ["HTML", "SUMMARY::after"]


@pytest.mark.parametrize("path", EVERY_SORT)
def test_words_and_controls_are_told_apart_under_forced_colours(page, path):
    page.goto(path)
    for width, scheme in ((NARROW, "dark"), (WIDE, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(forced_colors="active", color_scheme=scheme)
        assert page.evaluate(LOST) == [], (width, scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_filters_are_seen_under_forced_colours(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    page.goto("/ideas/?theme=work")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    if width == NARROW:
        page.locator(".facets > summary").click()
    for facet in page.locator(".facet").all():
        expect(facet.locator("> summary")).to_be_visible()
    expect(page.locator('input[name="theme"]').first).to_be_visible()
    text, ground = page.locator(".opt").first.evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert {text, ground} == {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}
    # Only its ground tells a chip from text, and that is gone here.
    assert page.locator(".chip").first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_idea_prints_black_on_white_without_what_paper_cannot_follow(page, scheme):
    page.emulate_media(media="print", color_scheme=scheme)
    page.goto(RICH)
    for part in (".nav", ".foot", ".crumbs", ".skip", ".related", ".no-print"):
        for found in page.locator(part).all():
            expect(found).to_be_hidden()
    for part in ("h1", ".standfirst", ".rail", ".prose", ".ledger", ".line", ".sources", ".cite", ".permalink"):
        expect(page.locator(part).first).to_be_visible()
    for part in ("h1", ".prose", ".rail dd", ".sources a", ".cite"):
        assert page.locator(part).first.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    grounds = page.evaluate(
        "[...document.querySelectorAll('body, .plane, .band-2, .cite')].map(e => getComputedStyle(e).backgroundColor)"
    )
    assert set(grounds) <= {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}


def test_on_paper_each_source_says_its_address_and_the_facts_come_first(page):
    page.emulate_media(media="print")
    page.goto(RICH)
    for link in page.locator(".sources > li > div > a").all():
        said = link.evaluate("e => getComputedStyle(e, '::after').content")
        assert link.get_attribute("href") in said
    assert page.locator(".rail").bounding_box()["y"] < page.locator(".standfirst").bounding_box()["y"]


def test_on_paper_a_comparison_is_a_table_without_what_paper_cannot_follow(page):
    page.set_viewport_size({"width": 665, "height": 900})
    page.goto(COMPARED)
    expect(page.locator(".cmp .who").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".cmp .who").first).to_be_hidden()
    expect(page.locator(".cmp .remove").first).to_be_hidden()
    boxes = [cell.bounding_box() for cell in page.locator(".cmp tbody tr").first.locator("td").all()]
    assert len({box["y"] for box in boxes}) == 1
    assert [box["x"] for box in boxes] == sorted(box["x"] for box in boxes)


def test_on_paper_a_list_has_its_entries_and_no_controls(page):
    page.emulate_media(media="print")
    page.goto("/ideas/?theme=work")
    expect(page.locator(".entry").first).to_be_visible()
    for part in (".cat-side", ".chips", ".sort", ".pages", ".machine", ".finder .search"):
        expect(page.locator(part).first).to_be_hidden()
