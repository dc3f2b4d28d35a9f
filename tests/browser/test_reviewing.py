"""Reviewing in a browser: from received to published through readers who disagree; declined, sent back, withdrawn."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from catalogue import index
from catalogue.mail import words_of
from catalogue.models import Act, City, Edition, Event, Idea, Mail, Organisation, Resource, Submission
from tests.browser.pages import NARROW, WIDE
from tests.browser.test_desk import follow, log_in, press, violations
from tests.browser.test_pages import too_wide
from tests.desk import address, editor
from tests.reviewing import advise, reader, received

pytestmark = pytest.mark.browser

PUBLIC, OPEN = "/ideas/repair-evenings/", "/admin/catalogue/review/open/"


@pytest.fixture(scope="module")
def people(base_url, django_db_blocker):
    """An editor and three readers; what they make goes with them, for the other tests only read."""
    with django_db_blocker.unblock():
        found = {"mira": editor("mira", email="mira@example.org")}
        found |= {name: reader(name) for name in ("rita", "ravi", "rosa")}
        last = {model: model.objects.latest("pk").pk for model in (Idea, Organisation, City, Resource)}
        yield found
        Submission.objects.all().delete()
        with Edition.act(why="tidied up") as act:
            act.touch_everything()
            for model, pk in last.items():
                model.objects.filter(pk__gt=pk).delete()
        Act.objects.filter(by__in=found.values()).delete()
        User.objects.filter(pk__in=[person.pk for person in found.values()]).delete()
        index.forget()


@pytest.fixture
def scripts() -> bool:
    """Whether the readers' browsers run scripts; nothing that they do needs one."""
    return False


@pytest.fixture
def desks(people, browser, base_url, scripts):
    """For each of them a browser of their own."""
    contexts = {
        # axe must not meet a colour on its way from day to night.
        name: browser.new_context(
            base_url=base_url, java_script_enabled=scripts or name == "mira", reduced_motion="reduce"
        )
        for name in people
    }
    pages = {}
    for name, context in contexts.items():
        log_in(context, people[name], base_url)
        pages[name] = context.new_page()
    yield pages
    for context in contexts.values():
        context.close()


@pytest.fixture
def submission(people):
    # A city that the collection doesn't know.
    made = received(city="Ostend")
    yield made
    made.delete()


def story(submission) -> list[tuple[str, str]]:
    return [(event.what, event.by_name) for event in Event.objects.filter(submission=submission).order_by("pk")]


def letters(submission) -> list[tuple[str, str]]:
    """Every letter, with the subject that it has when it is read."""
    mails = Mail.objects.filter(submission=submission).order_by("pk")
    return [(mail.to.partition("@")[0], words_of(mail).subject.partition(":")[0]) for mail in mails]


def open_it(page, submission):
    page.goto(address(submission))


def take_and_screen(page, submission):
    """The editor's way to the readers, by the numbers on the front and one key for each question."""
    page.goto("/admin/")
    page.get_by_role("link", name="Proposed and nobody has it yet").click()
    page.get_by_role("link", name="Repair evenings").first.click()
    press(page, "Take it in hand")
    answer_by_keys(page)
    press(page, "Give it to readers")


def answer_by_keys(page):
    for key in "qwt":
        with page.expect_navigation():
            access(page, key)


def access(page, key: str):
    """Presses an access key. Playwright’s keyboard leaves out the letter that tells which."""
    keyboard = page.context.new_cdp_session(page)
    pressed = {"modifiers": 1, "key": key, "code": f"Key{key.upper()}"}
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": key, "unmodifiedText": key} | pressed)
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp"} | pressed)
    keyboard.detach()


def ask(page, submission, name: str):
    open_it(page, submission)
    follow(page, "Ask a reader")
    page.get_by_label("Reader:").select_option(label=name)
    press(page, "Ask a reader")


def read(page, recommendation: str, **findings):
    """A reader's way, from their number on the front to the review handed in."""
    page.goto("/admin/")
    page.get_by_role("link", name="To read you are asked for it").click()
    page.get_by_role("link", name="Repair evenings").first.click()
    main = page.locator("main, #content").first
    expect(main).not_to_contain_text("They mend bicycles together.")
    page.get_by_role("button", name="No: I can judge it freely").click()
    expect(main).to_contain_text("They mend bicycles together.")
    expect(main).not_to_contain_text("ana@example.org")
    page.locator(".object-tools").get_by_role("link", name="Write the review").click()
    for criterion in ("practical", "innovative", "successful", "transferable"):
        finding = findings.get(criterion, "met")
        page.locator(f"input[name={criterion}-finding][value={finding}]").check()
        if finding != "not-shown":
            page.locator(f"select[name={criterion}-ground]").select_option("https://example.org/report")
    page.get_by_label(recommendation).check()
    page.get_by_label("For the editors:").fill(f"I found it so: {recommendation}")
    page.get_by_role("button", name="Write the review").click()
    expect(page.locator(".messagelist")).to_contain_text("The editors have your advice.")


