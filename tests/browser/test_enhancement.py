"""What scripts add: filters that apply when they change, suggestions, "/" and buttons that copy; all by keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.pages import NARROW, RICH, WIDE

pytestmark = pytest.mark.browser


def number(page) -> str:
    return page.locator("#results").inner_text()


def tick(page, name: str):
    """Ticks a box of the panel as somebody without a mouse does."""
    if page.viewport_size["width"] == NARROW and page.locator(".facets[open]").count() == 0:
        page.locator(".facets > summary").press("Enter")
    box = page.locator(".facets").get_by_role("checkbox", name=re.compile(rf"^{name}\b"))
    box.press("Space")
    return box


# Filters


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_filter_applies_when_it_changes_and_leaves_focus_and_scroll_alone(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    page.goto("/ideas/")
    all_of_them = number(page)
    box = tick(page, "Work")
    place = box.bounding_box()
    expect(page.locator("#results")).not_to_have_text(all_of_them)
    page.wait_for_url("**/ideas/?theme=work")
    expect(box).to_be_focused()
    assert box.bounding_box() == place
    expect(page.locator(".facet-go .pending")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text(number(page))
    expect(page).to_have_title(re.compile("^Ideas – .*Work"))
    # What is shown is what the server says of this address.
    shown, chips = number(page), page.locator(".chips").inner_text()
    cards = page.locator(".entry h3").all_inner_texts()
    page.reload()
    assert (number(page), page.locator(".chips").inner_text()) == (shown, chips)
    assert page.locator(".entry h3").all_inner_texts() == cards
    page.go_back()
    page.wait_for_url(re.compile(r"/$"))


def test_numbers_beside_the_other_filters_are_those_of_the_server(page):
    page.goto("/ideas/")
    tick(page, "Work")
    page.wait_for_url("**/ideas/?theme=work")
    read = """() => Object.fromEntries([...document.querySelectorAll('.opt')].map(label =>
        [label.querySelector('input').id, label.querySelector('.n').textContent]).filter(([, n]) => n !== '0'))"""
    counted = page.evaluate(read)
    page.reload()
    assert counted == page.evaluate(read)


def test_boxes_ticked_in_quick_succession_end_with_all_of_them(page):
    page.goto("/ideas/")
    tick(page, "Work")
    tick(page, "Live")
    page.wait_for_url("**/ideas/?theme=work&theme=live")
    expect(page.locator(".chips")).to_contain_text("Live")
    tick(page, "Work")
    page.wait_for_url("**/ideas/?theme=live")


def test_idea_ticked_for_comparing_stays_ticked(page):
    page.goto("/ideas/?theme=work")
    pick = page.locator(".cat-main input[form=compare]").first
    pick.press("Space")
    value = pick.get_attribute("value")
    tick(page, "Live")
    page.wait_for_url("**/ideas/?theme=work&theme=live")
    page.locator(".facet-go .btn").wait_for()
    kept = page.locator(f".cat-main input[value='{value}']")
    if kept.count():
        expect(kept).to_be_checked()


def test_year_that_means_nothing_is_answered_with_the_whole_page(page):
    page.goto("/ideas/")
    page.locator("#facet-started > summary").click()
    field = page.get_by_label("From year")
    field.fill("soon")
    field.press("Tab")
    expect(page.locator(".err-sum")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))


def test_when_the_answer_fails_the_form_is_sent(page):
    page.goto("/ideas/")
    page.route(
        "**/ideas/?theme=work",
        lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_(),
    )
    with page.expect_navigation(url="**/ideas/?q=&theme=work&started_min=&started_max="):
        tick(page, "Work")
    expect(page.locator(".chips")).to_contain_text("Work")


def test_filters_of_the_library_apply_when_they_change(page):
    page.goto("/resources/")
    before = number(page)
    box = tick(page, "Report")
    page.wait_for_url("**/resources/?kind=report")
    expect(page.locator("#results")).not_to_have_text(before)
    expect(box).to_be_focused()


# The search box


@pytest.mark.parametrize("path", ["/", "/ideas/"])
def test_slash_leads_to_the_search_box(page, path):
    page.goto(path)
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search the ideas")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("and/or")
    expect(box).to_have_value("and/or")


def test_slash_can_be_turned_off_and_on(page):
    page.goto("/accessibility/")
    switch = page.get_by_role("checkbox", name="The key / leads to the search box, where a page has one")
    expect(switch).to_be_checked()
    switch.press("Space")
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).not_to_be_focused()
    page.goto("/accessibility/")
    expect(switch).not_to_be_checked()
    switch.press("Space")
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_suggestions_are_walked_through_and_chosen_by_keyboard(page):
    page.goto("/")
    box = page.get_by_role("combobox", name="Search the ideas")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("toron")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_contain_text("Toronto")
    expect(box).to_have_attribute("aria-expanded", "true")
    count = options.count()
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    box.press("ArrowUp")
    expect(options.nth(count - 1)).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(box).to_be_focused()
    expect(box).to_have_value("toron")
    box.press("Enter")
    page.wait_for_url("**/cities/toronto/")


def test_suggestion_is_chosen_by_a_click(page, base_url):
    page.goto("/ideas/")
    page.get_by_role("combobox").press_sequentially("toron")
    page.get_by_role("option").first.click()
    page.wait_for_url(f"{base_url}/cities/toronto/")


def test_escape_closes_the_list_and_enter_without_a_choice_searches(page):
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("toron")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("toron")
    box.press_sequentially("to")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    page.wait_for_url("**/ideas/?q=toronto")


def test_leaving_the_box_closes_the_list(page):
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("toron")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Search")).to_be_focused()


def test_search_works_when_there_are_no_suggestions_to_be_had(page):
    page.route("**/suggest.json*", lambda route: route.fulfill(status=503, body="away"))
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("toronto")
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("Enter")
    page.wait_for_url("**/ideas/?q=toronto")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("path", ["/", "/ideas/"])
def test_axe_finds_nothing_with_the_list_open_and_nothing_moves(page, path, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    box = page.get_by_role("combobox")
    height = page.evaluate("document.documentElement.scrollHeight")
    box.press_sequentially("toron")
    box.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []


# Copying


@pytest.mark.parametrize(("button", "source"), [("Copy the citation", ".cite"), ("Copy the link", ".permalink")])
def test_citation_and_link_are_copied_and_it_is_said(new_context, button, source):
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(RICH)
    page.get_by_role("button", name=button).press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == " ".join(page.locator(source).inner_text().split())
    expect(page.get_by_role("button", name=button)).to_be_focused()


def test_where_nothing_can_be_copied_there_is_no_button(page):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(RICH)
    assert page.get_by_role("button").count() == 0


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("path", ["/", "/ideas/", "/resources/", RICH, "/accessibility/"])
def test_scripts_make_no_page_longer(new_context, path, width):
    heights = []
    for script in (True, False):
        page = new_context(java_script_enabled=script).new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path)
        page.wait_for_load_state("networkidle")
        heights.append(page.locator("body").bounding_box()["height"])
    assert heights[0] == heights[1]


def test_without_script_there_is_nothing_that_needs_it(new_context):
    page = new_context(java_script_enabled=False).new_page()
    for path in ("/", "/ideas/", RICH, "/accessibility/"):
        page.goto(path)
        parts = "[role=combobox], [role=listbox], .rowlinks button"
        assert page.locator(parts).count() == 0
    expect(page.get_by_role("checkbox")).to_be_hidden()
    page.goto("/ideas/")
    page.locator(".opt input").first.check()
    expect(page.get_by_text("Your changes are not shown yet")).to_be_visible()
