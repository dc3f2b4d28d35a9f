"""What isn't published: readers see, count, find, export and guess nothing of it; and readers are left alone."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from catalogue.models import Edition, Evidence, Idea, Topic
from tests.factories import (
    make_adaptation,
    make_assessment,
    make_city,
    make_complete_idea,
    make_guide,
    make_idea,
    make_organisation,
    make_resource,
    make_submission,
    make_term,
    make_translation,
)

pytestmark = pytest.mark.django_db

LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
#: Forms of an idea, each with what stands before its slug and after it.
FORMS = [
    ("/ideas/", "/"), ("/ideas/", ""), ("/ideas/", ".json"), ("/ideas/", ".bib"), ("/ideas/", ".ris"), ("/ideas/",
        ".csl.json"),
    ("/ideas/", ".png"), ("/ideas/", "/guide/"), ("/ideas/", "/versions/"), ("/ideas/", "/versions/1/"), ("/ideas/",
        "/adapt/"),
    ("/ideas/", "/correct/"), ("/embed/ideas/", "/"), ("/fr/ideas/", "/"), ("/fr/ideas/", ".json"),
    ("/compare/?idea=", ""),
    ("/oembed?url=http://127.0.0.1:8000/ideas/", "/"), ("/good_idea/", "/"),
]  # fmt: skip
#: What readers have besides: each is looked at before and after.
LISTS = [
    "/", "/ideas/", "/ideas/?q=mentors", "/ideas/?q=secret", "/ideas/?theme=work", "/ideas/?sort=city",
    "/ideas/?country=CA",
    "/map/", "/map/?region=americas", "/travel/", "/themes/", "/themes/work/", "/topics/", "/topics/sport/", "/cities/",
    "/cities/seen/", "/countries/", "/countries/ca/", "/organisations/", "/organisations/seen/", "/resources/",
    "/criteria/",
    "/like-mine/", "/about/", "/about/data/", "/compare/?idea=seen", "/ideas/seen/", "/ideas/seen.json",
    "/ideas/seen.bib",
    "/ideas/seen.ris", "/ideas/seen.csl.json", "/ideas/seen/guide/", "/ideas/seen/versions/", "/embed/ideas/seen/",
    "/fr/ideas/",
    "/ideas.json", "/ideas.json?facet=city", "/ideas.json?page_size=100", "/ideas.csv", "/ideas.geojson", "/ideas.atom",
    "/themes/work.atom", "/cities/seen.atom", "/suggest.json?q=sec", "/suggest.json?q=see", "/sitemap.xml",
    "/openapi.json",
    "/dumps/ideas.csv", "/dumps/ideas.jsonl", "/ideas/nothing/", "/nothing-secret/", "/oembed?url=x", "/opensearch.xml",
]  # fmt: skip


@pytest.fixture
def seen():
    """One idea that readers have, with everything; its page and its lists are what may not move."""
    with Edition.act(why="made for a test"):
        city = make_city(name="Seen", slug="seen")
        office = make_organisation(name="Seen", slug="seen", city=city)
        idea = make_complete_idea(title="Seen mentors", slug="seen", city=city, organisation=office, topics=["sport"])
        make_guide(idea)
    return idea


def hide(seen, status: str, slug: str, **values) -> Idea:
    """An idea that readers may not know of, with everything that an idea can have, in places known and unknown."""
    with Edition.act(why="made for a test"):
        make_term(Topic, f"topic-of-{slug}")
        idea = make_idea(
            title=f"Secret mentors {slug}", slug=slug, status=status, publish_at=timezone.now() + timedelta(days=1),
            city=make_city(name=f"Secret {slug}", slug=f"city-of-{slug}"), topics=["sport", f"topic-of-{slug}"],
            sources=[make_resource(title=f"Secret {slug}"), seen.citations.first().resource], **values,
        )  # fmt: skip
        Evidence.objects.create(idea=idea, criterion="innovative", claim="Secret.")
        make_guide(idea)
        make_assessment(idea=idea)
        make_translation(idea, claims=["Secret."])
        make_adaptation(idea=idea, city=seen.city, note="Secret.")
        make_adaptation(idea=seen, became=idea, country="BE", shown=False)
    return idea


def told(answer) -> tuple:
    """All that travels, but what is drawn anew for each answer."""
    body = re.sub(rb'name="stamp" value="[^"]*"', b"", answer.getvalue())
    return answer.status_code, body, sorted(answer.headers.items())


def test_hidden_ideas_move_no_byte_of_the_public_side(client, seen, settings, tmp_path):
    settings.DUMP_ROOT = tmp_path
    call_command("dump", verbosity=0)
    addresses = [*LISTS, f"/i/{seen.pk}/"]
    before = {address: told(client.get(address)) for address in addresses}
    assert {status for status, _body, _headers in before.values()} == {200, 301, 400, 404}
    edition = Edition.current()
    for number, status in enumerate(("draft", "scheduled")):
        idea = hide(seen, status, f"hidden-{number}")
        with Edition.act(why="still hidden"):
            idea.summary = "Still secret."
            idea.save()
    make_submission(title="Secret proposal", state="received", sent_at=timezone.now())
    make_submission(title="Secret proposal", state="in-review", sent_at=timezone.now())
    assert Edition.current() == edition
    call_command("dump", verbosity=0)
    moved = [address for address in addresses if told(client.get(address)) != before[address]]
    assert moved == []
    # Whoever kept an answer is told that it still holds.
    tags = {address: dict(headers).get("ETag") for address, (_status, _body, headers) in before.items()}
    known = [address for address, tag in tags.items() if tag]
    assert len(known) > 40
    asked = {address: client.get(address, headers={"if-none-match": tags[address]}).status_code for address in known}
    assert asked == dict.fromkeys(known, 304)


@pytest.mark.parametrize("status", ["draft", "scheduled"])
def test_hidden_equals_absent_in_every_form(client, seen, status):
    hidden = hide(seen, status, "hidden-aabb")
    for (before, after), method in product(FORMS, ("get", "head", "post")):
        answers = []
        for slug in ("hidden-aabb", "hidden-bbaa"):
            status_code, body, headers = told(getattr(client, method)(f"{before}{slug}{after}"))
            body, headers = (str(part).replace("aabb", "bbaa") for part in (body, headers))
            answers.append((status_code, body.replace(f"Secret mentors {slug}", ""), headers))
        assert answers[0] == answers[1], (method, before, after)
        assert "Secret" not in answers[0][1]
    absent = Idea.objects.order_by("-pk").first().pk + 1_000
    for path in ("/i/{}/", "/i/{}", "/i/{}/versions/1/", "/ideas/?q={}", "/compare/?idea={}"):
        there, nowhere = (told(client.get(path.format(pk)))[:2] for pk in (hidden.pk, absent))
        assert str(there).replace(str(hidden.pk), str(absent)) == str(nowhere), path
    for path in ("/cities/city-of-{}/", "/topics/topic-of-{}/", "/cities/city-of-{}.atom", "/ideas/?city=city-of-{}",
                 "/ideas.json?topic=topic-of-{}", "/ideas.csv?city=city-of-{}",
                 "/suggest.json?q=city-of-{}"):  # fmt: skip
        there, nowhere = (told(client.get(path.format(slug)))[:2] for slug in ("hidden-aabb", "hidden-bbaa"))
        assert str(there).replace("aabb", "bbaa") == str(nowhere), path


def test_hidden_takes_as_long_as_absent(client, seen):
    """The same questions to the database for both, and no look at anything of the hidden idea's own."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    hidden = hide(seen, "draft", "hidden-7171")
    pairs = [(f"{before}hidden-7171{after}", f"{before}hidden-7272{after}") for before, after in FORMS]
    numbers = ("/i/{}/", "/i/{}", "/i/{}/versions/1/", "/i/{}/versions/1")
    pairs += [(path.format(hidden.pk), path.format(hidden.pk + 1_000)) for path in numbers]
    for pair in pairs:
        asked = []
        for path in pair:
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            asked.append([re.sub(r"\d+", "", query["sql"]) for query in queries])
        assert asked[0] == asked[1], pair