def test_from_received_to_published_through_readers_who_disagree_and_a_third(desks, submission, base_url):
    mira = desks["mira"]
    take_and_screen(mira, submission)
    for name in ("rita", "ravi"):
        ask(mira, submission, name)
    read(desks["rita"], "Accept it")
    read(desks["ravi"], "Decline it", successful="not-shown")

    # They disagree: a third takes it from what is open.
    open_it(mira, submission)
    expect(mira.locator("#content")).to_contain_text("1 reader is still asked for.")
    rosa = desks["rosa"]
    rosa.goto("/admin/")
    rosa.get_by_role("link", name="Open to readers take what you like").click()
    rosa.get_by_role("button", name="Read it Repair evenings").click()
    read(rosa, "Accept it", innovative="partly")
    assert mira.request.get(f"{base_url}{PUBLIC}").status == 404

    # Accepted, with a city and an organisation that are new to the catalogue.
    mira.goto("/admin/")
    mira.get_by_role("link", name="To decide all readers have advised").click()
    mira.get_by_role("link", name="Repair evenings").first.click()
    follow(mira, "Accept it as a draft idea")
    press(mira, "Accept it as a draft idea")
    assert mira.locator(".errorlist").all_inner_texts() == ["Say which city it is.", "Say which organisation it is."]
    for name in ("place", "leader"):
        mira.locator(f"input[name={name}][value=new]").check()
    mira.get_by_label("Message to the submitter:").fill("Well told.")
    press(mira, "Accept it as a draft idea")
    mira.locator("#content").get_by_role("link", name="Repair evenings").first.click()
    with Edition.act(why="filed by a colleague"):
        idea = Idea.objects.latest("pk")
        idea.topics.set([Idea.topics.rel.model.objects.first()])
    assert mira.request.get(f"{base_url}{PUBLIC}").status == 404
    follow(mira, "Publish")
    press(mira, "Publish")
    mira.goto(PUBLIC)
    expect(mira.get_by_role("heading", level=1)).to_contain_text("Repair evenings")

    assert story(submission) == [
        ("claimed", "mira"),
        *[("screened", "mira")] * 3,
        ("in-review", "mira"),
        *[("assigned", "mira")] * 2,
        *[("declared", "rita"), ("read", "rita")],
        *[("declared", "ravi"), ("read", "ravi")],
        *[("assigned", "rosa"), ("declared", "rosa"), ("read", "rosa")],
        ("accepted", "mira"),
        ("published", "mira"),
    ]
    assert letters(submission) == [
        ("ana", "Readers have it"),
        ("rita", "Please read"),
        ("ravi", "Please read"),
        ("ana", "Accepted"),
        ("ana", "Published"),
    ]
    found = idea.assessment
    assert (found.readers, found.practical, found.innovative, found.successful) == (3, "met", "met", "met")

    # Its submitter sees every state in words, and nothing of who read it.
    mira.goto(submission.get_absolute_url())
    assert mira.locator(".register b").all_inner_texts() == [
        "Published",
        "Accepted",
        "Given to readers",
        "An editor has it in hand",
    ]
    expect(mira.get_by_role("main")).not_to_contain_text("rita")


def test_another_is_declined_with_a_ready_reason(desks, submission):
    mira = desks["mira"]
    take_and_screen(mira, submission)
    open_it(mira, submission)
    follow(mira, "Decline")
    press(mira, "Decline")
    assert mira.locator(".errorlist").all_inner_texts() == ["Write what the submitter should know."]
    mira.get_by_label("Message to the submitter:").fill("Dear Ana,")
    press(mira, "Still a plan")
    text = mira.get_by_label("Message to the submitter:").input_value()
    assert text.startswith("Dear Ana,\n\nThis is still a plan.")
    press(mira, "Decline")
    assert letters(submission) == [("ana", "Readers have it"), ("ana", "Not accepted")]
    mira.goto(submission.get_absolute_url())
    expect(mira.get_by_role("heading", level=1)).to_have_text("Not accepted")
    expect(mira.get_by_role("main")).to_contain_text("This is still a plan.")


