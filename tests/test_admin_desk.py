"""The desk as a place: its front, its lists, its roles, and the way back from where a role doesn't lead."""

from datetime import timedelta

import pytest
from django.contrib.admin import site as djangos_own
from django.test import Client
from django.utils import timezone

from catalogue.admin.desk import desk as the_desk
from catalogue.models import (
    Act,
    Adaptation,
    Audience,
    Body,
    Citation,
    City,
    Contact,
    Draft,
    Edition,
    Evidence,
    Idea,
    Inquiry,
    Link,
    Mail,
    Organisation,
    Page,
    Redirect,
    Resource,
    Submission,
    Theme,
    Topic,
)
from catalogue.models.noun import CatalogueModel, OutsideAct
from tests.desk import SAVED, address, editor, fields, page, send, text, with_row
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_resource, make_term

pytestmark = pytest.mark.django_db

NOUNS = [City, Organisation, Theme, Topic, Audience, Idea, Resource, Adaptation, Redirect, Page]


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


@pytest.fixture
def everything(client):
    """Somebody who may do all that the desk offers."""
    client.force_login(editor("root", is_superuser=True))
    return client


def test_every_noun_is_on_the_desk_and_none_on_djangos_own():
    on_the_desk = {model for model in the_desk._registry if issubclass(model, CatalogueModel)}
    assert set(NOUNS) <= on_the_desk
    assert [model for model in djangos_own._registry if issubclass(model, CatalogueModel)] == []


def test_a_write_outside_an_act_fails():
    idea = make_idea()
    with pytest.raises(OutsideAct):
        idea.save()


# Lists


def many(number: int) -> None:
    """So many of every noun, cheaply, and one idea with so many rows."""
    with Edition.act(why="made for a test") as act:
        act.touch_everything()
        start = City.objects.count()
        cities = City.objects.bulk_create(
            City(name=f"Town {start + n}", slug=f"town-{start + n}", country="CA") for n in range(number)
        )
        organisations = Organisation.objects.bulk_create(
            Organisation(name=f"O {start + n}", slug=f"many-{start + n}", city=city) for n, city in enumerate(cities)
        )
        ideas = Idea.objects.bulk_create(
            Idea(
                title=f"Idea {start + n}",
                slug=f"many-{start + n}",
                city=city,
                organisation=organisations[n],
                status="published",
                first_published=timezone.now(),
            )
            for n, city in enumerate(cities)
        )
        Body.objects.bulk_create(Body(idea=idea, text="Told.") for idea in ideas)
        for model in (Theme, Topic, Audience):
            name = model._meta.model_name
            model.objects.bulk_create(
                model(slug=f"{name}-{start + n}", name={"en": f"{name} {start + n}"}) for n in range(number)
            )
        resources = Resource.objects.bulk_create(
            Resource(title=f"R {start + n}", url=f"https://example.org/r{start + n}") for n in range(number)
        )
        Adaptation.objects.bulk_create(Adaptation(idea=idea, city=cities[-1]) for idea in ideas)
        Redirect.objects.bulk_create(Redirect(path=f"/old/{start + n}/", idea=idea) for n, idea in enumerate(ideas))
        Page.objects.bulk_create(
            Page(path=f"/about/p{start + n}/", title=f"P {start + n}", body="Told.") for n in range(number)
        )
        whole = ideas[0]
        Evidence.objects.bulk_create(
            Evidence(idea=whole, criterion="practical", claim=f"C {n}", resource=resources[n]) for n in range(number)
        )
        Citation.objects.bulk_create(Citation(idea=whole, resource=resource) for resource in resources)
        Adaptation.objects.bulk_create(
            Adaptation(idea=whole, city=city, organisation=organisations[n], became=ideas[n] if n else None)
            for n, city in enumerate(cities)
        )
    for n in range(number):
        Act.objects.create(why=f"act {n}")
        Draft.objects.create(kind=1, object_id=whole.pk, label=f"d {n}", fields={"fields": {}, "rows": {}})
        sent = Submission.objects.create(
            kind="correction", idea=whole, state="received", sent_at=timezone.now(), email="ana@example.org"
        )
        Mail.objects.post("received", sent)
        Link.objects.create(url=f"https://example.org/l{Link.objects.count()}", host="example.org")
        Inquiry.objects.create(idea=ideas[n], organisation=organisations[n])
        Contact.objects.create(organisation=organisations[n], email="office@example.org")


