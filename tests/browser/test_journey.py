"""A reader without JavaScript goes from the front page to an idea and its city, by nothing but links and one button."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.pages import NARROW, WIDE

pytestmark = pytest.mark.browser


def results(page) -> int:
    return int(re.match(r"\d+", page.locator("#results").inner_text())[0])


def tick(page, name: str, value: str) -> int:
    """Ticks a box as a reader would, and gives the number that stands beside it."""
    box = page.locator(f'input[name="{name}"][value="{value}"]')
    facet = page.locator(f"#facet-{name}")
    if facet.get_attribute("open") is None:
        facet.locator("> summary").click()
    if not box.is_visible():
        facet.locator(".more > summary").click()
    # By its label: the whole row is the target.
    label = page.locator("label", has=box)
    label.click()
    expect(box).to_be_checked()
    return int(label.locator(".n").inner_text())


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_without_script_a_reader_gets_from_home_by_theme_and_filters_to_an_idea_and_its_city(
    new_context, base_url, width
):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    hosts, faults = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)

    page.goto("/")
    page.locator(".theme-cols").get_by_role("link", name="Learn").click()
    expect(page).to_have_url(f"{base_url}/themes/learn/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Learn")

    page.get_by_role("link", name=re.compile("^Filter these")).click()
    expect(page).to_have_url(f"{base_url}/ideas/?theme=learn")
    of_the_theme = results(page)

    panel = page.locator("details.facets > summary")
    assert panel.is_visible() == (width == NARROW)
    if width == NARROW:
        panel.click()
    promised = tick(page, "country", "US")
    go = page.get_by_role("button", name="Show ideas")
    expect(page.get_by_text("Your changes are not shown yet")).to_be_visible()
    # The button has come along: it is on the screen wherever the box was.
    expect(go).to_be_in_viewport()
    go.click()
    assert (results(page), page.locator(".chip").count()) == (promised, 2)
    assert 0 < promised < of_the_theme

    if width == NARROW:
        panel.click()
    tick(page, "topic", "language-learning")
    tick(page, "audience", "families")
    page.get_by_role("button", name="Show ideas").click()
    assert page.locator(".chip").count() == 4
    narrowed = results(page)
    page.get_by_role("link", name="Remove: Country: United States").click()
    assert page.locator(".chip b").all_inner_texts() == ["Learn", "Language learning", "Families"]
    assert results(page) > narrowed
    for name in ("Language learning", "Families"):
        page.get_by_role("link", name=re.compile(f"^Remove: .*: {name}$")).click()
    expect(page).to_have_url(f"{base_url}/ideas/?theme=learn")
    assert results(page) == of_the_theme

    page.locator(".sort").get_by_role("link", name="City").click()
    expect(page.locator(".sort [aria-current=true]")).to_have_text("City")
    first_page = page.locator(".entry h3").all_inner_texts()
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(f"{base_url}/ideas/?theme=learn&sort=city&page=2")
    expect(page.locator(".pages [aria-current]")).to_contain_text("2")
    assert not set(first_page) & set(page.locator(".entry h3").all_inner_texts())

    entry = page.locator(".entry").filter(has=page.locator(".entry-place a")).first
    title, city = entry.locator("h3").inner_text(), entry.locator(".entry-place a").inner_text()
    entry.locator("h3 a").click()
    # A compound's hyphen is one that doesn't break there.
    assert page.get_by_role("heading", level=1).inner_text().replace("\u2011", "-") == title

    page.locator(".rail").get_by_role("link", name=city, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(city)
    expect(page.locator(".entry h3").get_by_text(title, exact=True)).to_be_visible()

    assert hosts == {urlsplit(base_url).netloc}
    assert faults == []
    assert context.cookies() == []


def test_without_script_an_empty_result_offers_a_way_that_leads_to_as_many_ideas_as_it_says(new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/ideas/?country=DE&city=toronto")
    way = page.locator(".ways li").first
    promised = int(way.locator(".n").inner_text().split()[0])
    way.get_by_role("link").click()
    assert results(page) == promised > 0


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_without_script_a_reader_ticks_ideas_and_sees_them_side_by_side(new_context, base_url, width):
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/ideas/?theme=work")
    bar = page.locator(".compare-bar")
    expect(bar).not_to_be_in_viewport()
    boxes = page.locator(".pick")
    chosen = [boxes.nth(number).locator("input").get_attribute("value") for number in (0, 2, 3)]
    for number in (0, 2, 3):
        boxes.nth(number).click()
    # It has come along, and nothing had to count but the style sheet.
    boxes.nth(0).scroll_into_view_if_needed()
    expect(bar).to_be_in_viewport()
    bar.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(f"{base_url}/compare/?" + "&".join(f"idea={slug}" for slug in chosen))
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare three ideas")
    expect(page.locator(".cmp thead th")).to_have_count(3)
    page.get_by_role("link", name=re.compile("^Remove")).nth(1).click()
    expect(page).to_have_url(f"{base_url}/compare/?idea={chosen[0]}&idea={chosen[2]}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare two ideas")
