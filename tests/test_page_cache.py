"""The page cache: what it keeps and what it doesn't, and that nobody sees what is no longer so."""

import gzip

import brotli
import pytest
from django.core.cache import caches
from django.test import Client

from catalogue.models import Edition
from goodideas.encodings import wanted
from goodideas.page_store import Latest
from tests.desk import editor
from tests.factories import make_city, make_idea

pytestmark = pytest.mark.django_db

LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


@pytest.fixture(autouse=True)
def _cache(settings):
    settings.CACHES = {
        room: LOCAL | {"LOCATION": f"test-{room}", "OPTIONS": {"MAX_ENTRIES": 60}}
        for room in ("default", "pages", "questions")
    }
    for room in ("pages", "questions"):
        caches[room].clear()


def kept() -> int:
    return sum(len(caches[room]._cache) for room in ("pages", "questions"))


def answer(response) -> tuple:
    """All that travels."""
    return response.status_code, response.content, dict(response.headers)


def test_page_is_kept_and_given_again_as_it_was(client, django_assert_num_queries):
    make_idea(title="Here")
    first = client.get("/ideas/")
    assert kept() == 1
    with django_assert_num_queries(0):
        again = client.get("/ideas/")
    assert answer(again) == answer(first)
    assert again["Content-Security-Policy"]


def test_page_is_kept_for_each_language_alone(client, django_assert_num_queries):
    make_idea(title="Here")
    first = {path: client.get(path) for path in ("/ideas/", "/fr/ideas/", "/de/ideas/")}
    assert kept() == 3
    assert len({response["ETag"] for response in first.values()}) == 3
    for path, response in first.items():
        with django_assert_num_queries(0):
            assert answer(client.get(path, headers={"accept-language": "es"})) == answer(response)


def test_page_of_an_earlier_edition_is_never_given(client):
    idea = make_idea(title="Before")
    old = client.get("/ideas/")
    with Edition.act(why="a better title"):
        idea.title = "After"
        idea.save()
    new = client.get("/ideas/", headers={"if-none-match": old["ETag"]})
    assert new.status_code == 200
    assert b"After" in new.content
    assert b"Before" not in new.content
    assert new["ETag"] != old["ETag"]
    with Edition.act(why="gone"):
        idea.withdraw(reason="It never was.")
    assert client.get(idea.get_absolute_url()).status_code == 410


def test_whoever_has_a_page_is_told_so_before_any_work(client, django_assert_num_queries):
    idea = make_idea()
    addresses = ("/", "/ideas/", "/ideas/?q=report", idea.get_absolute_url(), "/ideas.json", "/ideas.csv")
    for address in (*addresses, *(f"/fr{address}" for address in addresses)):
        tag = client.get(address)["ETag"]
        for told in (tag, f'"other", W/{tag.removeprefix("W/")}'):
            with django_assert_num_queries(0):
                again = client.get(address, headers={"if-none-match": told})
            assert (again.status_code, again.content, again["ETag"].removeprefix("W/")) == (
                304,
                b"",
                tag.removeprefix("W/"),
            )
        assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
        assert client.get(address, headers={"if-none-match": "nonsense"}).status_code == 200


def test_tag_is_strong_for_bytes_and_weak_for_a_stream(client):
    make_idea()
    assert client.get("/ideas/")["ETag"].startswith('"')
    assert client.get("/ideas.csv")["ETag"].startswith('W/"')


def test_tag_names_encoding_path_and_query(client):
    make_idea()
    tags = [
        client.get(address, headers={"accept-encoding": encoding})["ETag"]
        for address in ("/ideas/", "/themes/", "/ideas/?theme=work", "/ideas/?sort=title")
        for encoding in ("", "gzip", "br")
    ]
    assert len(set(tags)) == 12


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, br", "br"), ("br;q=0, gzip;q=0.5", "gzip"), ("*", "br"), ("*;q=0", ""),
        ("identity", ""), ("GZIP", "gzip"), ("br;q=0.0", ""), ("deflate, ;;, =", ""),
    ],
)  # fmt: skip
def test_encoding_is_what_the_client_allows(accept, encoding):
    assert wanted(accept) == encoding


def test_compressed_forms_hold_the_same_page(client):
    make_idea()
    plain = client.get("/ideas/")
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
    for encoding, decompress in unpack.items():
        for _time in range(2):
            page = client.get("/ideas/", headers={"accept-encoding": encoding})
            assert decompress(page.content) == plain.content
            assert page["Content-Encoding"] == encoding
            assert page["Content-Length"] == str(len(page.content))
            assert page["Vary"] == plain["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("?theme=work&theme=live", "?theme=live&theme=work", True),
        ("?theme=work&sort=title", "?sort=title&theme=work&theme=work", True),
        ("?theme=work", "?theme=work&unheard=of&utm_source=x", True),
        ("?theme=work", "?theme=work&theme=&page=&q=", True),
        ("?sort=city&sort=title", "?sort=title", True),
        ("?theme=work", "?theme=live", False),
        ("?theme=work", "?topic=work", False),
        ("?sort=title", "?sort=title&page=2", False),
        ("?theme=work%26sort%3Dtitle", "?theme=work&sort=title", False),
        ("?theme=work;sort=title", "?theme=work&sort=title", False),
    ],
)
def test_queries_share_a_page_exactly_when_they_ask_the_same(client, one, other, same):
    with Edition.act():
        for number in range(25):
            make_idea(themes=["work", "live"] if number % 2 else ["work"], topics=["mentoring"])
    first, second = (client.get(f"/ideas/{query}") for query in (one, other))
    if same:
        assert (first.content, first["ETag"]) == (second.content, second["ETag"])
    else:
        assert first.content != second.content


