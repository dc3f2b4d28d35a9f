"""What the catalogue lacks: gaps by theme and region, searches in vain and how little is kept of them, proposals."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.countries import CODES
from catalogue.models import Act, Edition, Idea, Submission, Wanted
from catalogue.models import wanted as wantings
from catalogue.regions import REGIONS
from tests.desk import address, editor, page, text
from tests.factories import make_city, make_idea, make_submission

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


def table(response) -> dict[str, list[str]]:
    rows = [row for row in page(response).iter("tr") if row.find("td") is not None]
    return {text(row.find("th")): [text(cell) for cell in row.iter("td")] for row in rows}


def lists(response) -> list[list[str]]:
    return [
        [text(row) for row in found.iter("li")]
        for found in page(response).iter("ul")
        if found.get("class") == "desk-list"
    ]


def asked_before(words: str, *, days: int) -> None:
    """As though somebody had looked for it on so many days until yesterday."""
    for number in range(days, 0, -1):
        Wanted.objects.note(words)
        Wanted.objects.update(last_day=TODAY - timedelta(days=number))


def test_every_country_is_in_one_region():
    countries = [code for region in REGIONS for code in region.countries]
    assert sorted(countries) == sorted(CODES)


def test_coverage_counts_published_ideas_and_marks_gaps(desk):
    make_idea(city=make_city(country="CA"), themes=["work", "live"])
    make_idea(city=make_city(country="US"), themes=["work"])
    make_idea(city=make_city(country="SE"), themes=["live"])
    make_idea(city=make_city(country="SE"), themes=["work"], status=Idea.Status.DRAFT)
    make_idea(city=make_city(country="KE"), themes=["work"]).withdraw(reason="It was made up.")
    answer = desk.get(reverse("admin:coverage"))
    assert table(answer) == {"Northern America": ["1", "2", "2"], "Northern Europe": ["1", "none", "1"]}
    without = next(text(p) for p in page(answer).iter("p") if text(p).startswith("Regions without"))
    assert "Eastern Africa" in without
    assert "Northern Europe" not in without


def test_coverage_leads_to_the_list_behind_each_number(desk, client):
    for country, themes in (("CA", ["work"]), ("US", ["work", "live"]), ("SE", ["live"])):
        make_idea(city=make_city(country=country), themes=themes)
    answer = page(desk.get(reverse("admin:coverage")))
    cells = [link for cell in answer.iter("td") for link in cell.iter("a")]
    links = [link for link in cells if text(link) != "none"]
    assert (len(cells), len(links)) == (6, 5)
    for link in links:
        found = client.get(link.get("href").replace("/ideas/?", "/ideas.json?")).json()
        assert str(found["count"]) == text(link), link.get("href")
    (gap,) = [link.get("href") for link in cells if text(link) == "none"]
    drafts = [link.get("href") for head in answer.iter("thead") for link in head.iter("a")]
    assert gap in drafts
    waiting = make_idea(themes=["work"], status=Idea.Status.DRAFT, title="On its way")
    assert [waiting.title in desk.get(link).content.decode() for link in drafts] == [link == gap for link in drafts]


def test_coverage_is_for_those_who_work_on_ideas(client):
    for group, status in (("Editors", 200), ("Readers", 403), ("Translators", 403), ("Administrators", 403)):
        client.force_login(editor(group, group))
        assert client.get(reverse("admin:coverage")).status_code == status, group
    client.logout()
    assert client.get(reverse("admin:coverage")).status_code == 302


def test_front_leads_editors_to_coverage(desk):
    links = [link.get("href") for link in page(desk.get("/admin/")).iter("a")]
    assert reverse("admin:coverage") in links


def test_coverage_takes_as_many_queries_for_three_as_for_thirty(desk):
    def queries() -> int:
        desk.get(reverse("admin:coverage"))
        with CaptureQueriesContext(connection) as found:
            desk.get(reverse("admin:coverage"))
        return len(found)

    def some(number):
        for _ in range(number):
            make_idea(city=make_city(country="SE"))
            make_submission(state="received", sent_at=timezone.now(), country="KE")
            asked_before("a" * number, days=3)

    some(3)
    few = queries()
    some(27)
    assert queries() == few


# Searches in vain


def test_search_in_vain_is_read_once_asked_for_on_three_days(client, desk):
    make_idea(title="Something else")
    asked_before("Bee-keeping", days=2)
    assert Wanted.objects.get().words == ""
    for _ in range(5):
        client.get("/ideas/?q=beekeeping")
        client.get("/ideas/?q=BEE+keeping")
    row = Wanted.objects.get(words="bee keeping")
    assert (row.days, row.last_day) == (3, TODAY)
    assert lists(desk.get(reverse("admin:coverage"))) == [[f"bee keeping on 3 days, last on {TODAY}"]]
    # The other spelling was asked for on one day, however often.
    assert list(Wanted.objects.exclude(pk=row.pk).values_list("words", "days")) == [("", 1)]


def test_search_in_vain_keeps_a_digest_and_days_and_nothing_of_who_asked(client):
    client.get("/ideas/?q=Amina", headers={"referer": "https://example.org/", "user-agent": "Ada"})
    (row,) = Wanted.objects.values()
    assert sorted(row) == ["days", "digest", "id", "last_day", "words"]
    assert (row["words"], row["days"], row["last_day"]) == ("", 1, TODAY)
    assert "amina" not in row["digest"]


@pytest.mark.parametrize(
    "words",
    [
        "ana@example.org",
        "0151 2345",
        "case 17",
        "my name is ana and i live in ghent",
        "x" * 61,
        "the",
        "-bread",
        "  ",
    ],
)
def test_search_that_may_name_somebody_or_asks_for_nothing_is_not_counted(client, words):
    make_idea(title="Naan")
    assert client.get("/ideas/", {"q": words}).status_code == 200
    assert Wanted.objects.count() == 0


def test_search_that_finds_something_is_not_counted_nor_one_that_a_filter_narrows(client):
    make_idea(title="Naan in the park", themes=["work"])
    make_idea(title="Mentors", themes=["live"])
    for query in ("q=naan", "q=naann", "q=naan&theme=live", "theme=work", "q="):
        assert client.get(f"/ideas/?{query}").status_code == 200
    assert Wanted.objects.count() == 0


def test_search_in_vain_is_no_act_and_makes_no_edition(client):
    client.get("/ideas/?q=bees")
    assert (Wanted.objects.count(), Act.objects.count(), Edition.current()) == (1, 0, 0)


def test_searches_in_vain_never_grow_beyond_their_bound(client, monkeypatch):
    monkeypatch.setattr(wantings, "MOST", 4)
    asked_before("beekeeping", days=3)
    for letter in "abcdefgh":
        client.get(f"/ideas/?q=nothing{letter}")
        assert Wanted.objects.count() <= 4
    assert list(Wanted.objects.told().values_list("words", flat=True)) == ["beekeeping"]


def test_editor_deletes_a_search_that_should_not_stand_there(desk):
    asked_before("ana example", days=3)
    Wanted.objects.note("never told")
    row = Wanted.objects.told().get()
    listed = desk.get(address(Wanted, "changelist")).content.decode()
    assert "ana example" in listed
    sent = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    desk.post(address(Wanted, "changelist"), sent)
    assert not Wanted.objects.told().exists()


# What was proposed


def test_coverage_counts_what_was_proposed_and_names_nobody(desk):
    make_idea(city=make_city(country="CA"), themes=["work", "live"])
    now = timezone.now()

    def propose(themes, country, **values):
        answers = {"what": {"title": "A secret title", "themes": themes}}
        make_submission(**{"state": "received", "sent_at": now, "answers": answers, "country": country} | values)

    propose(["work", "live"], "CA")
    propose(["work", "gone"], "KE", state="declined", decided_at=now)
    propose(["work"], "KE")
    propose(["live"], "SE", held_back=True)
    propose(["live"], "SE", state=Submission.State.STARTED, sent_at=None)
    answer = desk.get(reverse("admin:coverage"))
    assert lists(answer) == [
        ["Work 3", "Live 1"],
        ["Kenya no idea from there yet 2", "Canada 1"],
    ]
    assert "A secret title" not in answer.content.decode()
    assert "Ana Example" not in answer.content.decode()