def test_readers_are_left_alone(client, seen, settings):
    """No cookie, no answer that depends on who asks, and 304 for whoever has it."""
    settings.CACHES = {room: LOCAL | {"LOCATION": f"left-alone-{room}"} for room in ("default", "pages", "questions")}
    pages = [address for address in LISTS if not address.startswith("/dumps")]
    pages += ["/submit/", "/healthz", "/robots.txt", "/i/1/", "/still/x/", "/ideas?q=x", "/openapi.json"]
    asked = {
        "cookie": "theme=dark; _ga=1; csrftoken=x",
        "accept-language": "fr, de;q=0.5",
        "user-agent": "x",
        "dnt": "1",
    }
    for room in ("pages", "questions"):
        caches[room].clear()
    for address in pages:
        answer, other = client.get(address), Client(headers=asked).get(address)
        assert told(answer) == told(other), address
        assert not answer.cookies, address
        assert {word.strip().lower() for word in answer.get("Vary", "").split(",")} <= {"", "accept-encoding"}, address
        if answer.status_code == 200 and address not in ("/submit/", "/healthz"):
            again = client.get(address, headers={"if-none-match": answer.get("ETag", "none")})
            assert (address, again.status_code, again.content) == (address, 304, b"")
        for host in re.findall(r'(?:src|srcset|poster|action)="(https?://[^"]*)', answer.getvalue().decode()):
            assert host.startswith("http://127.0.0.1:8000/"), address
