"""The map as its readers meet it: passed by keyboard, opened by mouse, seen under forced colours and on paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import NARROW, WIDE

pytestmark = pytest.mark.browser


def test_keyboard_meets_no_dot_and_a_link_leads_past_the_map(page):
    page.goto("/map/")
    page.get_by_role("link", name="Skip the map").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#places")).to_be_in_viewport()
    page.goto("/map/?lines=1")
    page.get_by_role("link", name="Map", exact=True).first.focus()
    for _ in range(25):
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.closest('[aria-hidden=true]')")


def test_frame_opens_its_region_and_a_dot_its_ideas(page):
    page.goto("/map/?theme=work")
    page.locator(".world rect").first.click(position={"x": 3, "y": 3})
    page.wait_for_url("**/map/?theme=work&region=*")
    expect(page.locator("h2#results")).to_have_text("123 ideas")
    dot = page.locator(".world a:has(circle)").last
    title = dot.locator("title").text_content()
    dot.click()
    page.wait_for_url("**/ideas/?theme=work&city=*")
    assert title.endswith(": " + page.locator("h2#results").inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_map_is_drawn_in_the_readers_own_colours_when_these_are_forced(page, scheme):
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    page.goto("/map/?lines=1")
    system = page.evaluate(
        """() => {
            const probe = document.body.appendChild(document.createElement('i'))
            return Object.fromEntries(['Canvas', 'CanvasText', 'LinkText', 'GrayText'].map(name => {
                probe.style.setProperty('background-color', name)
                probe.style.setProperty('forced-color-adjust', 'none')
                return [name, getComputedStyle(probe).backgroundColor]
            }))
        }"""
    )
    for part, wanted in {
        ".world .land": (system["Canvas"], system["GrayText"]),
        ".world a circle:not(.to)": (system["LinkText"], system["Canvas"]),
        ".world .to": (system["Canvas"], system["LinkText"]),
        ".world text": (system["CanvasText"], system["Canvas"]),
    }.items():
        found = page.locator(part).first.evaluate("e => [getComputedStyle(e).fill, getComputedStyle(e).stroke]")
        assert tuple(found) == wanted, part
    assert page.locator(".world .arc").first.evaluate("e => getComputedStyle(e).stroke") == system["CanvasText"]


def test_on_paper_the_map_keeps_its_drawing_and_places_without_controls(page):
    page.emulate_media(media="print")
    page.goto("/map/?theme=work")
    for part in (".world", ".map-key .dots", ".gaz", "#places"):
        expect(page.locator(part).first).to_be_visible()
    for part in (".map-filter", ".chips", ".sort", ".search", ".rowlinks"):
        expect(page.locator(part).first).to_be_hidden()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_names_on_a_map_can_be_read_at_any_width(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/map/", "/map/?region=europe"):
        page.goto(path)
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('.world text')]
                .filter(text => getComputedStyle(text).display !== 'none')
                .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
        )
        assert all(size >= 13.9 for size in sizes), (path, min(sizes))
