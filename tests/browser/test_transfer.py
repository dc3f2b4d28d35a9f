"""A transfer guide on paper, and the way from a reader's own city to what was done in others: without a script."""

import re

import pytest

from tests.browser.pages import GUIDED

pytestmark = pytest.mark.browser


def test_guide_as_long_as_it_may_be_prints_on_one_page(page):
    page.goto(f"/ideas/{GUIDED}/guide/")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1


def test_printed_guide_is_the_guide_alone(page):
    page.goto(f"/ideas/{GUIDED}/guide/")
    page.emulate_media(media="print")
    assert [name for name in (".nav", ".foot", ".crumbs", ".propose") if page.locator(name).first.is_visible()] == []
    assert page.locator(".guide dt").all_inner_texts()[0] == "What must stay"


def test_reader_finds_what_fits_a_city_without_a_script(browser, base_url):
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/ideas/")
    page.get_by_role("link", name="Ideas for a city like mine").click()
    page.get_by_label("How many people live there").select_option("Under 50,000 people")
    page.get_by_label("Who could lead it").select_option("School")
    page.get_by_role("button", name="Show what fits").click()
    assert page.url == f"{base_url}/like-mine/?size=under-50000&lead=school&money="
    reasons = page.locator(".board .why").all_inner_texts()
    assert set(reasons) <= {"In a city of your size; led by: School", "In a city of your size", "Led by: School"}
    heading = page.get_by_role("heading", level=2).first.inner_text()
    assert heading == f"{len(reasons)} ideas have something in common with your city"
    assert page.get_by_label("Who could lead it").input_value() == "school"
    page.get_by_role("link", name="Clear all").click()
    assert page.url == f"{base_url}/like-mine/"
    context.close()
