"""The languages of the interface: where each lives, and that nothing of one is seen in another."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.conf import settings as site_settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from catalogue import index as indexes
from catalogue.languages import bare, language_of, prefix
from catalogue.mail import words_of
from catalogue.models import Edition, Mail, Miss, Redirect, Topic
from tests.factories import make_city, make_idea
from tests.markup import tree_of
from tests.mirrored import messages
from tests.rebuild import rows
from tests.submitting import begin

ROOT = Path(__file__).parent.parent
OTHERS = ("fr", "de", "es")
SITE = "http://127.0.0.1:8000"
in_each = pytest.mark.parametrize("language", OTHERS)


@pytest.mark.parametrize(
    ("path", "language", "rest"),
    [
        ("/", "en", "/"),
        ("/ideas/", "en", "/ideas/"),
        ("/fr/", "fr", "/"),
        ("/fr", "fr", "/"),
        ("/fr/ideas/?q=fr", "fr", "/ideas/?q=fr"),
        ("/french/", "en", "/french/"),
        ("/FR/", "en", "/FR/"),
        ("/ideas/fr/", "en", "/ideas/fr/"),
        ("//fr/", "en", "//fr/"),
        ("", "en", "/"),
    ],
)
def test_language_is_the_first_part_of_an_address(path, language, rest):
    assert (language_of(path), bare(path)) == (language, rest)


def test_every_language_of_the_site_has_a_catalogue():
    assert [code for code, _name in site_settings.LANGUAGES] == ["en", *messages.PLURALS]


@pytest.mark.django_db
@in_each
def test_every_page_lives_under_the_prefix_of_a_language(client, language):
    make_idea(title="Mentors", slug="mentors")
    for path in ("/", "/ideas/", "/ideas/mentors/", "/themes/work/", "/countries/ca/", "/submit/"):
        response = client.get(f"/{language}{path}")
        page = response.content.decode()
        assert response.status_code == 200
        assert f'<html lang="{language}" dir="ltr">' in page
        assert f'<meta property="og:url" content="{SITE}/{language}{path}">' in page
        assert f'href="/{language}/ideas/"' in page
        assert not response.cookies


@pytest.mark.django_db
def test_language_comes_from_the_address_alone(client):
    make_idea()
    plain = client.get("/").content
    client.cookies["django_language"] = "fr"
    response = client.get("/", headers={"accept-language": "fr"})
    assert response.content == plain
    assert response.headers["Vary"] == "Accept-Encoding"
    assert client.get("/fr/", headers={"accept-language": "de"}).headers["Vary"] == "Accept-Encoding"


@pytest.mark.django_db
def test_what_there_is_once_has_no_prefix(client):
    idea = make_idea(slug="mentors")
    for path in ("/admin/", "/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/openapi.json", "/oembed"):
        assert client.get(f"/fr{path}").status_code == 404
    page = client.get("/fr/ideas/mentors/").content.decode()
    assert f"{SITE}/i/{idea.pk}/" in page
    assert "/fr/i/" not in page


# Leading on


@pytest.mark.django_db
@in_each
def test_address_leads_on_in_its_language_in_one_hop(client, language):
    with Edition.act():
        idea = make_idea(title="Mentors", slug="mentors", topics=["sport"])
        idea.slug = "friends"
        idea.save()
        Redirect.objects.create(path="/good_idea/mentors-of-toronto/", idea=idea)
        Redirect.objects.create(path="/contact-us/", to="/privacy/")
        Redirect.objects.create(path="/numbers/", to="/dumps/ideas.csv/")
        topic = Topic.objects.get(slug="sport")
        topic.slug = "games"
        topic.save()
    ways = {
        "": "/",
        "/ideas": "/ideas/",
        "/ideas/friends": "/ideas/friends/",
        "/ideas/mentors/": "/ideas/friends/",
        "/ideas/mentors": "/ideas/friends/",
        "/ideas/mentors.json": "/ideas/friends.json",
        "/ideas/mentors/?q=x": "/ideas/friends/?q=x",
        "/embed/ideas/mentors/": "/embed/ideas/friends/",
        "/topics/sport.atom": "/topics/games.atom",
        "/ideas/?topic=sport": "/ideas/?topic=games",
        "/compare/?idea=mentors": "/compare/?idea=friends",
        "/countries/CA/": "/countries/ca/",
        "/good_idea/mentors-of-toronto": "/ideas/friends/",
        "/GOOD_IDEA/mentors-of-toronto/": "/ideas/friends/",
        "/contact-us": "/privacy/",
        f"/i/{idea.pk}/": "/ideas/friends/",
    }
    found = {path: client.get(f"/{language}{path}") for path in ways}
    assert {path: (answer.status_code, answer.get("Location")) for path, answer in found.items()} == {
        path: (301, f"/{language}{to}") for path, to in ways.items()
    }
    # What there is once stays where it is.
    assert client.get(f"/{language}/numbers/")["Location"] == "/dumps/ideas.csv/"
    assert client.get(f"/i/{idea.pk}/")["Location"] == "/ideas/friends/"


@pytest.mark.django_db
@in_each
def test_what_is_gone_or_was_never_there_is_told_in_the_language_of_its_address(client, language):
    make_idea(slug="gone").withdraw(reason="It ended badly.")
    for path, status in (
        ("/ideas/gone/", 410),
        ("/nothing/here/", 404),
        ("/good_idea/nobody-knows/", 404),
        ("/ideas/?theme=nonsense", 400),
    ):
        response = client.get(f"/{language}{path}")
        assert response.status_code == status
        assert f'<html lang="{language}"' in response.content.decode()
    # Each is one address in vain, whatever the language: a redirect mends it in all of them.
    assert {"/nothing/here/", "/good_idea/nobody-knows/"} == set(Miss.objects.values_list("path", flat=True))


@pytest.mark.django_db
@in_each
def test_fault_of_ours_is_told_in_the_language_of_its_address(client, language, monkeypatch):
    def away():
        raise OperationalError("gone")

    monkeypatch.setattr(indexes, "current", away)
    response = client.get(f"/{language}/ideas/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert f'<html lang="{language}"' in response.content.decode()
    assert f'href="/{language}/"' in response.content.decode()


# Machine forms


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "name"), [("", "Germany"), ("/fr", "Allemagne"), ("/de", "Deutschland")])
def test_machine_forms_name_things_in_their_language(client, language, name):
    make_idea(title="Mentors", slug="mentors", city=make_city(name="Bonn", country="DE"))
    answer = client.get(f"{language}/ideas.json").json()
    assert answer["facets"]["country"] == [{"value": "DE", "label": name, "count": 1, "selected": False}]
    assert answer["results"][0]["country"] == {"code": "DE", "name": name}
    assert answer["results"][0]["url"] == f"{SITE}{language}/ideas/mentors/"
    # The CSV and the map are written while they are sent, after the view has returned.
    assert name in client.get(f"{language}/ideas.csv").getvalue().decode()
    assert name in client.get(f"{language}/ideas.geojson").getvalue().decode()
    (found,) = client.get(f"{language}/suggest.json?q={name[:4]}").json()["suggestions"]
    assert (found["label"], found["url"]) == (name, f"{SITE}{language}/countries/de/")


@pytest.mark.django_db
def test_feed_has_an_id_in_each_language_and_its_entries_one_in_all(client):
    idea = make_idea(slug="mentors")
    atom, ids = "{http://www.w3.org/2005/Atom}", {}
    for language in ("en", "fr"):
        root = ElementTree.fromstring(client.get(f"{prefix(language)}/ideas.atom").content)
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
        ids[language] = root.findtext(f"{atom}id"), root.findtext(f"{atom}entry/{atom}id")
        links = [link.get("href") for link in root.findall(f"{atom}link") if link.get("rel") != "license"]
        assert links == [f"{SITE}{prefix(language)}/ideas/", f"{SITE}{prefix(language)}/ideas.atom"]
    entry = f"{SITE}/i/{idea.pk}/"
    assert ids == {"en": ("tag:127.0.0.1,2026:ideas", entry), "fr": ("tag:127.0.0.1,2026:fr/ideas", entry)}


@pytest.mark.django_db
def test_card_is_in_the_language_of_the_page_that_it_is_of(client):
    make_idea(slug="mentors")
    for path in ("/fr/ideas/mentors/", "/fr/embed/ideas/mentors/", "/fr/ideas/mentors"):
        card = client.get(f"/oembed?url={quote(SITE + path)}").json()
        assert f'src="{SITE}/fr/embed/ideas/mentors/"' in card["html"]
        assert card["provider_url"] == f"{SITE}/fr/"
    page = client.get("/fr/embed/ideas/mentors/").content.decode()
    assert '<html lang="fr"' in page
    assert f'href="{SITE}/fr/ideas/mentors/"' in page
    # One that was asked for in English after it is not French.
    assert "/fr/" not in client.get(f"/oembed?url={quote(f'{SITE}/ideas/mentors/')}").json()["html"]


@pytest.mark.django_db
def test_browser_finds_the_search_of_each_language(client):
    make_idea()
    assert 'href="/de/opensearch.xml"' in client.get("/de/").content.decode()
    found = client.get("/de/opensearch.xml").content.decode()
    assert "<Language>de</Language>" in found
    assert f'template="{SITE}/de/ideas/?q={{searchTerms}}"' in found


@pytest.mark.django_db
def test_orders_are_the_same_in_every_language_and_facets_follow_each(client):
    with Edition.act():
        for title, country in (("Éclair", "DE"), ("apple", "AT"), ("Zebra", "US")):
            make_idea(title=title, city=make_city(name=title[::-1], country=country))
    for sort in ("title", "city", "newest"):
        answers = [client.get(f"{prefix(code)}/ideas.json?sort={sort}").json() for code in ("en", *OTHERS)]
        assert len({tuple(idea["id"] for idea in answer["results"]) for answer in answers}) == 1
    labels = {
        code: [value["label"] for value in client.get(f"{prefix(code)}/ideas.json").json()["facets"]["country"]]
        for code in ("en", "fr", "de", "es")
    }
    assert labels == {
        "en": ["Austria", "Germany", "United States"],
        "fr": ["Allemagne", "Autriche", "États-Unis"],
        "de": ["Deutschland", "Österreich", "Vereinigte Staaten"],
        "es": ["Alemania", "Austria", "Estados Unidos"],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "22 November 2026"),
        ("fr", "22 novembre 2026"),
        ("de", "22. November 2026"),
        ("es", "22 de noviembre de 2026"),
    ],
)
def test_dates_are_written_as_each_language_writes_them(client, language, date):
    make_idea(slug="mentors", first_published=datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert date in client.get(f"{prefix(language)}/ideas/mentors/").content.decode()


# What it costs


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/ideas/", "/ideas/mentors/", "/ideas.json", "/countries/", "/themes/work/"])
def test_page_costs_as_many_queries_in_every_language(client, path):
    make_idea(slug="mentors")
    counts = {}
    for code in ("en", *OTHERS):
        client.get(prefix(code) + path)
        with CaptureQueriesContext(connection) as queries:
            client.get(prefix(code) + path)
        counts[code] = len(queries)
    assert set(counts.values()) == {counts["en"]}


# Submissions


@pytest.mark.django_db
def test_submission_keeps_its_language_and_so_do_its_letters(client):
    make_idea(themes=["work", "connect"])
    submission = begin(client, "/fr/submit/")
    assert submission.language == "fr"
    assert client.get(f"/fr/submit/{submission.token}/").status_code == 200
    submission.mail_link("someone@example.org")
    # As `tick` or the desk would, in English.
    with translation.override("en"):
        words = words_of(Mail.objects.get())
    assert f"{SITE}/fr/submit/{submission.token}/" in words.text
    assert '<html lang="fr"' in words.html


# Nothing of one language in another


def test_no_language_leaks_into_another(tmp_path):
    """A process that answers in two languages by turns says in each what a process says that knows only that one."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "SECRET_KEY": "for-tests-only",
        "SITE_URL": SITE,
        "DJANGO_SETTINGS_MODULE": "tests.settings_mirrored",
    }

    def run(*arguments):
        return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE)

    for command in (("migrate", "-v0"), ("seed", "-v0")):
        assert run("manage.py", *command).wait() == 0
    processes = [run("-m", "tests.fresh", *languages) for languages in (["en"], ["qaa"], ["en", "qaa"])]
    english, mirrored, both = (json.loads(process.communicate()[0]) for process in processes)
    assert both == english | mirrored
    assert len(english) == len(mirrored) > 40
    # They are two languages: apart from what has no words of ours, no answer is the same.
    alike = {path for path, answer in english.items() if mirrored[f"/qaa{path}"] == answer}
    assert alike == set()