def test_comparison_is_another_in_another_order(client):
    one, other = make_idea(), make_idea()
    first, second = (client.get(f"/compare/?idea={a.slug}&idea={b.slug}") for a, b in ((one, other), (other, one)))
    assert first["ETag"] != second["ETag"]
    assert first.content != second.content
    assert kept() == 0


def test_cookie_of_a_session_and_every_other_method_go_past_the_cache(client):
    make_idea()
    someone = Client()
    someone.force_login(editor())
    for asked in (someone.get, client.post, client.put, client.options):
        assert "ETag" not in asked("/ideas/")
    assert kept() == 0
    page = Client(headers={"cookie": f"theme=dark; csrftoken={'x' * 32}"}).get("/ideas/")
    assert page["ETag"] == client.get("/ideas/")["ETag"]


def test_nothing_is_kept_but_whole_public_pages(client):
    make_idea()
    addresses = ("/ideas/?theme=nonsense", "/nothing/", "/i/1/", "/admin/login/", "/healthz", "/readyz", "/ideas.csv")
    for address in addresses:
        client.get(address)
        client.get(address)
    client.head("/ideas/")
    assert kept() == 0
    assert client.get("/ideas/?theme=nonsense")["Cache-Control"] == "no-cache"


def test_searches_are_never_kept_but_known_again(client):
    make_idea(title="Mentors")
    for _time in range(3):
        page = client.get("/ideas/?q=mentor")
        client.get("/ideas.json?q=mentor")
        client.get("/suggest.json?q=men")
    assert kept() == 0
    assert client.get("/ideas/?q=mentor", headers={"if-none-match": page["ETag"]}).status_code == 304


def test_flood_of_questions_evicts_no_page_and_keeps_none_of_them(client):
    make_idea(themes=["work"])
    client.get("/ideas/")
    client.get("/ideas/?theme=work")
    client.get("/ideas/?theme=work")
    before = kept()
    for number in range(200):
        client.get(f"/ideas/?started_min={number + 1}")
    assert kept() == before == 2


def test_head_is_answered_as_get_without_the_page(client):
    make_idea()
    page, head = client.get("/ideas/"), client.head("/ideas/")
    assert head.content == b""
    assert {name: head[name] for name in ("ETag", "Cache-Control", "Content-Type")} == {
        name: page[name] for name in ("ETag", "Cache-Control", "Content-Type")
    }


def test_unknown_host_is_refused_though_the_page_is_kept(client):
    make_idea()
    client.get("/ideas/")
    for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1:x", "a b"):
        assert client.get("/ideas/", headers={"host": host}).status_code == 400
    assert b"evil.example" not in client.get("/ideas/").content


@pytest.mark.parametrize(
    "header", ["x-forwarded-host", "x-original-url", "x-rewrite-url", "x-forwarded-proto", "accept-language", "origin"]
)
def test_no_header_changes_what_others_are_given(client, header):
    make_idea()
    plain = client.get("/ideas/")
    caches["pages"].clear()
    assert answer(client.get("/ideas/", headers={header: "/evil.example/"})) == answer(plain)
    assert answer(client.get("/ideas/")) == answer(plain)


def test_page_made_while_the_edition_moved_is_not_kept(client, monkeypatch):
    make_idea(title="First")
    from catalogue.views import idea_list as views

    def meanwhile(*args):
        make_idea(title="Second")
        return given(*args)

    given = views.lead_text
    monkeypatch.setattr(views, "lead_text", meanwhile)
    assert "ETag" not in client.get("/ideas/")
    assert kept() == 0


def test_hidden_ideas_move_nothing(client):
    make_idea(title="Seen")
    addresses = ("/", "/ideas/", "/ideas.json", "/cities/", "/ideas/?q=hidden")
    before = [answer(client.get(address)) for address in addresses]
    with Edition.act():
        draft = make_idea(title="Hidden", status="draft", city=make_city(name="Hiddenham"))
        draft.summary = "Still hidden."
        draft.save()
    assert [answer(client.get(address)) for address in addresses] == before


def test_reader_is_told_how_long_a_page_may_be_kept(client):
    make_idea()
    assert client.get("/")["Cache-Control"] == "public, max-age=0, s-maxage=30, stale-if-error=600"
    assert "no-store" in client.get("/admin/login/")["Cache-Control"]
    with Edition.act():
        idea = make_idea(slug="an-old-one")
        idea.slug = "a-new-one"
        idea.save()
    moved = client.get("/ideas/an-old-one/")
    assert (moved.status_code, moved["Cache-Control"]) == (301, "no-cache")


def test_while_the_shared_cache_is_away_a_process_keeps_pages_itself(client, settings, django_assert_max_num_queries):
    gone = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:9/0",
        "OPTIONS": {"socket_connect_timeout": 0.25},
    }
    settings.CACHES = dict.fromkeys(("default", "pages", "questions"), gone)
    make_idea(title="Here")
    assert b"Here" in client.get("/ideas/").content
    # The clock asks which edition there is.
    with django_assert_max_num_queries(1):
        assert b"Here" in client.get("/ideas/").content
    make_idea(title="There")
    assert b"There" in client.get("/ideas/").content


def test_of_what_a_process_keeps_the_oldest_goes_first():
    latest = Latest(2)
    for key in ("one", "two", "one", "three"):
        latest.set(key, key)
    assert [latest.get(key) for key in ("one", "two", "three")] == ["one", None, "three"]