def test_every_list_takes_as_many_queries_for_three_rows_as_for_three_hundred(everything):
    models = [*NOUNS, Act, Draft, Submission, Mail, Link, Inquiry, Contact]

    def queries(least: int) -> dict[str, int]:
        found = {}
        for model in models:
            listed = address(model, "changelist")
            everything.get(listed)
            with CountedQueries() as counted:
                answer = everything.get(listed)
            (table,) = [e for e in page(answer).iter("table") if e.get("id") == "result_list"]
            assert len(table.findall("tbody/tr")) >= least, model
            found[model.__name__] = counted.number
        return found

    many(3)
    few = queries(3)
    many(297)
    assert queries(50) == few
    assert max(few.values()) <= 10


class CountedQueries:
    """How many queries are made inside."""

    def __enter__(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self._captured = CaptureQueriesContext(connection)
        self._captured.__enter__()
        return self

    def __exit__(self, *fault):
        self._captured.__exit__(*fault)
        self.number = len(self._captured)


def test_change_form_takes_as_many_queries_for_three_rows_as_for_thirty(desk, django_assert_num_queries):
    many(3)
    few_rows = Idea.objects.earliest("pk")
    many(30)
    many_rows = Idea.objects.filter(pk__gt=few_rows.pk + 2).earliest("pk")
    desk.get(address(few_rows))
    with CountedQueries() as few:
        desk.get(address(few_rows))
    with django_assert_num_queries(few.number):
        answer = desk.get(address(many_rows))
    assert fields(answer)["evidence-TOTAL_FORMS"] == ["30"]
    assert fields(answer)["adaptations-TOTAL_FORMS"] == ["31"]


def test_no_select_on_any_form_grows_with_the_catalogue(everything):
    def options() -> dict[tuple, int]:
        with Edition.act() as act:
            act.touch_everything()
            # These two stay few, and their selects list them all.
            for model in (Theme, Audience):
                model.objects.exclude(slug__endswith="-0").delete()
        nouns = [model.objects.order_by("pk").first() for model in NOUNS]
        return {
            (url, select.get("name")): len([o for o in select.iter("option") if o.get("selected") is None])
            for url in [address(noun) for noun in nouns] + [address(model, "add") for model in NOUNS]
            for select in page(everything.get(url)).iter("select")
        }

    many(3)
    few = options()
    assert len(few) > 30
    many(27)
    assert options() == few


def test_autocomplete_tells_namesakes_apart(desk):
    paris = make_city(name="Paris", region="Île-de-France", country="FR")
    texas = make_city(name="Paris", region="Texas", country="US")
    found = desk.get(
        "/admin/autocomplete/?term=paris&app_label=catalogue&model_name=idea&field_name=city", follow=True
    ).json()["results"]
    labels = {row["id"]: row["text"] for row in found}
    assert labels == {
        str(paris.pk): "Paris, Île-de-France, France",
        str(texas.pk): "Paris, Texas, United States",
    }


@pytest.mark.parametrize(
    "query", ["?status__exact=draft", "?verified=no", "?evidence=none", "?q=bread", "?q=bread&p=2"]
)
def test_list_of_ideas_can_be_narrowed(desk, query):
    make_idea(title="Bread", criteria=[])
    assert desk.get(address(Idea, "changelist") + query).status_code == 200


def test_list_filters_find_what_waits(desk):
    fresh = make_idea(title="Fresh", criteria=["practical"], last_verified=timezone.localdate())
    stale = make_idea(title="Stale", last_verified=timezone.localdate() - timedelta(days=400))
    never = make_idea(title="Never")

    def listed(query):
        rows = page(desk.get(address(Idea, "changelist") + query)).iter("th")
        return {text(th) for th in rows if "field-title" in th.get("class", "")}

    assert listed("?verified=no") == {stale.title, never.title}
    assert listed("?verified=yes") == {fresh.title}
    assert listed("?evidence=none") == {stale.title, never.title}


def test_view_on_site_is_offered_for_what_is_public(desk):
    idea, draft = make_idea(), make_idea(status="draft")
    links = {text(a): a.get("href") for a in page(desk.get(address(idea))).iter("a")}
    assert links["View on site"] == idea.get_absolute_url()
    assert "View on site" not in desk.get(address(draft)).content.decode()
    assert "View on site" not in desk.get(address(draft.city)).content.decode()


def test_markdown_is_shown_as_it_will_look(desk):
    idea = make_idea(body="## What was done\n\n**Much.** <script>x</script>")
    html = desk.get(address(idea)).content.decode()
    assert "<h2>What was done</h2>\n<p><strong>Much.</strong>" in html
    assert "<script>x" not in html


def test_idea_with_three_hundred_rows_is_saved_as_one_form(desk):
    idea = make_idea(criteria=["practical"])
    sent = fields(desk.get(address(idea)))
    for number in range(300):
        sent = with_row(sent, "evidence", criterion="successful", claim=f"Claim {number}.", basis="not-stated")
    assert sum(map(len, sent.values())) > 1_000
    assert send(desk, address(idea), sent, why="all that is known").status_code == SAVED
    assert idea.evidence.count() == 301


def test_form_larger_than_can_be_saved_says_what_to_do(desk):
    idea = make_idea()
    answer = send(desk, address(idea), fields(desk.get(address(idea))), more=["x"] * 4_000)
    assert answer.status_code == 400
    assert "Save it in two parts." in answer.content.decode()


# The front


def numbers(answer) -> dict[str, int]:
    (found,) = [e for e in page(answer).iter("ul") if e.get("class") == "desk-numbers"]
    return {text(a).split(" ", 1)[1]: int(text(a.find("strong"))) for a in found.iter("a")}


def test_front_counts_what_waits_and_leads_to_it(desk):
    make_idea(criteria=["practical"], last_verified=timezone.localdate())
    idea = make_idea()
    make_idea(status="draft", title="Half done", topics=())
    make_idea(status="scheduled", publish_at=timezone.now() + timedelta(days=1))
    Draft.objects.create(kind=idea.kind, object_id=idea.pk, label="Beside", fields={"fields": {}, "rows": {}})
    for url, day in (("https://a.example/", timezone.now()), ("https://b.example/", None)):
        Link.objects.create(url=url, failing_since=day, dead_since=day)
    for state in ("silent", "open"):
        Inquiry.objects.create(idea=idea, organisation=idea.organisation, state=state)
    answer = desk.get("/admin/")
    assert numbers(answer) == {
        "Proposed and nobody has it yet": 0,
        "In your hand to screen, or in review": 0,
        "Without a reader ask somebody": 0,
        "To decide all readers have advised": 0,
        "Overdue reviews reminded twice": 0,
        "Held back perhaps spam: look": 0,
        "Letters refused by the mail server, for good": 0,
        "Published what readers see": 2,
        "Views of ideas, in 30 days": 0,
        "Drafts not yet seen by readers": 1,
        "Scheduled published by themselves": 1,
        "Beside live pages changes not yet published": 1,
        "Unverified for a year or ever": 1,
        "Without evidence no criterion is met": 1,
        "Dead links addresses that no longer answer": 1,
        "Said to have ended or asked in vain": 1,
        "Translations offered read and publish them": 0,
        "Translations in your hand begun, or sent back": 0,
        "Translations out of date the original changed": 0,
    }
    (found,) = [e for e in page(answer).iter("ul") if e.get("class") == "desk-numbers"]
    for link in found.iter("a"):
        listed = page(desk.get(link.get("href")))
        rows = [row for row in listed.iter("tr") if any("field-" in cell.get("class", "") for cell in row)]
        assert len(rows) == int(text(link.find("strong"))), link.get("href")
    html = answer.content.decode()
    assert "Half done" in html
    assert "Choose at least one topic." in html


def test_front_takes_as_many_queries_for_three_ideas_as_for_three_hundred(desk, django_assert_num_queries):
    def some(number):
        many(number)
        for _ in range(min(number, 12)):
            make_idea(status="draft", topics=["sport"], sources=[make_resource()])

    some(3)
    desk.get("/admin/")
    with CountedQueries() as few:
        desk.get("/admin/")
    some(297)
    with django_assert_num_queries(few.number):
        desk.get("/admin/")
    assert few.number <= 30


# Roles

GROUPS = ["Readers", "Translators", "Editors", "Administrators"]
#: Who may change what; whoever may not may at most look.
CHANGES = {
    "Editors": {City, Organisation, Theme, Topic, Audience, Idea, Resource, Adaptation},
    "Administrators": {Redirect, Page},
    "Readers": set(),
    "Translators": set(),
}


def nouns():
    idea = make_idea(sources=[make_resource()], topics=["sport"], audiences=["women"])
    with Edition.act():
        redirect = Redirect.objects.create(path="/old/", idea=idea)
        about = Page.objects.create(path="/about/", title="About", body="We.")
    journey = make_adaptation(idea=idea, city=make_city())
    return [
        idea, idea.city, idea.organisation, idea.themes.get(), idea.topics.get(), idea.audiences.get(),
        idea.citations.get().resource, journey, redirect, about,
    ]  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_role_changes_what_it_may_and_nothing_else(client, group):
    client.force_login(editor("somebody", group))
    for noun in nouns():
        before, model = noun.snapshot(), type(noun)
        may = model in CHANGES[group]
        view, add = client.get(address(noun)), client.get(address(model, "add"))
        assert (add.status_code == 200) == may, model
        if view.status_code == 200:
            assert ("_save" in view.content.decode()) == may, model
        sent = {"title": "Else", "name": "Else", "why": "x", "version": ""}
        answer = client.post(address(noun), sent)
        assert answer.status_code == (200 if may else 403), model
        for verb in ("merge", "publish", "withdraw", "feature"):
            if any(v.name == verb for v in the_desk._registry[model].verbs):
                answer = client.post(address(noun, verb), {"why": "x", "reason": "x"})
                assert answer.status_code in ((200, 302) if may else (403,)), (model, verb)
        if not may:
            assert model.objects.get(pk=noun.pk).snapshot() == before


@pytest.mark.parametrize("group", GROUPS)
def test_role_sees_on_the_front_only_what_opens(client, group):
    nouns()
    client.force_login(editor("somebody", group))
    links = {a.get("href") for a in page(client.get("/admin/")).iter("a") if a.get("href", "").startswith("/admin/")}
    closed = [link for link in links - {"/admin/logout/"} if client.get(link).status_code != 200]
    assert closed == []
    assert ("/admin/catalogue/idea/add/" in links) == (group == "Editors")
    assert ("/admin/auth/user/" in links) == (group == "Administrators")


@pytest.mark.parametrize("view", ["history", "preview"])
def test_history_and_preview_are_open_to_whoever_sees_the_idea(client, view):
    idea = make_idea()
    client.force_login(editor("rosa", "Readers"))
    answer = client.get(address(idea, view))
    assert answer.status_code == 200
    assert "Bring this version back" not in answer.content.decode()


def test_bulk_actions_are_not_offered_to_readers(client):
    idea = make_idea()
    client.force_login(editor("rosa", "Readers"))
    rows = {"action": "feature_ideas", "_selected_action": [idea.pk], "_do": "1", "why": "x"}
    client.post(address(Idea, "changelist"), rows)
    idea.refresh_from_db()
    assert not idea.featured


def test_refusal_is_a_page_of_the_desk_with_a_way_back(client):
    client.force_login(editor("rosa", "Readers"))
    answer = client.get(address(Idea, "add"))
    assert answer.status_code == 403
    assert [text(h1) for h1 in page(answer).iter("h1")] == ["Not open to you"]
    links = {text(a): a.get("href") for a in page(answer).iter("a")}
    assert links["Back to the desk"] == "/admin/"


def test_what_isnt_there_is_said_and_not_a_fault(desk):
    for view in ("change", "history", "preview", "withdraw", "delete", "merge"):
        answer = desk.get(address(Idea(pk=9_999_999), view))
        assert answer.status_code in (SAVED, 404), view
    assert desk.get("/admin/catalogue/idea/nonsense/change/").status_code == SAVED
    assert desk.get("/admin/nothing/here/").status_code == 404


def test_accounts_are_for_administrators():
    for group, status in (("Editors", 403), ("Administrators", 200)):
        client = Client()
        client.force_login(editor(group.lower(), group))
        assert client.get("/admin/auth/user/").status_code == status


def test_pages_of_the_desk_hold_no_inline_script_or_style(everything):
    idea, draft = make_idea(criteria=["practical"], sources=[make_resource()]), make_idea(status="draft")
    make_organisation()
    kept = Draft.objects.create(kind=1, object_id=idea.pk, label="x", fields={"fields": {"title": ["y"]}, "rows": {}})
    make_term(Topic, "sport")
    addresses = ["/admin/", *(address(model, "changelist") for model in [*NOUNS, Act, Draft])]
    addresses += [address(idea, view) for view in ("change", "history", "withdraw", "verify", "merge", "preview")]
    addresses += [address(draft, view) for view in ("change", "schedule", "delete")]
    addresses += [address(idea, "draft", kept.pk), address(Topic, "add")]
    for url in addresses:
        answer = everything.get(url)
        assert answer.status_code == 200, url
        for element in page(answer).iter():
            handlers = [name for name in element.keys() if name.startswith("on") or name == "style"]
            assert handlers == [], url
            assert element.tag != "style", url
            if element.tag == "script":
                data = element.get("type", "").endswith("json")
                assert element.get("src") or data, url
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
