"""Whoever uses the keyboard sees where they are, and gets past what they have heard already."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import NARROW, READ, RICH, WIDE, WRONG

pytestmark = pytest.mark.browser

#: What is in focus: its name, whether a ring is drawn, and whether it lies open at the middle of its first line.
FOCUS = """() => {
    const e = document.activeElement
    const style = getComputedStyle(e)
    const box = [...e.getClientRects()].find(r => r.width > 1 && r.height > 1) ?? e.getBoundingClientRect()
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    return {
        name: e.outerHTML.slice(0, 120),
        ringed: ring && !/^(transparent|rgba\\(.*, 0\\))$/.test(style.outlineColor),
        open: box.width > 1 && (e === top || e.contains(top)),
        last: e.matches('.foot li:last-child a') && e.closest('.foot-cols > :last-child') !== null,
    }
}"""


def tab_through(page, most=800) -> list[dict]:
    """Each stop from the first to the last link of the footer."""
    stops = []
    while len(stops) < most and not (stops and stops[-1]["last"]):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
    assert stops[-1]["last"], "The last link of the footer is never reached."
    return stops


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ideas/",
        RICH,
        WRONG,
        "/cities/toronto/",
        "/resources/",
        "/map/?lines=1",
        "/travel/",
        "/like-mine/?size=250000-1000000",
        "/criteria/",
        "/submit/",
        f"/ideas/{READ}/versions/1/",
        "/de/ideas/",
    ],
)
def test_every_stop_of_the_keyboard_has_a_ring_and_is_not_covered(page, path, width):
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(path)
    stops = tab_through(page)
    assert [stop["name"] for stop in stops if not stop["ringed"]] == []
    assert [stop["name"] for stop in stops if not stop["open"]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_button_that_comes_along_covers_no_box_in_focus(page, width, scheme):
    # Where the script runs, there is no change that isn't shown yet.
    page.route("**/js/filters*.js", lambda route: route.abort())
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto("/ideas/")
    page.evaluate("document.querySelectorAll('.facets, .facet').forEach(details => { details.open = true })")
    page.locator(".opt input").first.check()
    assert page.locator(".facet-go").evaluate("e => getComputedStyle(e).position") == "sticky"
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.locator(".skip").focus()
    stops = tab_through(page)
    assert sum("checkbox" in stop["name"] for stop in stops) > 40
    assert [stop["name"] for stop in stops if not (stop["ringed"] and stop["open"])] == []


@pytest.mark.parametrize("path", ["/", "/ideas/", RICH])
def test_the_first_stop_skips_to_the_content(page, path):
    page.goto(path)
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("path", [WRONG, "/resources/?kind=nonsense&theme=nonsense"])
def test_the_summary_of_errors_takes_the_focus_and_leads_to_each_field(page, path, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    summary = page.locator(".err-sum")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport(ratio=1)
    assert page.title().startswith("Error: ")
    links = summary.get_by_role("link")
    assert links.count() == 2
    for link in links.all():
        link.press("Enter")
        field = page.locator(link.get_attribute("href"))
        expect(field).to_be_in_viewport()
        # The fault is said again where it is to be put right.
        said = field.evaluate("e => e.closest('.facet').querySelector('.err-msg').checkVisibility()")
        assert said
