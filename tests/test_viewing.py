"""Views of ideas: counted from lines that know nobody, each once, and taken into the readers' order by an act a day."""

import gzip
import logging
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue import counting
from catalogue import index as indexes
from catalogue.counting import NoLog, count, is_somebody, line_of
from catalogue.models import Act, DailyViews, Edition, Idea, Popularity, ReadLog, Revision
from goodideas.environment import Environment, Stop
from goodideas.view_log import ViewLog
from tests.desk import address, editor, page, text
from tests.factories import make_idea

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def write(path, *slugs, day=TODAY, mode="a"):
    with path.open(mode, encoding="utf-8") as file:
        file.writelines(f"{line_of(slug, day)}\n" for slug in slugs)
    return path


def counted() -> dict:
    return {(row.idea.slug, row.day): row.count for row in DailyViews.objects.select_related("idea")}


@pytest.fixture
def log(tmp_path):
    return tmp_path / "views.log"


# What is noted


@pytest.fixture
def noted(settings, client, caplog):
    """Opens an address as a reader would, through the note-taker, and says which lines that left."""
    settings.VIEWS_LOG = "anything"
    others = [name for name in settings.MIDDLEWARE if name != "goodideas.view_log.ViewLog"]
    settings.MIDDLEWARE = ["goodideas.view_log.ViewLog", *others]
    caplog.set_level(logging.INFO, "goodideas.views")

    def open_it(path, method="get", agent=FIREFOX, **headers):
        caplog.clear()
        response = getattr(client, method)(path, headers={"user-agent": agent} | headers)
        return response, [record.getMessage() for record in caplog.records if record.name == "goodideas.views"]

    return open_it


def test_view_is_noted_as_a_number_the_day_and_the_slug(noted):
    make_idea(slug="mentors")
    _response, (line,) = noted("/ideas/mentors/")
    number, day, slug = line.split(" ")
    assert (len(number), day, slug) == (16, timezone.localdate().isoformat(), "mentors")
    assert noted("/ideas/mentors/")[1] != [line]