# Content stays in its own


def nearest_language(element, parents) -> str:
    while element is not None and element.get("lang") is None:
        element = parents.get(element)
    return "" if element is None else element.get("lang")


@pytest.mark.usefixtures("collection", "db")
def test_content_is_marked_where_its_language_is_not_the_pages(client):
    from tests.test_collection import addresses

    told = {row["title"] for row in rows("ideas")} | {row["summary"] for row in rows("ideas")}
    told |= {row["claim"] for row in rows("evidence")} | {row["note"] for row in rows("adaptations")}
    told |= {row["name"]["en"] for kind in ("topics", "audiences") for row in rows(kind)}
    # Names that something else has, too: an organisation's is in nobody's language, a source's perhaps in none we know.
    told -= {"", *(row["name"] for row in rows("organisations")), *(row["title"] for row in rows("resources"))}
    seen, wrong = set(), []
    pages = [group[0] for group in addresses().values()]
    pages += ["/ideas/fighting-fiction-with-facts-the-bcn-anti-rumour-campaign/", "/cities/kawasaki/"]
    for path in pages:
        tree = tree_of(client.get(f"/fr{path}"))
        parents = {child: parent for parent in tree.iter() for child in parent}
        for element in tree.find("body").iter():
            if isinstance(element.tag, str) and element.tag not in ("script", "option", "q") and element.text:
                text = " ".join(element.text.split()).lstrip(": ")
                if text in told:
                    seen.add(text)
                    if nearest_language(element, parents) != "en":
                        wrong.append((path, element.tag, text[:60]))
    assert len(seen) > 100
    assert wrong == []


@pytest.mark.usefixtures("collection", "db")
@in_each
def test_no_two_pages_of_a_language_share_a_title(client, language):
    from tests.test_collection import addresses

    titles = {}
    for path in [path for group in addresses().values() for path in group[:3]]:
        page = client.get(f"/{language}{path}").content.decode()
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
        assert titles.setdefault(title, path) == path, f"{path} and {titles[title]}: {title}"
