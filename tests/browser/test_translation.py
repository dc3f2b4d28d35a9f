"""An idea told in another language than its own: marked, readable to everybody, and one link from the original."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.pages import BEHIND, NARROW, TRANSLATED, WIDE
from tests.browser.test_pages import AXE, AXE_AT_NIGHT, axe, too_wide

pytestmark = pytest.mark.browser

LAGS = "Il a changé depuis la traduction : ce texte peut en dire moins, ou autre chose."


@pytest.mark.parametrize("query", ["", "?original=1"])
@pytest.mark.parametrize("slug", [TRANSLATED, BEHIND])
def test_axe_finds_nothing_on_a_translation_or_its_original(new_context, base_url, slug, query):
    page = new_context(bypass_csp=True).new_page()
    page.goto(f"/fr/ideas/{slug}/{query}")
    page.evaluate(AXE_SCRIPT)
    found = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        found += too_wide(page)
        for scheme, rules in (("light", AXE), ("dark", AXE_AT_NIGHT)):
            page.emulate_media(color_scheme=scheme)
            found += [(width, scheme, violation["id"]) for violation in axe(page, rules)["violations"]]
    assert found == []


def test_reader_goes_from_the_translation_to_the_original_and_back(page):
    page.goto(f"/fr/ideas/{TRANSLATED}/")
    heading = page.get_by_role("heading", level=1)
    assert (heading.inner_text(), heading.get_attribute("lang")) == ("Des mentors (inventé)", None)
    assert LAGS not in page.locator(".telling").inner_text()
    page.locator(".telling a").click()
    assert (heading.inner_text(), heading.get_attribute("lang")) == ("Refugee Food Festival", "en")
    page.locator(".telling a").click()
    assert heading.inner_text() == "Des mentors (inventé)"


def test_reader_is_told_that_a_translation_lags_behind(page):
    page.goto(f"/fr/ideas/{BEHIND}/")
    assert LAGS in page.locator(".telling").inner_text()


def test_reader_sees_which_claims_are_translated(page):
    page.goto(f"/fr/ideas/{TRANSLATED}/")
    claims = page.locator(".ledger p:not(.none) > span:first-child")
    assert (claims.first.inner_text(), claims.first.get_attribute("lang")) == ("Une preuve inventée.", None)
    assert {claim.get_attribute("lang") for claim in claims.all()[1:]} == {"en"}
