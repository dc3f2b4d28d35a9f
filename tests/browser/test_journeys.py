"""Four errands in several languages by the Tab key, the blank and Enter alone, without a script, at 320 pixels.

That is what is left to a reader with a switch, or with the page four times as large.
"""

from pathlib import Path

import feedparser
import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from catalogue.countries import country_name
from catalogue.mail import words_of
from catalogue.models import Mail, Submission
from tests.browser.test_journey import results
from tests.browser.test_pages import too_wide
from tests.readers import facts_of_bibtex

pytestmark = pytest.mark.browser

in_two_languages = pytest.mark.parametrize("language", ["en", "fr"])


class Traveller:
    """Somebody who reads in a language, and has the keyboard alone."""

    def __init__(self, page, language):
        self.page, self.language = page, language
        self.home = "/" if language == "en" else f"/{language}/"

    def say(self, sentence: str, **values) -> str:
        with translation.override(self.language):
            return gettext(sentence) % values if values else gettext(sentence)

    def reach(self, element, most=400):
        """Goes to an element by the Tab key; whatever is passed or reached, the page never scrolls sideways."""
        assert too_wide(self.page) == []
        element = element.first.element_handle()
        for _press in range(most):
            self.page.keyboard.press("Tab")
            if element.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab doesn’t reach {element}.")

    def press(self, element, key="Enter"):
        self.reach(element)
        self.page.keyboard.press(key)

    def follow(self, element):
        """Presses Enter on what leads to another page, and waits for that."""
        self.reach(element)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def button(self, words: str):
        return self.page.get_by_role("button", name=self.say(words), exact=True)

    def link(self, words: str, within="body"):
        return self.page.locator(within).get_by_role("link", name=self.say(words), exact=True)

    def type_in(self, label: str, words: str):
        self.reach(self.page.get_by_label(self.say(label), exact=True))
        self.page.keyboard.type(words)

    def heading(self):
        return self.page.get_by_role("heading", level=1)


@pytest.fixture
def traveller(new_context, language):
    page = new_context(java_script_enabled=False, accept_downloads=True).new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    found = Traveller(page, language)
    page.goto(found.home)
    return found


@in_two_languages
def test_reader_finds_ideas_about_libraries_in_canada_and_cites_one(traveller, base_url):
    page = traveller.page
    traveller.follow(traveller.link("Ideas", ".nav"))
    page.wait_for_url(f"**{traveller.home}ideas/")
    traveller.press(page.locator(".facets > summary"))
    for name, value in (("topic", "libraries"), ("country", "CA")):
        facet, box = page.locator(f"#facet-{name}"), page.locator(f'input[name="{name}"][value="{value}"]')
        if facet.get_attribute("open") is None:
            traveller.press(facet.locator("> summary"))
        if not box.is_visible():
            traveller.press(facet.locator(".more > summary"))
        traveller.press(box, "Space")
    traveller.follow(traveller.button("Show ideas"))
    page.wait_for_url(f"**{traveller.home}ideas/?*topic=libraries*")
    assert results(page) == page.locator(".entry").count() > 0
    title = page.locator(".entry h3").first.inner_text()
    traveller.follow(page.locator(".entry h3 a"))
    expect(traveller.heading()).to_have_text(title)

    cited = page.locator(".cite").inner_text()
    with page.expect_download() as download:
        traveller.press(page.get_by_role("link", name="BibTeX"))
    facts = facts_of_bibtex(Path(download.value.path()).read_text())
    assert facts["title"] == title
    assert facts["title"] in cited
    assert facts["url"] in cited
    assert page.context.cookies() == []


