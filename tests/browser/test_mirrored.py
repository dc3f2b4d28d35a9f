"""Every kind of page from right to left, in sentences half as long again: nothing breaks, nothing knows its left."""

from itertools import cycle

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.pages import EXAMPLES, NARROW, WIDE
from tests.browser.test_pages import AXE, axe, open_disclosures, too_wide
from tests.mirrored import CODE

pytestmark = pytest.mark.browser

MIRRORED = [example.told_in(CODE) for example in EXAMPLES if not example.template]


@pytest.mark.parametrize(("example", "looked_at"), [*zip(MIRRORED, cycle((NARROW, WIDE)), strict=False)], ids=str)
def test_page_reads_from_right_to_left(page, example, looked_at):
    """Never wider than the screen; and axe looks at it at one width, by turns: from left to right it looks at both."""
    example.open(page)
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert page.evaluate("document.documentElement.lang") == CODE
    open_disclosures(page)
    page.evaluate(AXE_SCRIPT)
    found = {}
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        if out := too_wide(page):
            found[width] = out
        if width == looked_at:
            for violation in axe(page, AXE)["violations"]:
                found[width, violation["id"]] = [node["html"][:200] for node in violation["nodes"][:3]]
    assert found == {}


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("path", ["/ideas/?theme=work", f"/{CODE}/ideas/?theme=work"])
def test_menu_of_languages_opens_by_keyboard_and_leads_to_the_same_page(page, path, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    page.locator(".langs summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Français"
    assert page.evaluate("document.activeElement.lang") == "fr"
    page.evaluate(AXE_SCRIPT)
    inside = {"include": [".langs"]}
    assert page.evaluate("([where, rules]) => axe.run(where, rules)", [inside, AXE])["violations"] == []
    assert too_wide(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/ideas/?theme=work")
    assert page.locator(".langs summary").inner_text().endswith("Français")


def test_too_wide_looks_to_the_left_too(page):
    page.goto(f"/{CODE}/")
    page.evaluate("document.querySelector('main').style.setProperty('min-inline-size', '3000px')")
    assert too_wide(page) != []
