"""Proposing on a phone without JavaScript: begun in one browser, sent from another; axe finds nothing anywhere."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from catalogue.mail import words_of
from catalogue.models import Mail, Submission
from tests.browser.pages import NARROW

pytestmark = pytest.mark.browser


def go_on(page):
    page.get_by_role("button", name="Save and go on", exact=True).click()


def letter(kind: str) -> str:
    """The words of the last letter of a kind."""
    return words_of(Mail.objects.filter(letter=kind).latest("pk")).text


def link_in(words: str, ending: str = "") -> str:
    return re.search(rf"http://127\.0\.0\.1:8000(/submit/[\w-]+/{ending})\n", words)[1]


@pytest.mark.usefixtures("nothing_kept")
def test_without_script_on_a_phone_an_idea_is_proposed_in_two_browsers(phone, look):
    page = phone()
    page.goto("/")
    page.locator(".foot").get_by_role("link", name="Propose a Good Idea").click()
    look(page)
    page.get_by_label("What is it called?").fill("Repair evenings for newcomers’ bicycles")
    go_on(page)
    expect(page.locator(".err-sum li")).to_have_text(
        ["Say in a few sentences what happens.", "Choose at least one theme."]
    )
    look(page)
    page.locator(".err-sum a").first.click()
    expect(page.get_by_label("What happens, in three or four sentences?")).to_be_focused()
    page.get_by_label("What happens, in three or four sentences?").fill("They mend bicycles together.")
    page.get_by_text("Connect", exact=True).last.click()
    go_on(page)

    expect(page.get_by_role("heading", name="Where and who")).to_be_visible()
    look(page)
    page.get_by_label("City", exact=True).fill("Ghent")
    page.get_by_role("button", name="Save, and go on later").click()
    look(page)
    page.get_by_label("Your e-mail").fill("ana@example")
    page.get_by_role("button", name="Mail me the link").click()
    look(page)
    page.get_by_label("Your e-mail").fill("ana@example.org")
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.get_by_role("status")).to_contain_text("The link is on its way.")

    page = phone()
    page.goto(link_in(letter("link")))
    look(page)
    page.get_by_role("link", name="Go on with: Where and who").click()
    expect(page.get_by_label("City", exact=True)).to_have_value("Ghent")
    page.get_by_label("Country", exact=True).select_option("BE")
    page.get_by_label("Who leads it?").fill("The Workshop")
    go_on(page)
    look(page)
    page.get_by_label("What was done?").fill("A shed was opened.")
    go_on(page)
    look(page)
    go_on(page)
    page.get_by_label("Where can others check this?").fill("nowhere")
    go_on(page)
    look(page)
    page.get_by_label("Where can others check this?").fill("https://example.org/report")
    go_on(page)
    expect(page.get_by_label("Your e-mail")).to_have_value("ana@example.org")
    look(page)
    page.get_by_label("No", exact=True).check()
    page.get_by_label("I agree that this text is published").check()
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look it over, and send it")
    look(page)
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. It is stored, and the editors have it")
    look(page)

    page.goto(link_in(letter("received"), r"confirm/\w+/"))
    look(page)
    page.get_by_role("button", name="Yes, it is mine").click()

    Submission.objects.get().claim(by=None)
    Submission.objects.get().ask_for_changes("Which day of the week?", by=None)
    assert "Which day of the week?" in letter("changes")
    page.goto(link_in(letter("changes")))
    expect(page.get_by_text("Which day of the week?")).to_be_visible()
    look(page)
    page.get_by_label("Your message to the editors").fill("Thursdays.")
    page.get_by_role("button", name="Send the message").click()
    page.get_by_role("link", name="Look it over, and send it").click()
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.locator(".register b")).to_have_text(
        [
            "Changed and sent again",
            "Answered",
            "The editors ask",
            "An editor has it in hand",
            "Address confirmed",
            "Sent to the editors",
        ]
    )
    page.get_by_role("link", name="Withdraw it").click()
    look(page)
    page.get_by_role("button", name="Yes, withdraw it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdrawn")
    assert list(Mail.objects.order_by("pk").values_list("letter", flat=True)) == ["link", "received", "changes"]
    assert page.context.cookies() == []


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("way", ["Tell us that you tried this", "Something wrong on this page?"])
def test_without_script_on_a_phone_something_is_told_about_an_idea(phone, look, way):
    page = phone()
    page.goto("/ideas/making-connections/")
    page.get_by_role("link", name=way).click()
    look(page)
    if "tried" in way:
        page.get_by_label("City", exact=True).fill("Ghent")
        page.get_by_label("Country", exact=True).select_option("BE")
        page.get_by_label("Who tried it?").fill("The Workshop")
        page.get_by_label("Running").check()
        go_on(page)
        page.get_by_label("What did you keep?").fill("The coffee.")
    else:
        page.get_by_label("What is wrong on this page?").fill("The year.")
    go_on(page)
    if "tried" in way:
        page.get_by_label("Yes", exact=True).check()
        page.get_by_label("I agree that this text is published").check()
    go_on(page)
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. It is stored, and the editors have it")
    submission = Submission.objects.get()
    assert (submission.idea.slug, submission.sent_at < timezone.now()) == ("making-connections", True)


def test_bar_is_one_row_of_links_on_a_phone(page):
    page.set_viewport_size({"width": NARROW, "height": 844})
    page.goto("/")
    tops = page.locator(".nav a").evaluate_all("links => links.map(link => link.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    expect(page.locator(".propose")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(page.locator(".propose")).to_be_visible()