def test_page_from_the_cache_and_one_that_did_not_change_are_noted(noted, settings):
    make_idea(slug="mentors")
    settings.CACHES = {
        room: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": room}
        for room in ("default", "pages", "questions")
    }
    first, lines = noted("/ideas/mentors/")
    again, more = noted("/ideas/mentors/", **{"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code, len(lines), len(more)) == (200, 304, 1, 1)
    assert len(noted("/ideas/mentors/")[1]) == 1


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/ideas/mentors/", {"method": "head"}),
        ("/ideas/mentors/", {"agent": ""}),
        ("/ideas/mentors/", {"agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}),
        ("/ideas/mentors/", {"sec-purpose": "prefetch;prerender"}),
        ("/ideas/mentors/", {"purpose": "prefetch"}),
        ("/ideas/mentors/", {"sec-fetch-dest": "iframe"}),
        ("/ideas/mentors.json", {}),
        ("/ideas/mentors/guide/", {}),
        ("/ideas/draft/", {}),
        ("/ideas/old/", {}),
        ("/ideas/", {}),
        ("/nothing/here/", {}),
    ],
)
def test_what_is_no_view_is_not_noted(noted, path, asked):
    idea = make_idea(slug="old")
    make_idea(slug="draft", status="draft")
    with Edition.act():
        idea.slug = "mentors"
        idea.save()
    assert noted(path, **asked)[1] == []


def test_editor_at_work_is_not_noted(noted, client):
    make_idea(slug="mentors")
    client.force_login(editor())
    assert noted("/ideas/mentors/")[1] == []


def test_programs_are_told_from_readers_by_what_they_call_themselves():
    programs = [
        "",
        " ",
        "curl/8.5.0",
        "python-requests/2.32",
        "Twitterbot/1.0",
        "facebookexternalhit/1.1",
        "HeadlessChrome",
    ]
    readers = [
        FIREFOX,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
        "Lynx/2.9",
    ]
    assert [is_somebody(agent) for agent in programs + readers] == [False] * len(programs) + [True] * len(readers)


def test_nothing_is_noted_unless_a_file_is_named(settings, monkeypatch, tmp_path):
    from django.core.exceptions import MiddlewareNotUsed

    assert settings.VIEWS_LOG == ""
    with pytest.raises(MiddlewareNotUsed):
        ViewLog(lambda request: None)
    monkeypatch.setenv("VIEWS_LOG", str(tmp_path / "no" / "views.log"))
    with pytest.raises(Stop, match="there is no folder"):
        Environment(tmp_path).log_file("VIEWS_LOG")


# What is counted


def test_lines_are_counted_by_idea_and_day(log):
    make_idea(slug="one"), make_idea(slug="two")
    write(log, "one", "two", "one")
    write(log, "one", day=TODAY - timedelta(days=1))
    assert count(log, TODAY) == counting.Counted(views=4)
    assert counted() == {("one", TODAY): 2, ("two", TODAY): 1, ("one", TODAY - timedelta(days=1)): 1}


def test_line_is_counted_once_however_often_and_under_whatever_name(log, tmp_path):
    make_idea(slug="one")
    write(log, "one", "one")
    count(log, TODAY)
    count(log, TODAY)
    copied, packed = tmp_path / "views.log.1", tmp_path / "views.log.2.gz"
    write(log, "one")
    copied.write_bytes(log.read_bytes())
    packed.write_bytes(gzip.compress(log.read_bytes()))
    # Cut where it lay, as some tools do, and begun anew.
    write(log, "one", mode="w")
    for path in (copied, packed, log, copied, packed, log):
        count(path, TODAY)
    assert counted() == {("one", TODAY): 4}


def test_line_that_is_being_written_is_counted_when_it_is_whole(log):
    make_idea(slug="one")
    write(log, "one")
    begun = line_of("one", TODAY)
    with log.open("a") as file:
        file.write(begun[:30])
    assert count(log, TODAY) == counting.Counted(views=1)
    with log.open("a") as file:
        file.write(begun[30:] + "\n")
    assert count(log, TODAY) == counting.Counted(views=1)
    assert counted() == {("one", TODAY): 2}


def test_long_file_is_counted_in_portions(log, monkeypatch):
    monkeypatch.setattr(counting, "PORTION", 3)
    make_idea(slug="one")
    write(log, *["one"] * 7)
    assert count(log, TODAY).views == 7
    assert (counted(), ReadLog.objects.get().read) == ({("one", TODAY): 7}, log.stat().st_size)


def test_counting_that_is_broken_off_has_counted_nothing_of_its_portion(log, monkeypatch):
    make_idea(slug="one")
    write(log, "one")
    real = ReadLog.save
    monkeypatch.setattr(ReadLog, "save", lambda self, *args, **more: 1 / 0 if self.read else real(self, *args, **more))
    with pytest.raises(ZeroDivisionError):
        count(log, TODAY)
    monkeypatch.undo()
    assert counted() == {}
    count(log, TODAY)
    assert counted() == {("one", TODAY): 1}


def test_views_of_drafts_and_of_what_is_gone_are_never_counted(log):
    make_idea(slug="draft", status="draft")
    make_idea(slug="gone").withdraw(reason="It never happened.")
    write(log, "draft", "gone", "never-was")
    assert count(log, TODAY) == counting.Counted(others=3)
    assert DailyViews.objects.count() == 0


def test_views_under_an_old_slug_or_before_a_merger_are_those_of_the_idea_now(log):
    renamed, loser, winner = make_idea(slug="old"), make_idea(slug="loser"), make_idea(slug="winner")
    write(log, "old", "loser", "winner")
    with Edition.act():
        renamed.slug = "renamed"
        renamed.save()
    loser.merge_into(winner)
    count(log, TODAY)
    assert counted() == {("renamed", TODAY): 1, ("winner", TODAY): 2}


def test_lines_that_say_nothing_are_passed_over_and_told(log):
    make_idea(slug="one")
    write(log, "one")
    with log.open("ab") as file:
        file.write(b"\x00\xff\n\n0123456789abcdef 2026-02-31 one\n127.0.0.1 - GET /ideas/one/\n")
    write(log, "one", day=TODAY + timedelta(days=2))
    assert count(log, TODAY) == counting.Counted(views=1, unread=5)


def test_file_that_is_no_log_of_views_is_refused_and_the_others_counted(log, tmp_path):
    make_idea(slug="one")
    write(log, "one", day=timezone.localdate())
    other = tmp_path / "access.log"
    other.write_text("127.0.0.1 - GET /\n")
    missing = tmp_path / "missing.log"
    with pytest.raises(CommandError) as fault:
        call_command("count_views", str(other), str(missing), str(log), stdout=StringIO())
    first, second = str(fault.value).split("\n")
    assert first == f"{other} is no log of views: its first line says something else."
    assert "No such file" in second
    assert DailyViews.objects.get().count == 1


def test_file_that_was_cut_is_not_counted_again(log):
    make_idea(slug="one")
    write(log, "one", "one")
    count(log, TODAY)
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(NoLog, match="is shorter than what was counted"):
        count(log, TODAY)
    assert counted() == {("one", TODAY): 2}


# What readers see


def viewed(**views: int) -> None:
    for slug, times in views.items():
        idea = Idea.objects.get(slug=slug)
        DailyViews.objects.add({(idea.pk, TODAY - timedelta(days=1)): times})


def slugs(client, query="?sort=viewed"):
    return [result["slug"] for result in client.get(f"/ideas.json{query}").json()["results"]]


def test_most_viewed_come_first_then_the_rest_newest_first(client):
    for slug in ("a", "b", "c", "d"):
        make_idea(slug=slug)
    viewed(b=2, a=5)
    assert slugs(client) == ["d", "c", "b", "a"]
    Popularity.renew(TODAY)
    assert slugs(client) == ["a", "b", "d", "c"]
    make_idea(slug="e")
    Idea.objects.get(slug="a").withdraw(reason="It never happened.")
    assert slugs(client) == ["b", "e", "d", "c"]


def test_order_moves_in_one_act_a_day_that_is_no_news(client):
    one, two = make_idea(slug="one"), make_idea(slug="two")
    before = client.get("/ideas.json").json()
    viewed(one=1)
    assert Popularity.renew(TODAY) is not None
    act = Act.objects.get(edition=Edition.current())
    assert (act.why, act.by) == ("views until 2026-03-09", None)
    assert [(r.label, r.is_news) for r in act.revisions.all()] == [("order of the most viewed, 2026-03-09", False)]
    assert client.get("/ideas.json").json()["results"] == before["results"]
    edition = Edition.current()
    viewed(two=5)
    assert (Popularity.renew(TODAY), Edition.current()) == (None, edition)
    assert Popularity.renew(TODAY + timedelta(days=1)) is not None
    assert slugs(client) == [two.slug, one.slug]


def test_order_that_is_the_same_makes_no_edition():
    make_idea(slug="one")
    viewed(one=1)
    Popularity.renew(TODAY)
    edition = Edition.current()
    viewed(one=1)
    assert (Popularity.renew(TODAY + timedelta(days=1)), Edition.current()) == (None, edition)
    assert Revision.objects.filter(kind=Popularity.kind).count() == 1


def test_views_of_today_and_of_more_than_a_year_ago_do_not_count(client):
    one, two = make_idea(slug="one"), make_idea(slug="two")
    DailyViews.objects.add(
        {(one.pk, TODAY): 9, (one.pk, TODAY - timedelta(days=366)): 9, (two.pk, TODAY - timedelta(days=365)): 1}
    )
    Popularity.renew(TODAY)
    assert Popularity.ideas().tolist() == [two.pk]


def test_list_offers_the_order_once_views_were_counted(client):
    make_idea(slug="one")

    def offered(path="/ideas/"):
        (line,) = [e for e in page(client.get(path)).iter("p") if e.get("class") == "sort"]
        return [text(e) for e in line][1:]

    assert offered() == ["Newest", "Title", "City"]
    assert offered("/ideas/?sort=viewed") == ["Newest", "Title", "City", "Most viewed"]
    viewed(one=1)
    Popularity.renew(TODAY)
    assert offered() == ["Newest", "Title", "City", "Most viewed"]
    assert text(page(client.get("/ideas/?sort=viewed")).find(".//title")) == "Ideas, by most viewed – Good Ideas"


def test_new_order_is_read_without_building_the_index_anew():
    make_idea(slug="one")
    old = indexes.current()
    viewed(one=1)
    Popularity.renew(TODAY)
    with CaptureQueriesContext(connection) as queries:
        new = indexes.current()
    assert (new["city"] is old["city"], new.orders["title"] is old.orders["title"]) == (True, True)
    assert len(queries) <= 6


# What editors see


def test_editors_see_how_often_ideas_were_viewed(client):
    idea, other = make_idea(title="Mentors"), make_idea(title="Meals")
    today = timezone.localdate()
    DailyViews.objects.add({(idea.pk, today): 3, (idea.pk, today - timedelta(days=40)): 4, (other.pk, today): 1})
    make_idea(title="Draft", status="draft")
    client.force_login(editor())
    form = page(client.get(address(idea)))
    assert "3 in the last 30 days, 7 in the last 365." in text(form)
    assert "None counted in a year." in text(page(client.get(address(make_idea()))))
    lists = list(page(client.get(address(Popularity, "changelist"))).iter("ol"))
    told = [[(text(item.find("a")), text(item.find("span")).split(", ")[-1]) for item in found] for found in lists]
    assert told == [[("Mentors", "3 views"), ("Meals", "1 view")], [("Mentors", "7 views"), ("Meals", "1 view")]]
    assert "4 Views of ideas, in 30 days" in text(page(client.get("/admin/")))


def test_history_tells_of_the_order_like_of_any_noun(client):
    make_idea(slug="one")
    viewed(one=1)
    Popularity.renew(TODAY)
    client.force_login(editor())
    response = client.get(address(Popularity.objects.get(), "history"))
    assert (response.status_code, "views until 2026-03-09" in response.content.decode()) == (200, True)
    act = Act.objects.get(edition=Edition.current())
    assert client.get(address(act)).status_code == 200
    assert client.get(address(Popularity, "changelist"), follow=True).status_code == 200


def test_readers_of_the_desk_alone_may_not_see_what_strangers_may_not(client):
    assert client.get(address(Popularity, "changelist")).status_code == 302