def test_another_is_sent_back_twice(desks, submission, base_url, browser):
    mira = desks["mira"]
    page = browser.new_context(base_url=base_url, java_script_enabled=False).new_page()
    submission.complete = ["what", "where", "done", "results", "links", "you"]
    submission.save()
    take_and_screen(mira, submission)
    ask(mira, submission, "rita")
    for question in ("Which day of the week?", "And at what time?"):
        open_it(mira, submission)
        follow(mira, "Ask for changes")
        mira.get_by_label("Message to the submitter:").fill(question)
        press(mira, "Ask for changes")
        page.goto(submission.get_absolute_url())
        expect(page.get_by_role("main")).to_contain_text(question)
        page.get_by_role("link", name="Look it over, and send it").click()
        page.get_by_role("button", name="Send to the editors").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("An editor has it in hand")
        open_it(mira, submission)
        answer_by_keys(mira)
        press(mira, "Give it to readers")
    page.context.close()
    once = [("asked", "mira"), ("changed", ""), *[("screened", "mira")] * 3, ("in-review", "mira")]
    begun = [("claimed", "mira"), *[("screened", "mira")] * 3, ("in-review", "mira"), ("assigned", "mira")]
    assert story(submission) == [*begun, *once, *once]
    assert letters(submission) == [
        ("ana", "Readers have it"),
        ("rita", "Please read"),
        ("ana", "The editors ask you something"),
        ("rita", "No longer needed"),
        ("ana", "Readers have it"),
        ("ana", "The editors ask you something"),
        ("ana", "Readers have it"),
    ]


def test_another_is_withdrawn_in_the_middle_of_a_review(desks, submission):
    mira, rita = desks["mira"], desks["rita"]
    take_and_screen(mira, submission)
    ask(mira, submission, "rita")
    rita.goto("/admin/")
    rita.get_by_role("link", name="To read you are asked for it").click()
    rita.get_by_role("link", name="Repair evenings").first.click()
    rita.get_by_role("button", name="No: I can judge it freely").click()
    rita.locator(".object-tools").get_by_role("link", name="Write the review").click()
    mira.goto(f"{submission.get_absolute_url()}withdraw/")
    mira.get_by_role("button", name="Yes, withdraw it").click()
    expect(mira.get_by_role("heading", level=1)).to_have_text("Withdrawn")
    # The reader was writing: they are told, and what they wrote still stands there.
    for criterion in ("practical", "innovative", "successful", "transferable"):
        rita.locator(f"input[name={criterion}-finding][value=not-shown]").check()
    rita.get_by_label("Decline it").check()
    rita.get_by_label("For the editors:").fill("I had begun.")
    rita.get_by_role("button", name="Write the review").click()
    expect(rita.locator(".errorlist")).to_have_text("Nothing was done: this review is closed. Called off.")
    expect(rita.get_by_label("For the editors:")).to_have_value("I had begun.")
    expect(rita.locator("#content .module")).to_have_count(1)
    assert story(submission)[-2:] == [("declared", "rita"), ("withdrawn", "")]
    assert letters(submission)[1:] == [("rita", "Please read"), ("rita", "No longer needed")]


@pytest.mark.parametrize("scripts", [True])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_axe_finds_nothing_where_it_is_reviewed(desks, submission, people, width):
    mira = people["mira"]
    submission.claim(by=mira)
    pages = [("mira", address(submission)), ("mira", address(submission, "decline"))]
    look(desks, pages, width)
    for question in ("scope", "new", "complete"):
        submission.screen(question, True, by=mira)
    submission.open_review(by=mira)
    submission.note("Ask Omar about this.", by=mira)
    review = submission.assign(people["rita"], by=mira)
    look(desks, [("mira", address(submission, "assign")), ("rita", address(review)), ("ravi", OPEN)], width)
    review.declare(False, by=people["rita"])
    look(desks, [("rita", address(review, "finish")), ("mira", address(submission, "draft"))], width)
    advise(review, successful="not-shown", words="Figures are missing.")
    look(desks, [("mira", address(submission)), ("mira", address(review))], width)


def look(desks, pages, width):
    for name, path in pages:
        desks[name].set_viewport_size({"width": width, "height": 900})
        desks[name].goto(path)
        assert violations(desks[name]) == [], path
        assert too_wide(desks[name]) == [], path