@in_two_languages
def test_reader_compares_two_ideas(traveller):
    page = traveller.page
    traveller.follow(page.locator(".theme-cols a"))
    page.wait_for_url("**/themes/*/")
    traveller.follow(page.locator(".head a"))
    page.wait_for_url(f"**{traveller.home}ideas/?theme=*")
    titles = page.locator(".entry h3").all_inner_texts()[:2]
    for number in range(2):
        traveller.press(page.locator(".pick input").nth(number), "Space")
    traveller.follow(traveller.button("Compare"))
    page.wait_for_url(f"**{traveller.home}compare/?idea=*&idea=*")
    expect(page.locator(".cmp thead th")).to_have_count(2)
    for title in titles:
        traveller.reach(page.locator(".cmp").get_by_role("link", name=title, exact=True))


@in_two_languages
def test_reader_subscribes_to_what_is_new_in_a_city(traveller):
    page = traveller.page
    traveller.follow(traveller.link("Cities", ".foot"))
    page.wait_for_url(f"**{traveller.home}cities/")
    traveller.follow(page.locator("main").get_by_role("link", name="Toronto", exact=True))
    page.wait_for_url(f"**{traveller.home}cities/toronto/")
    listed = page.locator(".entry h3").all_inner_texts()
    link = traveller.link("Subscribe to new ideas of this page (Atom feed)")
    with page.context.expect_event("request", lambda request: request.url.endswith(".atom")) as asked:
        traveller.press(link)
    feed = feedparser.parse(page.request.get(asked.value.url).body())
    assert not feed.bozo
    assert "Toronto" in feed.feed.title
    assert {entry.title for entry in feed.entries} >= set(listed)


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_somebody_proposes_an_idea_and_gets_the_letters_in_their_language(traveller):
    page, say = traveller.page, traveller.say
    traveller.follow(traveller.link("Propose a Good Idea", ".foot"))
    page.wait_for_url(f"**{traveller.home}submit/")
    traveller.type_in("What is it called?", "Repair evenings")
    traveller.follow(traveller.button("Save and go on"))
    # What is missing is said where the focus goes next, and what was typed is still there.
    expect(page.locator(".err-sum li")).to_have_count(2)
    traveller.press(page.locator(".err-sum a"))
    page.keyboard.type("They mend bicycles together.")
    traveller.press(page.get_by_label(say("Connect"), exact=True), "Space")
    traveller.follow(traveller.button("Save and go on"))
    traveller.type_in("City", "Ghent")
    traveller.type_in("Country", country_name("BE", traveller.language)[:5])
    traveller.type_in("Who leads it?", "The Workshop")
    traveller.type_in("Since which year?", "2016")
    traveller.follow(traveller.button("Save and go on"))
    traveller.type_in("What was done?", "A shed was opened.")
    traveller.follow(traveller.button("Save and go on"))
    traveller.type_in("Successful", "Sixty people came.")
    traveller.follow(traveller.button("Save and go on"))
    traveller.follow(traveller.button("Save and go on"))
    traveller.type_in("Your e-mail", "ana@example.org")
    traveller.press(page.get_by_label(say("No"), exact=True), "Space")
    agreed = say("I agree that this text is published under the licence CC BY 4.0")
    traveller.press(page.get_by_label(agreed), "Space")
    traveller.follow(traveller.button("Save and go on"))
    traveller.follow(traveller.button("Send to the editors"))
    expect(traveller.heading()).to_have_text(say("Thank you. It is stored, and the editors have it"))

    submission = Submission.objects.get()
    assert (submission.title, submission.country, submission.said("what", "themes"), submission.language) == (
        "Repair evenings",
        "BE",
        ["connect"],
        traveller.language,
    )
    submission.claim(by=None)
    submission.ask_for_changes("On which day?", by=None)
    letters = {mail.letter: words_of(mail) for mail in Mail.objects.filter(submission=submission)}
    assert {letter: words.subject for letter, words in letters.items()} == {
        "received": say("We have it: %(title)s", title="Repair evenings"),
        "changes": say("The editors ask you something: %(title)s", title="Repair evenings"),
    }
    for words in letters.values():
        assert f"http://127.0.0.1:8000{traveller.home}submit/{submission.token}/" in words.text
    thanks = say("Thank you. What you sent is stored, and the editors have it.")
    assert thanks in letters["received"].text
