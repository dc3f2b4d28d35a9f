"""Cited addresses: visited in turn, each visit remembered, and readers told in one act of what changed for them."""

import ssl
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue import checking, duties
from catalogue.checking import NoWayOut, Round, check_all, check_some, in_turn, tell
from catalogue.models import Act, Edition, Link, Resource, Visit
from catalogue.models.link import REMEMBERED
from catalogue.visiting import Outcome, Seen
from tests.desk import address, editor, errors, fill
from tests.factories import make_idea, make_organisation, make_resource
from tests.web import OUTSIDE, Web, answer

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
GOOD, LOST = Seen(Outcome.GOOD, 200), Seen(Outcome.NOT_FOUND, 404)


@pytest.fixture
def web():
    made = Web()
    yield made
    made.close()


@pytest.fixture
def witness(web, monkeypatch):
    """Somebody who always answers, and can show who it is."""
    monkeypatch.setattr(checking, "WITNESSES", (web.page("https://secure.example/"),))


def make_cited(url: str, **values) -> Resource:
    """A resource that readers see, among the sources of an idea."""
    resource = make_resource(url=url)
    make_idea(sources=[resource], **values)
    return resource


def make_link(url="http://good.example/", **values) -> Link:
    return Link.objects.create(url=url, host="good.example", **values)


def make_dead(url: str, **values) -> Resource:
    """A cited address that failed on two days, and of which readers know nothing yet."""
    resource = make_cited(url, **values)
    Link.objects.gather()
    link, now = Link.objects.get(url=url), timezone.now()
    link.note(LOST, now - 2 * DAY)
    link.note(LOST, now)
    return resource


# What is visited


def test_every_address_that_the_catalogue_names_is_gathered_once():
    make_cited("https://a.example/", web_address="https://www.idea.example/x")
    make_organisation(web_address="https://a.example/")
    make_organisation(web_address="https://o.example/")
    assert (Link.objects.gather(), Link.objects.gather()) == (3, 0)
    assert list(Link.objects.values_list("url", "host")) == [
        ("https://a.example/", "a.example"),
        ("https://www.idea.example/x", "idea.example"),
        ("https://o.example/", "o.example"),
    ]


def test_address_that_nobody_names_any_more_is_forgotten_when_its_turn_comes(web):
    link = make_link(url=web.page("http://good.example/"))
    Round(web.visitor()).visit(link)
    assert (Link.objects.count(), web.heard) == (0, [])


def test_sites_take_turns_and_none_is_visited_twice_within_the_pause(monkeypatch):
    now, slept = [0.0], []
    monkeypatch.setattr(checking.time, "monotonic", lambda: now[0])

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    links = [Link(url=url, host=url[0]) for url in ("a1", "a2", "a3", "b1", "c1")]
    assert [link.url for link in in_turn(links, 2.0, sleep)] == ["a1", "b1", "c1", "a2", "a3"]
    assert slept == [2.0, 2.0]


def test_two_rounds_at_once_visit_each_address_once(web):
    make_cited(web.page("http://good.example/"))
    Link.objects.gather()
    one, other = (Link.objects.get() for _ in range(2))
    Round(web.visitor()).visit(one)
    Round(web.visitor()).visit(other)
    assert web.heard == ["HEAD good.example/"]


def test_site_that_is_asked_too_often_is_left_alone_for_a_day(web):
    for number in range(3):
        make_cited(web.page(f"http://good.example/{number}", answer(429)))
    make_cited(web.page("http://other.example/"))
    assert check_all(web.visitor(), pause=0).visited == 2
    assert sorted(web.heard) == ["HEAD good.example/0", "HEAD other.example/"]
    assert list(Link.objects.due(timezone.now() + DAY - timedelta(minutes=1))) == []


# What is remembered


def test_visit_is_remembered_and_the_next_is_in_a_month(web):
    make_cited(web.page("http://good.example/", answer(301, Location="http://new.example/")))
    web.page("http://new.example/")
    now = timezone.now()
    check_all(web.visitor())
    link = Link.objects.get()
    assert (link.outcome, link.status, link.moved_to) == ("good", 200, "http://new.example/")
    assert list(link.visits.values_list("outcome", "status", "moved_to")) == [("good", 200, "http://new.example/")]
    assert timedelta(days=30) <= link.due_at - now < timedelta(days=36)


