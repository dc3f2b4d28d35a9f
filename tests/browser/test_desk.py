"""A walk over the editors' desk: from draft to published, changed while another edits, merged, brought back."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone

from catalogue import index
from catalogue.models import Act, Draft, Edition, Idea, Mail
from tests.browser.pages import NARROW, WIDE
from tests.browser.test_pages import AXE, AXE_AT_NIGHT, too_wide
from tests.desk import address, editor
from tests.factories import make_submission

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def editors(base_url, django_db_blocker):
    """Two editors; what they make is taken away again, for the other tests only read."""
    with django_db_blocker.unblock():
        people = [editor("mira"), editor("omar")]
        last = Idea.objects.latest("pk").pk
        yield people
        with Edition.act(why="tidied up") as act:
            act.touch_everything()
            made = Idea.objects.filter(pk__gt=last)
            for idea in made:
                idea.old_addresses.all().delete()
            made.update(merged_into=None, status=Idea.Status.DRAFT)
            made.delete()
        Draft.objects.all().delete()
        Act.objects.filter(by__in=people).delete()
        for person in people:
            person.delete()
        index.forget()


def log_in(context, person, base_url):
    client = Client()
    client.force_login(person)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}])


@pytest.fixture
def desk(editors, context, base_url):
    """A page of a browser in which Mira is logged in."""
    log_in(context, editors[0], base_url)
    return context.new_page()


@pytest.fixture
def other_desk(editors, browser, base_url):
    """Another browser, in which Omar is."""
    context = browser.new_context(base_url=base_url)
    log_in(context, editors[1], base_url)
    yield context.new_page()
    context.close()


def choose(page, field: str, words: str, option: str):
    """Picks from a list that is searched as one types."""
    page.locator(f"#id_{field} + .select2 .select2-selection").click()
    page.locator(".select2-search__field:focus").press_sequentially(words, delay=20)
    page.locator(".select2-results__option", has_text=option).first.click()


def press(page, name: str):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page, name: str):
    with page.expect_navigation():
        page.locator(".object-tools").get_by_role("link", name=name, exact=True).click()


def make_draft(page, title: str) -> str:
    """Writes an idea from nothing, with everything that publication asks for, and gives its address on the desk."""
    page.goto("/admin/catalogue/idea/add/")
    page.get_by_label("Title:", exact=True).fill(title)
    page.get_by_label("Summary:").fill("Neighbours bake bread together once a week.")
    press(page, "Save and continue editing")
    missing = page.locator(".checklist li")
    assert "Choose at least one topic." in missing.all_inner_texts()
    page.locator("#id_body").fill("## What was done\n\nAn oven was built in the square.")
    choose(page, "city", "Toron", "Toronto")
    choose(page, "organisation", "City of Tor", "City of Toronto")
    choose(page, "topics", "mentor", "mentoring")
    page.get_by_role("checkbox", name="Live", exact=True).check()
    page.get_by_role("checkbox", name="Refugees", exact=True).check()
    page.get_by_role("link", name="Add another Source").or_(
        page.get_by_role("button", name="Add another Source")
    ).click()
    choose(page, "citations-0-resource", "report", "")
    press(page, "Save and continue editing")
    assert page.locator(".errorlist").all_inner_texts() == []
    return page.url


def test_walk_from_draft_to_published_conflict_merge_and_restore(desk, other_desk, base_url):
    faults = []
    desk.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    desk.on("pageerror", lambda error: faults.append(str(error)))
    form = make_draft(desk, "The oven in the square")
    assert desk.locator(".checklist h2").count() == 0
    idea = re.search(r"/idea/(\d+)/", form)[1]

    # Seen as readers will see it, and not by readers.
    follow(desk, "Preview")
    assert desk.get_by_role("heading", level=1).inner_text().startswith("The oven in the square")
    public = f"{base_url}/ideas/the-oven-in-the-square/"
    assert desk.request.get(public).status == 404
    desk.goto(form)
    follow(desk, "Publish")
    press(desk, "Publish")
    assert desk.locator(".messagelist").inner_text() == "“The oven in the square” is published."
    assert desk.request.get(public).status == 200

    # Changed while another edits: the second sees both, and neither is lost.
    desk.goto(form)
    other_desk.goto(form)
    other_desk.get_by_label("Summary:").fill("Their summary.")
    other_desk.get_by_label("Year it began:").fill("2012")
    other_desk.get_by_label("Why:").fill("news")
    press(other_desk, "Save and continue editing")
    desk.get_by_label("Summary:").fill("My summary.")
    desk.get_by_label("Why:").fill("clearer")
    press(desk, "Save and continue editing")
    conflict = desk.locator(".conflict")
    assert "Their summary." in conflict.inner_text()
    assert "My summary." in conflict.inner_text()
    assert desk.get_by_label("Summary:").input_value() == "My summary."
    assert desk.get_by_label("Year it began:").input_value() == "2012"
    press(desk, "Save and continue editing")
    desk.goto(public)
    assert "My summary." in desk.locator("main").inner_text()

    # Brought back from history.
    desk.goto(form)
    follow(desk, "History")
    theirs = desk.locator("section.module", has_text="omar").first
    with desk.expect_navigation():
        theirs.get_by_role("link", name="Bring this version back").click()
    assert "Their summary." in desk.locator(".changes").inner_text()
    press(desk, "Bring it back")
    assert desk.get_by_label("Summary:").input_value() == "Their summary."
    desk.goto(public)
    assert "Their summary." in desk.locator("main").inner_text()

    # A draft beside the live page.
    desk.goto(form)
    desk.get_by_label("Summary:").fill("A third summary.")
    press(desk, "Save as draft beside the live page")
    assert "A third summary." in desk.locator(".changes").inner_text()
    desk.get_by_label("Why:").fill("agreed with the team")
    press(desk, "Publish this draft")
    desk.goto(public)
    assert "A third summary." in desk.locator("main").inner_text()

    # Merged: the address leads to the other.
    desk.goto(form)
    follow(desk, "Merge")
    choose(desk, "other", "Naan", "Naan")
    desk.get_by_label("Why:").fill("the same")
    press(desk, "Merge")
    assert "is merged" in desk.locator(".messagelist").inner_text()
    desk.goto(f"/i/{idea}/")
    assert "naan" in desk.url
    assert faults == []


VIEWS = {
    "front": "/admin/",
    "list": "/admin/catalogue/idea/",
    "list-edited": "/admin/catalogue/topic/",
    "form": "/admin/catalogue/idea/1/change/",
    "city": "/admin/catalogue/city/1/change/",
    "topic": "/admin/catalogue/topic/1/change/",
    "history": "/admin/catalogue/idea/1/history/",
    "withdraw": "/admin/catalogue/idea/1/withdraw/",
    "schedule": "/admin/catalogue/idea/{draft}/schedule/",
    "draft-form": "/admin/catalogue/idea/{draft}/change/",
    "submissions": "/admin/catalogue/submission/",
    "submission": "/admin/catalogue/submission/{proposed}/change/",
    "submission-ask": "/admin/catalogue/submission/{proposed}/ask/",
    "outbox": "/admin/catalogue/mail/",
    "letter": "/admin/catalogue/mail/{letter}/change/",
    "coverage": "/admin/coverage/",
    "searches": "/admin/catalogue/wanted/",
    "refused": "/admin/auth/user/",
}


@pytest.fixture(scope="module")
def proposed(editors):
    """A proposal that is held back, is like an idea of the catalogue, and has a letter that was refused."""
    submission = make_submission(title="Making connections", city="Halifax", country="CA")
    submission.send(["trapped", "fast"], held_back=True)
    Mail.objects.post("received", submission)
    submission.mails.get().refuse(timezone.now(), "550 no such user")
    yield submission
    submission.delete()


@pytest.fixture(scope="module")
def draft(editors):
    with Edition.act(by=editors[0], why="begun"):
        made = Idea.objects.create(title="Half a thought")
    with Edition.act(by=editors[0], why="turned round") as act:
        act.watch(idea := Idea.objects.get(pk=1))
        was, idea.summary = idea.summary, "Another summary."
        idea.save()
    yield made.pk
    with Edition.act(why="tidied up"):
        idea.summary = was
        idea.save()


def violations(page) -> list:
    found = []
    for scheme, rules in (("light", AXE), ("dark", AXE_AT_NIGHT)):
        page.emulate_media(color_scheme=scheme)
        for violation in Axe().run(page, options=rules).response["violations"]:
            for node in violation["nodes"][:3]:
                found.append(
                    (scheme, violation["id"], node["target"], node["html"][:160], node["failureSummary"][:300])
                )
    return found


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_on_the_desk(desk, draft, proposed, view, width):
    desk.set_viewport_size({"width": width, "height": 900})
    desk.goto(VIEWS[view].format(draft=draft, proposed=proposed.pk, letter=proposed.mails.get().pk))
    assert violations(desk) == []


def test_axe_finds_nothing_where_something_is_wrong(desk, draft):
    desk.goto(f"/admin/catalogue/idea/{draft}/publish/")
    press(desk, "Publish")
    assert desk.locator(".errorlist").count() > 0
    assert violations(desk) == []
    desk.goto("/admin/catalogue/idea/1/change/")
    desk.get_by_label("Year it began:").fill("1492")
    press(desk, "Save")
    assert desk.locator(".errorlist").count() > 0
    assert violations(desk) == []


def test_redirects_are_tried_and_read_from_a_table_without_a_violation(context, base_url, editors, django_db_blocker):
    with django_db_blocker.unblock():
        keeper = editor("ada", "Administrators")
        log_in(context, keeper, base_url)
    page = context.new_page()
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.goto("/admin/catalogue/redirect/")
    assert violations(page) == []
    page.get_by_role("link", name="Try an address").click()
    page.get_by_label("Address").fill("https://www.citiesofmigration.ca/good_idea/welcome-back?lang=fr")
    press(page, "Try")
    assert [step.inner_text()[:3] for step in page.locator(".steps li").all()] == ["301", "200"]
    assert violations(page) == []
    page.goto("/admin/catalogue/redirect/import/")
    page.get_by_label("Or its lines").fill("path,to,note\n/a/,/about/,\n/ideas/,/about/,\n")
    press(page, "Check")
    assert "which no redirect may hide" in page.locator("table").inner_text()
    assert violations(page) == []
    assert not too_wide(page)
    page.goto("/admin/catalogue/miss/")
    assert violations(page) == []
    with django_db_blocker.unblock():
        keeper.delete()


@pytest.mark.parametrize("view", ["front", "form", "history", "withdraw"])
def test_desk_never_scrolls_sideways_on_a_phone(desk, draft, view):
    desk.set_viewport_size({"width": NARROW, "height": 900})
    desk.goto(VIEWS[view].format(draft=draft))
    assert too_wide(desk) == []


def test_axe_finds_nothing_on_two_versions(desk, other_desk, draft):
    form = address(Idea(pk=draft))
    desk.goto(form)
    other_desk.goto(form)
    other_desk.get_by_label("Summary:").fill("Theirs.")
    press(other_desk, "Save")
    desk.get_by_label("Summary:").fill("Mine.")
    press(desk, "Save")
    assert desk.locator(".conflict").count() == 1
    assert violations(desk) == []
