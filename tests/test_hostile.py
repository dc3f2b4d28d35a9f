"""What strangers send: nothing of it breaks a page, moves a reader to another site, or is believed."""

import re
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.malice import PROBES, SNAGS
from catalogue.models import Edition, Redirect
from goodideas.content_type import believed, believing_little
from tests.desk import PASSWORD, address, editor, errors, fields, send
from tests.factories import make_adaptation, make_city, make_complete_idea, make_idea, make_organisation, make_resource

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
EVIL = "evil.example"
#: Of a page or a file of ours, wherever it says where something is.
ADDRESSES = re.compile(
    r"""(?:href|src|action|content)="([^"]*)"|<(?:loc|id|uri)>([^<]*)<|"(?:url|@id|next)": "([^"]*)\""""
)


def led_to(answer) -> list[str]:
    """Every address that an answer names."""
    text = answer.getvalue().decode("utf-8", "replace")
    return [next(filter(None, found), "") for found in ADDRESSES.findall(text)] + [answer.get("Location", "")]


def foreign(answer) -> list[str]:
    """Those that lead a browser to another site than this."""
    plain = [found.replace("\\", "/").strip() for found in led_to(answer)]
    return [found for found in plain if EVIL in urlsplit(found).netloc]


# What a request says of itself


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("text/plain; charset=utf-8", "text/plain"),
        ("application/x-www-form-urlencoded; charset=idna", "application/x-www-form-urlencoded"),
        ("text/plain; charset*=nonsense''x", "text/plain"),
        ('multipart/form-data; charset=base64; boundary="--a b"', "multipart/form-data; boundary=--a"),
        (
            "multipart/form-data; Boundary=----WebKitFormBoundaryAb12",
            "multipart/form-data; boundary=----WebKitFormBoundaryAb12",
        ),
        ("multipart/form-data", "multipart/form-data"),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_of_a_content_type_the_kind_and_the_boundary_are_believed(said, read):
    assert believed(said) == read


@pytest.mark.parametrize("charset", ["idna", "base64", "utf-16", "rot13", "undefined", "*=nonsense''x"])
def test_form_in_a_charset_that_reads_nothing_is_read_as_ours_are(rf, charset):
    form = "application/x-www-form-urlencoded"
    asked = rf.post("/ideas/?q=%C3%A9t%C3%A9", "title=%C3%A9t%C3%A9", content_type=form).environ
    asked["CONTENT_TYPE"] = f"{form}; charset={charset}".replace("=*=", "*=")
    request = believing_little(lambda environ, start_response: WSGIRequest(environ))(asked, None)
    assert (request.GET["q"], request.POST["title"]) == ("été", "été")


def test_garbled_cookies_get_no_cookie_in_return(client):
    make_idea(slug="here")
    for value in ("x", "'\"<", "a" * 64, "a" * 3_000):
        reader = Client(headers={"cookie": f"csrftoken={value}; messages={value}; django_language={value}"})
        for path in ("/", "/ideas/here/", "/ideas.json", "/nothing/", "/submit/", "/healthz"):
            answer = reader.get(path)
            assert (path, answer.cookies, "Cookie" in answer.get("Vary", "")) == (path, {}, False)
        # The desk has a form with a token, and mends it.
        assert "csrftoken" in reader.get("/admin/login/").cookies


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/ideas/", "/map/", "/ideas.json", "/ideas.csv", "/ideas.atom", "/compare/", "/like-mine/",
        "/oembed",
                          "/resources/", "/organisations/", "/suggest.json", "/ideas/here/", "/fr/countries/"]),
    query=st.lists(
        st.tuples(
            st.sampled_from("q theme topic city country organisation sector criterion started_min started_max sort "
                            "page page_size facet idea url format maxwidth size share lead money kind region".split()),
            st.text(max_size=12) | st.sampled_from([snag.decode("utf-8", "replace")[:400] for snag in SNAGS])
            | st.sampled_from(PROBES),
        ),
        max_size=4,
    ),
)  # fmt: skip
@example(path="/ideas/", query=[("q", "\0"), ("started_min", "9" * 4_000), ("page", "²")])
@example(path="/oembed", query=[("url", "http://[::1"), ("maxwidth", "٣")])
def test_whatever_is_asked_is_answered(client, path, query):
    """A fault would be raised here, and told with the shortest query that has it."""
    if not Edition.current():
        make_complete_idea(slug="here")
    answer = client.get(path, query_params=query)
    assert answer.status_code in {200, 301, 400, 404, 501}
    text = answer.getvalue().decode()
    if "html" in answer["Content-Type"]:
        assert not re.search(r"<\{m\}|onmouseover=.\{m\}|<svg/onload=\{m\}", text)


# Nobody is led away


@pytest.mark.parametrize(
    "path",
    [f"//{EVIL}/", f"//{EVIL}/ideas/here/", f"/\\{EVIL}/", f"/fr//{EVIL}/", f"/fr/\\{EVIL}/", f"///{EVIL}",
        f"/./{EVIL}/..//",
     f"/good_idea//{EVIL}/", f"/good_idea/\\{EVIL}", f"/ideas//{EVIL}/", f"/\t/{EVIL}/", f"/https://{EVIL}/",
     f"//{EVIL}/admin"],
)  # fmt: skip
def test_address_of_another_site_is_no_link(client, path):
    make_idea(slug="here")
    answer = client.get("/", PATH_INFO=path)
    assert (answer.status_code, foreign(answer)) == (404, [])