def test_address_is_dead_after_it_failed_on_more_than_one_day():
    link, now = make_link(), timezone.now()
    link.note(LOST, now)
    assert (link.is_dead, link.due_at) == (False, now + timedelta(hours=25))
    link.note(LOST, now + timedelta(hours=2))
    assert link.is_dead is False
    link.note(LOST, now + timedelta(hours=25))
    assert (link.is_dead, link.fault, link.due_at) == (
        True,
        "Not found there (404)",
        now + timedelta(hours=25) + timedelta(days=7),
    )
    link.note(GOOD, now + 9 * DAY)
    assert (link.is_dead, link.fault, link.failing_since) == (False, "", None)


def test_answer_between_two_failures_begins_the_count_anew():
    link, now = make_link(), timezone.now()
    for seen, days in ((LOST, 0), (GOOD, 1), (LOST, 2)):
        link.note(seen, now + days * DAY)
    assert link.is_dead is False


@pytest.mark.parametrize("outcome", [Outcome.KEPT_OUT, Outcome.UNTRUSTED, Outcome.NOT_WEB])
def test_address_that_people_may_well_see_is_never_dead(outcome):
    link, now = make_link(), timezone.now()
    for days in range(5):
        link.note(Seen(outcome, 403), now + days * DAY)
    assert (link.is_dead, list(Link.objects.doubtful())) == (False, [link])


