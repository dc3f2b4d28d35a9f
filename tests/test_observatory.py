"""The headers of every kind of answer, scored by the rules that the MDN HTTP Observatory publishes."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from catalogue.models import Edition, Topic
from tests.desk import address, editor
from tests.factories import make_city, make_guide, make_idea, make_resource, make_submission

pytestmark = pytest.mark.django_db

#: What ours has to reach; 100 is an A+.
LEAST = 130
#: Below this no bonus counts.
FOR_A_BONUS = 90
BROAD = {"*", "http:", "https:", "ftp:", "data:", "blob:", "'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def score(response) -> tuple[int, list[str]]:
    """Of an answer over https, and what it lost: https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring"""
    lost, bonus, headers = {}, 0, response.headers
    policy = directives(headers.get("Content-Security-Policy", ""))
    sources = {source for name in policy if name != "frame-ancestors" for source in policy[name]}
    if not policy or sources & BROAD:
        lost["content security policy"] = 25
    elif policy.get("default-src") != ["'none'"]:
        bonus += 5
    else:
        # Beyond MDN's rules: where a form may be sent and what relative addresses start from doesn't fall back to it.
        assert policy["form-action"] in (["'self'"], ["'none'"])
        assert policy["base-uri"] == ["'none'"]
        bonus += 10
    for cookie in response.cookies.values():
        if not cookie["secure"] or not cookie["httponly"] or cookie["samesite"] not in ("Lax", "Strict"):
            lost["cookies"] = 40
    bonus += 5 * bool(response.cookies and "cookies" not in lost)
    if "Access-Control-Allow-Credentials" in headers or headers.get("Access-Control-Allow-Origin", "*") != "*":
        lost["cross-origin resource sharing"] = 50
    referrers = {policy.strip() for policy in headers.get("Referrer-Policy", "").split(",")}
    bonus += 5 * bool(referrers <= PRIVATE)
    seconds = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    if not seconds or int(seconds[1]) < 365 * 24 * 3600:
        lost["strict transport security"] = 20
    if headers.get("X-Content-Type-Options") != "nosniff":
        lost["x-content-type-options"] = 5
    if "frame-ancestors" in policy and not set(policy["frame-ancestors"]) & BROAD:
        bonus += 5
    elif headers.get("X-Frame-Options") not in ("DENY", "SAMEORIGIN"):
        lost["x-frame-options"] = 20
    bonus += 10 * (headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site"))
    plain = 100 - sum(lost.values())
    return plain + bonus * (plain >= FOR_A_BONUS), sorted(lost)


def directives(policy: str) -> dict[str, list[str]]:
    found = {}
    for part in filter(None, map(str.strip, policy.split(";"))):
        name, *values = part.split()
        assert name not in found, f"{name} stands twice"
        found[name] = values
    return found


def test_score_is_as_published():
    from django.http import HttpResponse

    good = {
        "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    assert score(HttpResponse(headers=good)) == (130, [])
    for name, worth in (
        ("Content-Security-Policy", 130 - 15 - 45 - 15), ("Referrer-Policy", 125), ("Strict-Transport-Security", 80),
        ("X-Content-Type-Options", 125), ("Cross-Origin-Resource-Policy", 120),
    ):  # fmt: skip
        assert score(HttpResponse(headers=good | {name: ""}))[0] == worth, name
    loose = good["Content-Security-Policy"].replace("base-uri", "style-src 'unsafe-inline'; base-uri")
    assert score(HttpResponse(headers=good | {"Content-Security-Policy": loose}))[0] == 75


@pytest.fixture
def https(settings):
    """As behind a proxy that speaks https: what `BEHIND_HTTPS_PROXY` sets."""
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SITE_URL = "https://127.0.0.1:8000"


def test_every_answer_scores_as_high_as_there_is(https, settings, tmp_path):
    settings.DUMP_ROOT, settings.SECURITY_CONTACT = tmp_path, ["mailto:security@example.org"]
    with Edition.act(why="made for a test"):
        idea = make_idea(
            title="Here", slug="here", topics=["sport"], city=make_city(slug="ghent"), sources=[make_resource()]
        )
        make_guide(idea)
        gone = make_idea(title="Gone", slug="gone")
        make_idea(title="Old", slug="old")
    gone.withdraw(reason="It is over.")
    with Edition.act(why="made for a test"):
        idea.slug = "there"
        idea.save()
    call_command("dump", verbosity=0)
    begun = make_submission()
    strangers = [
        "/", "/ideas/", "/ideas/?q=here", "/ideas/?theme=nonsense", "/fr/ideas/there/", "/ideas/there/", "/ideas/here/",
        "/ideas/gone/", "/ideas/never/", "/ideas/there/guide/", "/ideas/there/versions/", "/ideas/there/adapt/",
        "/map/",
        "/travel/", "/compare/", "/like-mine/", "/themes/", "/topics/sport/", "/cities/ghent/", "/organisations/",
        "/about/",
        "/about/data/", "/resources/", "/submit/", f"/submit/{begun.token}/", f"/submit/{begun.token}/what/",
        "/still/x/",
        "/healthz", "/readyz", "/robots.txt", "/opensearch.xml", "/.well-known/security.txt",
        "/static/css/base.css", "/static/nothing.css", "/dumps/nothing", f"/i/{idea.pk}/", "/admin/", "/admin/login/",
    ]  # fmt: skip
    #: What pages of other sites may load as well: it says so, and loses that bonus.
    for_others = [
        "/ideas.json", "/ideas.csv", "/ideas.geojson", "/ideas.atom", "/ideas/there.json", "/ideas/there.bib",
        "/topics/sport.atom",
        "/ideas/there.ris", "/ideas/there.csl.json", "/oembed?url=x", "/suggest.json", "/dumps/ideas.csv",
        "/ideas/there.png",
        "/sitemap.xml", "/openapi.json",
    ]  # fmt: skip
    desk = ["/admin/", "/admin/catalogue/idea/", address(idea), address(idea, "history"), address(idea, "preview"),
            address(Topic, "add"), "/admin/password_change/", "/admin/nothing/"]  # fmt: skip
    reader, somebody = Client(headers={"x-forwarded-proto": "https"}), Client(headers={"x-forwarded-proto": "https"})
    somebody.force_login(editor("root", is_superuser=True))
    asked = [(reader, path, LEAST) for path in strangers] + [(reader, path, LEAST - 10) for path in for_others]
    low, openers = {}, set()
    for client, path, least in asked + [(somebody, path, LEAST) for path in desk]:
        answer = client.get(path)
        openers.add(answer.get("Cross-Origin-Opener-Policy"))
        if (found := score(answer))[0] < least:
            low[path] = found
    assert low == {}
    assert openers == {"same-origin"}
    # The one page that is made to be framed.
    card = reader.get("/embed/ideas/there/")
    assert directives(card["Content-Security-Policy"])["frame-ancestors"] == ["*"]
    assert score(card) == (80, ["x-frame-options"])