@pytest.mark.parametrize(
    "to", [f"//{EVIL}/", f"/\\{EVIL}/", f"https://{EVIL}/", f"\\\\{EVIL}", "javascript:alert(1)", "data:x"]
)
def test_login_and_logout_lead_nowhere_else(client, to):
    editor("mira", password=PASSWORD)
    form = fields(client.get("/admin/login/", {"next": to})) | {"username": "mira", "password": PASSWORD}
    answer = send(client, f"/admin/login/?next={to}", form, next=to)
    assert (answer.status_code, urlsplit(answer["Location"]).netloc, answer["Location"][:2]) == (302, "", "/a")
    answer = client.post("/admin/logout/", {"next": to})
    assert foreign(answer) == []


def test_old_addresses_lead_nowhere_else(client):
    with Edition.act(why="made for a test"):
        idea = make_idea(slug="before")
        idea.slug = "after"
        idea.save()
        Redirect.objects.create(path="/good_idea/before/", idea=idea)
    for path in ("/ideas/before/", "/good_idea/before/", f"/i/{idea.pk}/", "/ideas/after", "/embed/ideas/before"):
        for query in (f"?next=//{EVIL}/", f"?url=https://{EVIL}", f"//{EVIL}", "?%0d%0aLocation:%20//evil.example/"):
            answer = client.get(path + query if query[0] == "?" else path, QUERY_STRING=query.lstrip("?"))
            assert answer.status_code == 301
            assert answer["Location"].startswith(("/ideas/after/", "/embed/ideas/after/"))
            assert "\n" not in answer["Location"]


# No header is believed that says where this is


FORGING = [
    {"x-forwarded-host": EVIL}, {"x-forwarded-server": EVIL}, {"x-host": EVIL}, {"forwarded": f"for=1;host={EVIL}"},
    {"x-original-url": f"//{EVIL}/"}, {"x-rewrite-url": f"//{EVIL}/"}, {"x-original-host": EVIL},
    {"origin": f"https://{EVIL}"},
    {"referer": f"https://{EVIL}/"}, {"x-forwarded-port": "666", "x-forwarded-proto": "gopher"},
]  # fmt: skip


def test_forged_headers_are_in_no_link_redirect_feed_or_sitemap(client):
    with Edition.act(why="made for a test"):
        idea = make_complete_idea(slug="before")
        idea.slug = "after"
        idea.save()
    paths = ["/", "/ideas/", "/ideas/after/", "/ideas/before/", "/ideas/after", f"/i/{idea.pk}/", "/ideas.json",
        "/ideas.atom",
             "/sitemap.xml", "/robots.txt", "/opensearch.xml", "/openapi.json", "/ideas/after.json", "/ideas/after.bib",
             f"/oembed?url={SITE}/ideas/after/", "/embed/ideas/after/", "/nothing/", "/submit/", "/admin/login/",
             "/admin/"]  # fmt: skip
    plain = {path: read(client.get(path)) for path in paths}
    for headers in FORGING:
        assert {path: read(client.get(path, headers=headers)) for path in paths} == plain, headers
    assert EVIL not in str(plain)
    for host in (EVIL, f"127.0.0.1.{EVIL}", f"127.0.0.1@{EVIL}", f"{EVIL}#127.0.0.1", "", "127.0.0.1:x", "[::1"):
        for path in paths:
            answer = client.get(path, headers={"host": host, "x-forwarded-host": "127.0.0.1"})
            assert (path, answer.status_code) == (path, 400)
            assert EVIL.encode() not in answer.getvalue()


def read(answer) -> tuple:
    """All of an answer but what is drawn anew each time."""
    text = re.sub(r'name="(stamp|csrfmiddlewaretoken)" value="[^"]*"', "", answer.getvalue().decode())
    return answer.status_code, answer.get("Location"), text


@pytest.mark.parametrize("origin", [f"https://{EVIL}", "null", f"http://127.0.0.1.{EVIL}", "http://127.0.0.1:1"])
def test_form_from_a_foreign_origin_changes_nothing(origin):
    client, idea = Client(enforce_csrf_checks=True), make_complete_idea(title="Before")
    client.force_login(editor("root", is_superuser=True))
    form = fields(client.get(address(idea))) | {"title": ["After"], "why": ["forged"]}
    forged = client.post(address(idea), form, headers={"origin": origin})
    assert forged.status_code == 403
    idea.refresh_from_db()
    assert idea.title == "Before"
    # The same from a page of ours is saved: it was the origin.
    assert client.post(address(idea), form, headers={"origin": SITE, "host": "127.0.0.1:8000"}).status_code == 302


# The desk


def test_form_of_the_desk_that_comes_back_empty_is_shown_with_its_faults(client):
    client.force_login(editor("root", is_superuser=True))
    idea = make_complete_idea()
    nouns = [
        idea,
        idea.city,
        idea.organisation,
        idea.themes.get(),
        make_resource(),
        make_adaptation(idea=idea, city=make_city()),
    ]
    for noun in [*nouns, make_organisation()]:
        form = fields(client.get(address(noun)))
        kept = {name: value for name, value in form.items() if "FORMS" in name or name == "csrfmiddlewaretoken"}
        for wrong in ("", "\0", "-1", "9" * 40, "<b>"):
            sent = kept | {name: [wrong] for name in form if name not in kept}
            answer = send(client, address(noun), sent)
            assert (noun, answer.status_code) == (noun, 200)
            assert errors(answer), noun