def test_only_the_latest_visits_are_remembered():
    link, now = make_link(), timezone.now()
    for number in range(REMEMBERED + 5):
        link.note(Seen(Outcome.GOOD, 200 + number), now)
    assert [visit.status for visit in link.visits.all()] == [*range(214, 204, -1)]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("link_dead_was_failing", {"dead_since": timezone.now()}),
        ("link_excused_has_a_reason", {"excused_at": timezone.now()}),
    ],
)
def test_constraint_refuses(constraint, values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_link(**values)


# What readers are told


def test_dead_addresses_are_told_in_one_act_each_with_a_copy_beside_it(web, client):
    make_dead("http://good.example/1", profiled_year=2012)
    make_dead("http://good.example/2", first_published=datetime(2019, 3, 4, tzinfo=UTC))
    web.page("https://web.archive.org/web/20120701/http://good.example/1")
    before = Edition.current()
    # It isn't known there: the certificate is another's, so the archive isn't reached, and the address is as formed.
    tell(web.visitor())
    assert Edition.current() == before + 1
    assert list(Resource.objects.order_by("url").values_list("fault", "archived_url")) == [
        ("Not found there (404)", "https://web.archive.org/web/20120701/http://good.example/1"),
        ("Not found there (404)", "https://web.archive.org/web/20190304/http://good.example/2"),
    ]
    html = client.get(Resource.objects.earliest("url").citing_ideas.get().get_absolute_url()).content.decode()
    assert "This address no longer answers." in html
    assert "<bdi>http://good.example/1</bdi>" in html
    assert "Archived copy, the one nearest to 1 July 2012</a>" in html
    assert "Archived copy, the one nearest to 4 March 2019</a>" in client.get("/resources/").content.decode()


class Archive:
    """What the Internet Archive answers, without its certificate."""

    def __init__(self, *seen: Seen):
        self.seen, self.asked = list(seen), []

    def visit(self, url: str) -> Seen:
        self.asked.append(url)
        return self.seen.pop(0)


@pytest.mark.parametrize(
    ("seen", "copy", "label"),
    [
        (
            Seen(Outcome.GOOD, 200, "", "https://web.archive.org/web/20120503101112/http://good.example/"),
            "https://web.archive.org/web/20120503101112/http://good.example/",
            "Archived copy of 3 May 2012",
        ),
        (
            Seen(Outcome.GOOD, 200, "", "https://elsewhere.example/web/20120503101112/http://good.example/"),
            "https://web.archive.org/web/20120701/http://good.example/",
            "Archived copy, the one nearest to 1 July 2012",
        ),
        (
            Seen(Outcome.TOO_SLOW),
            "https://web.archive.org/web/20120701/http://good.example/",
            "Archived copy, the one nearest to 1 July 2012",
        ),
        (Seen(Outcome.NOT_FOUND, 404), "", ""),
    ],
)
def test_copy_is_the_one_that_the_archive_has_where_it_can_be_asked(client, seen, copy, label):
    resource = make_dead("http://good.example/", profiled_year=2012)
    archive = Archive(seen)
    tell(archive)
    resource.refresh_from_db()
    assert archive.asked == ["https://web.archive.org/web/20120701/http://good.example/"]
    assert resource.archived_url == copy
    html = client.get(resource.citing_ideas.get().get_absolute_url()).content.decode()
    assert (f">{label}</a>" in html) if label else ("Archived copy" not in html)


def test_copy_is_from_the_day_on_which_the_address_last_answered():
    make_cited("http://good.example/", profiled_year=2012)
    Link.objects.gather()
    link, now = Link.objects.get(), datetime(2026, 5, 6, tzinfo=UTC)
    for seen, days in ((GOOD, 0), (LOST, 10), (LOST, 12)):
        link.note(seen, now + days * DAY)
    assert checking.copy_for(link, None) == "https://web.archive.org/web/20260506/http://good.example/"


def test_copy_whose_address_would_be_too_long_is_not_proposed():
    make_dead("http://good.example/" + "x" * 470)
    tell(None)
    assert len(Resource.objects.get().archived_url) < 700


def test_address_that_answers_again_is_told_and_its_copy_goes():
    resource = make_dead("http://good.example/")
    tell(None)
    Link.objects.get().note(GOOD, timezone.now())
    before = Edition.current()
    tell(None)
    resource.refresh_from_db()
    assert (resource.fault, resource.archived_url, Edition.current()) == ("", "", before + 1)


def test_what_changes_nothing_for_readers_makes_no_act(web):
    make_cited(web.page("http://good.example/"))
    make_dead("http://dead.example/")
    tell(None)
    acts, edition = Act.objects.count(), Edition.current()
    check_all(web.visitor(), pause=0)
    tell(None)
    assert (Act.objects.count(), Edition.current()) == (acts, edition)


def test_dead_address_of_an_organisation_is_for_the_desk_alone():
    make_organisation(web_address="http://good.example/")
    Link.objects.gather()
    link, now = Link.objects.get(), timezone.now()
    link.note(LOST, now - 2 * DAY)
    link.note(LOST, now)
    acts = Act.objects.count()
    tell(None)
    assert (Act.objects.count(), list(Link.objects.dead()), list(Link.objects.untold())) == (acts, [link], [])


def test_what_an_editor_wrote_about_an_address_stays():
    resource = make_dead("http://good.example/")
    with Edition.act(why="looked at it"):
        resource.fault, resource.archived_url = "Sold to a casino", "https://archive.example/kept"
        resource.save()
    tell(None)
    Link.objects.get().note(GOOD, timezone.now())
    tell(None)
    resource.refresh_from_db()
    assert (resource.fault, resource.archived_url) == ("Sold to a casino", "https://archive.example/kept")


def test_day_of_a_copy_is_read_from_its_address_alone():
    def day(url):
        return Resource(archived_url=url).copy_day

    assert day("https://web.archive.org/web/20120503101112/http://x.example/") == (date(2012, 5, 3), True)
    assert day("https://web.archive.org/web/20120503/http://x.example/") == (date(2012, 5, 3), False)
    assert [
        day(url) for url in ("https://web.archive.org/web/20129999/http://x.example/", "https://x.example/", "")
    ] == [None] * 3


# Our own network, and time


def test_nothing_is_said_of_anybody_while_this_machine_has_no_way_out(web):
    make_cited("http://nowhere.example/")
    with pytest.raises(NoWayOut):
        check_all(web.visitor())
    link = Link.objects.get()
    assert (link.visited_at, Visit.objects.count()) == (None, 0)
    assert list(Link.objects.due(timezone.now())) == []
    assert list(Link.objects.due(timezone.now() + timedelta(minutes=61))) == [link]


def test_fault_is_theirs_where_a_witness_answers(web, witness):
    make_cited("http://nowhere.example/")
    make_cited(web.page("http://good.example/", answer(404)))
    assert check_all(web.visitor(), pause=0).visited == 2
    assert sorted(Link.objects.values_list("outcome", flat=True)) == ["no-host", "not-found"]
    assert web.heard.count("HEAD secure.example/") == 1


def test_network_that_answers_in_everybody_s_name_is_no_way_out(web, witness):
    make_cited(web.page("http://good.example/", answer(404)))
    with pytest.raises(NoWayOut):
        check_all(web.visitor(trust=ssl.create_default_context()))
    assert Visit.objects.count() == 0


def test_command_says_what_it_saw(web, monkeypatch):
    monkeypatch.setattr("catalogue.management.commands.check_links.visitor", web.visitor)
    make_cited(web.page("http://good.example/"))
    out = StringIO()
    call_command("check_links", stdout=out)
    call_command("check_links", stdout=out)
    call_command("check_links", all=True, stdout=out)
    assert out.getvalue().splitlines() == [
        f"Addresses visited: {number}; newly dead: 0; answering again: 0" for number in (1, 0, 1)
    ]


def test_command_that_is_interrupted_keeps_and_tells_what_it_saw(web, witness, monkeypatch):
    resource = make_dead(web.page("http://a.example/", answer(404)))
    make_cited("http://b.example/")
    Link.objects.update(due_at=timezone.now())
    web.names["b.example"] = [OUTSIDE]

    class Interrupted(type(web.visitor())):
        def visit(self, url):
            if "b.example" in url:
                raise KeyboardInterrupt
            return super().visit(url)

    monkeypatch.setattr(
        "catalogue.management.commands.check_links.visitor",
        lambda: Interrupted(agent="A test", resolve=web.resolve, dial=web.dial, trust=web.trust),
    )
    with pytest.raises(CommandError, match="Ended by you"):
        call_command("check_links")
    resource.refresh_from_db()
    assert resource.fault == "Not found there (404)"
    assert Link.objects.get(url="http://a.example/").visits.count() == 3


def test_tick_visits_a_portion_one_address_of_each_site(web):
    for number in range(checking.PORTION + 4):
        make_cited(web.page(f"http://site{number}.example/1"))
        make_cited(web.page(f"http://site{number}.example/2"))
    now = timezone.now()
    assert list(check_some(now, web.visitor())) == [
        f"Addresses visited: {checking.PORTION}; newly dead: 0; answering again: 0"
    ]
    assert len({line.split("/")[0] for line in web.heard}) == checking.PORTION


def test_tick_stays_at_home_while_the_site_is_this_machine_s_own_affair():
    make_cited("http://good.example/")
    assert list(duties.perform()) == []
    assert Link.objects.count() == 0


# On the desk


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


def test_editor_says_that_it_is_no_fault_and_that_is_remembered(desk):
    resource = make_dead("http://good.example/")
    tell(None)
    link = Link.objects.get()
    assert errors(fill(desk, address(link, "excuse"), why="")) == ["Say why, in a few words: history keeps it."]
    assert fill(desk, address(link, "excuse"), why="It asks for a login").status_code == 302
    resource.refresh_from_db()
    link.refresh_from_db()
    assert (resource.fault, resource.archived_url, link.excused_why) == ("", "", "It asks for a login")
    assert Act.objects.first().why == "It asks for a login"
    link.note(LOST, timezone.now())
    tell(None)
    resource.refresh_from_db()
    assert resource.fault == ""


def test_address_that_is_another_s_or_is_asked_anew_is_judged_anew(desk):
    resource = make_dead("http://good.example/")
    link = Link.objects.get()
    link.excuse("It asks for a login")
    assert fill(desk, address(link, "anew")).status_code == 302
    link.refresh_from_db()
    resource.refresh_from_db()
    assert (link.excused_why, link.is_dead, resource.fault) == ("", True, "Not found there (404)")
    with Edition.act(why="moved"):
        resource.url = "http://good.example/new"
        resource.save()
    Link.objects.gather()
    assert Link.objects.get(url="http://good.example/new").excused_at is None


def test_desk_groups_dead_addresses_by_site(desk):
    for url in ("http://a.example/1", "http://b.example/1", "http://b.example/2"):
        make_dead(url)
    html = desk.get(address(Link, "changelist") + "?standing=dead").content.decode()
    assert html.index("b.example (2)") < html.index("a.example (1)")
    only = desk.get(address(Link, "changelist") + "?standing=dead&site=b.example").content.decode()
    assert only.count('class="field-host"') == 2
    for standing in ("failing", "doubtful", "moved", "excused", "nonsense"):
        assert desk.get(address(Link, "changelist") + f"?standing={standing}").status_code == 200


def test_desk_shows_where_an_address_is_cited_and_what_was_seen(desk):
    resource = make_dead("http://good.example/")
    html = desk.get(address(Link.objects.get())).content.decode()
    assert address(resource) in html
    assert html.count("Not found there 404") == 2
    assert "Not visited yet." in desk.get(address(make_resource())).content.decode()
    assert address(Link.objects.get()) in desk.get(address(resource)).content.decode()
    assert desk.post(address(Link.objects.get())).status_code == 403
