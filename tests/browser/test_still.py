"""The yearly question on a phone without JavaScript: three answers, used twice, late, forged; axe finds nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from catalogue.mail import words_of
from catalogue.models import Contact, Edition, Idea, Inquiry, Mail, Submission

pytestmark = pytest.mark.browser


@pytest.fixture
def inquiry(base_url):
    """Asked about an idea of the opening collection; what is left of it goes again."""
    idea = Idea.objects.get(slug="making-connections")
    Contact.objects.create(organisation=idea.organisation, email="office@example.org")
    # Nobody made sure of it for a year and a day: its question is due.
    inquiry = Inquiry.objects.ask(idea, timezone.now() + timedelta(days=366))
    Inquiry.objects.filter(pk=inquiry.pk).update(asked_at=timezone.now())
    yield inquiry
    Inquiry.objects.all().delete()
    Submission.objects.all().delete()
    Contact.objects.all().delete()
    with Edition.act(why="as it was"):
        idea.refresh_from_db()
        idea.last_verified, idea.verified_by = None, ""
        idea.save()


def links(inquiry) -> list[str]:
    """The three links of the letter."""
    text = words_of(Mail.objects.filter(inquiry=inquiry).latest("pk")).text
    found = [line.removeprefix("http://127.0.0.1:8000") for line in text.split("\n") if "/still/" in line]
    assert [link.split("=")[1] for link in found] == ["still", "changed", "ended"]
    return found


def test_without_script_on_a_phone_each_answer_is_one_press(phone, look, inquiry):
    still, changed, ended = links(inquiry)
    page = phone()
    page.goto(f"/still/{inquiry.token}/")
    look(page)
    page.goto(still)
    expect(page.get_by_role("heading", name="Is this still so?")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Send: it is still so").click()
    expect(page.get_by_role("heading", name="Thank you", exact=True)).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("Yes, it is still so")
    look(page)
    page.get_by_role("link", name="Making Connections").first.click()
    expect(page.get_by_text("by the organisation that leads it.")).to_be_visible()

    # Used twice: it says what was answered, and can be changed.
    page.goto(changed)
    expect(page.locator(".notice")).to_contain_text("Yes, it is still so")
    page.get_by_role("button", name="Send what has changed").click()
    expect(page.locator(".err-sum li")).to_have_text(
        ["Say what is different now, so that the editors can correct the page."]
    )
    look(page)
    page.get_by_label("What is different now?").fill("It moved to Thursdays.")
    page.get_by_role("button", name="Send what has changed").click()
    expect(page.locator(".notice")).to_contain_text("Something has changed")
    look(page)
    page.get_by_role("link", name="See how your correction stands").click()
    expect(page.get_by_text("It moved to Thursdays.")).to_be_visible()

    page.goto(ended)
    look(page)
    page.get_by_label("In which year did it end?").fill("soon")
    page.get_by_label("Why did it end?").fill("Its grant ran out.")
    page.get_by_role("button", name="Send: it has ended").click()
    expect(page.get_by_label("Why did it end?")).to_have_value("Its grant ran out.")
    look(page)
    page.get_by_label("In which year did it end?").fill("2024")
    page.get_by_role("button", name="Send: it has ended").click()
    expect(page.locator(".notice")).to_contain_text("It has ended")
    assert Inquiry.objects.for_desk().get().words == "Its grant ran out."
    assert page.context.cookies() == []


def test_late_and_forged_links_get_polite_words(phone, look, inquiry):
    page = phone()
    Inquiry.objects.create(idea=inquiry.idea, organisation=inquiry.organisation)
    page.goto(links(inquiry)[0])
    expect(page.get_by_text("A newer letter about this idea")).to_be_visible()
    expect(page.locator("form[method=post]")).to_have_count(0)
    look(page)
    response = page.goto(f"/still/{'x' * 32}/?answer=still")
    assert response.status == 404
    look(page)
