"""Whatever somebody has typed and the catalogue keeps: read in every form there is, it stays text."""

import csv
import io
import json
import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from django.core.management import call_command

from catalogue.models import Edition, Evidence, Idea, Submission, Topic
from catalogue.records import one_line
from tests.desk import address, editor
from tests.factories import (
    make_adaptation,
    make_assessment,
    make_city,
    make_guide,
    make_idea,
    make_organisation,
    make_resource,
    make_submission,
    make_term,
    make_translation,
)
from tests.readers import facts_of_bibtex, facts_of_csl, facts_of_ris

pytestmark = pytest.mark.django_db

#: One of each kind, with a mark that no name of an element, an attribute or a field may hold.
HOSTILE = [
    "<script>zqx()</script>", '"><img src=x onerror=zqx()>', "' onmouseover='zqx()' x='",
    "</script><script>zqx()</script>",
    "</title></textarea><svg/onload=zqx()>", "<!--zqx", "]]><zqx/>", "{{ zqx }}{% zqx %}", "[x](javascript:zqx())",
    "![x](//evil.example/zqx.png)", "javascript:zqx()", "&lt;script&gt;zqx()&lt;/script&gt;", "&#60;script&#62;zqx()",
    "zqx\r\nBcc: zqx@evil.example", "zqx\nER  - \nTY  - JOUR\nTI  - zqx", "}}, title = {zqx}, zqx = {{", "@book{zqx,",
    "=cmd|'/c zqx'!A1", "zqx\n=1+1", "+1;@zqx\t-2", "\u202e<b>zqx</b>\u2028<i>", "＜script＞zqx＜/script＞",
    "\x1b]0;zqx\x07",
    "<a href='//evil.example'>zqx</a>", "<iframe srcdoc='<script>zqx()</script>'></iframe>", "%0d%0aSet-Cookie: zqx=1",
    "<base href=//evil.example><form action=//evil.example><button>zqx", "<style>@import '//evil.example/zqx'</style>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=zqx()>",
    "<link rel=stylesheet href=//evil.example>",
]  # fmt: skip
HANDLED = ("href", "src", "action", "formaction", "data", "poster", "background", "srcset", "xlink:href", "content")
FORBIDDEN = {"iframe", "object", "embed", "base", "math", "style", "frame", "applet", "noscript"}


def active(html: str, fragment: bool = False) -> list[str]:
    """What in a page would act, or lead away, because somebody typed it."""
    parse = html5lib.parseFragment if fragment else html5lib.parse
    found = []
    for element in parse(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in FORBIDDEN or "zqx" in element.tag:
            found.append(f"<{element.tag}>")
        if element.tag == "script" and not str(element.get("src", "")).startswith(("/static/", "/admin/jsi18n/")):
            if not element.get("type", "").endswith("json"):
                found.append("a script")
            elif "<" in element.text or json.loads(element.text) is None:
                found.append("JSON that could end its element")
        if element.tag == "meta" and element.get("http-equiv"):
            found.append("a meta that acts")
        for name, value in element.items():
            name = str(name)
            if name.startswith("on") or name in ("style", "srcdoc") or "zqx" in name:
                found.append(f"{element.tag} {name}={value}")
            if name in HANDLED and (name != "content" or element.get("property") in ("og:url", "og:image")):
                found += [f"{element.tag} {name}={value}"] * leads_away(value)
    return found


def leads_away(value: str) -> bool:
    """Whether an address does anything but lead to this site, to a source that an editor named, or to mail."""
    plain = re.sub(r"[\x00-\x20]", "", value).lower().replace("\\", "/")
    if plain.startswith("mailto:"):
        return not set(parse_qs(urlsplit(plain).query)) <= {"subject", "body"}
    if plain.startswith(("http://", "https://")):
        return "evil.example" in urlsplit(plain).netloc
    return plain.startswith("//") or (":" in plain.partition("?")[0].partition("/")[0] and not plain.startswith("/"))


def test_what_acts_is_found():
    for html in ("<b onclick=x>", "<script>x</script>", "<a href='java\tscript:x'>", "<a href='\\\\x'>",
        "<a href=/\\x>",
                 "<a href='mailto:a@b.c?bcc=d'>", "<svg><zqx></svg>", "<img src=//evil.example/>",
                 "<a href=data:x>"):  # fmt: skip
        assert active(html), html
    assert active('<a href="/a:b?c=//d">x</a><a href="?x=a:b">y</a><a href="https://ok.example/">z</a>') == []


@pytest.fixture
def ideas():
    """For each hostile text an idea that has it wherever somebody can type."""
    made = []
    with Edition.act(why="made for a test"):
        for number, text in enumerate(HOSTILE):
            city = make_city(name=text[:100], region=text[:100], slug=f"city-{number}", country="CA")
            leads = make_organisation(name=text, aliases=[text], description=text, slug=f"office-{number}", city=city)
            make_term(Topic, f"topic-{number}", name={"en": text, "fr": text}, description={"en": text})
            source = make_resource(title=text, url=f"https://example.org/{number}?a='\"<zqx>&b")
            idea = make_idea(
                title=text, summary=text, body=f"## {text}\n\n{text}\n\n- {text}\n\n> {text}\n", slug=f"idea-{number}",
                city=city, organisation=leads, partners=[text, text], topics=[f"topic-{number}"], sources=[source],
                ended=2020, ended_why=text, proposed_by=text[:100], credited=True,
            )  # fmt: skip
            Evidence.objects.create(idea=idea, criterion="practical", claim=text, resource=source)
            make_guide(idea, must_stay=text, lead=text, first_steps=text, staff=text)
            make_assessment(idea=idea)
            make_adaptation(
                idea=idea, place=text[:100], country="BE", note=text, kept=text, changed=text, evidence=text
            )
            make_translation(idea, title=text, summary=text, body=text, claims=[text])
            made.append(idea)
    return made


def test_pages_hold_nothing_that_acts(client, ideas):
    paths = [
        "/",
        "/ideas/",
        "/ideas/?q=zqx",
        "/ideas/?page=2",
        "/map/",
        "/travel/",
        "/themes/",
        "/themes/work/",
        "/topics/",
    ]
    paths += ["/cities/", "/countries/ca/", "/organisations/", "/resources/", "/like-mine/", "/criteria/", "/fr/ideas/"]
    paths += ["/compare/?" + "&".join(f"idea=idea-{number}" for number in range(n, n + 4)) for n in (2, 8, 14, 20)]
    paths += [f"/ideas/idea-{number}/" for number in range(len(ideas))]
    for number in range(0, len(ideas), 4):
        paths += [f"/fr/ideas/idea-{number}/", f"/ideas/idea-{number}/adapt/", f"/ideas/idea-{number}/versions/"]
        paths += [f"/cities/city-{number}/", f"/ideas/idea-{number + 1}/guide/", f"/embed/ideas/idea-{number + 1}/"]
        paths += [f"/organisations/office-{number}/", f"/topics/topic-{number}/"]
    for number in range(0, len(ideas), 6):
        ideas[number].withdraw(reason=HOSTILE[number])
    found, statuses = {}, set()
    for path in paths:
        response = client.get(path)
        statuses.add(response.status_code)
        if faults := active(response.content.decode()):
            found[path] = faults
    assert (found, statuses) == ({}, {200, 410})


def test_forms_for_programs_hold_one_idea_and_nothing_else(client, ideas):
    for number, text in enumerate(HOSTILE):
        told = one_line(text)
        endings = ("json", "bib", "ris", "csl.json", *["png"] * (number % 6 == 0))
        read = {ending: client.get(f"/ideas/idea-{number}.{ending}") for ending in endings}
        assert {ending: answer.status_code for ending, answer in read.items()} == dict.fromkeys(read, 200)
        # Its decoder takes a few letters for others; `test_citations` is about that.
        assert facts_of_bibtex(read["bib"].content.decode())["key"]
        assert facts_of_ris(read["ris"].content.decode())["title"] == told
        assert facts_of_csl(read["csl.json"].content.decode())["title"] == told
        assert json.loads(read["json"].content)["headline"] == told
        for answer in read.values():
            assert "zqx" not in "".join(f"{name}: {value}" for name, value in answer.headers.items())


def test_lists_for_programs_hold_every_idea_and_nothing_else(client, ideas):
    results = json.loads(client.get("/ideas.json?page_size=100").content)["results"]
    assert sorted(result["title"] for result in results) == sorted(HOSTILE)
    features = json.loads(b"".join(client.get("/ideas.geojson").streaming_content))["features"]
    assert sorted(feature["properties"]["title"] for feature in features) == sorted(HOSTILE)
    assert json.loads(client.get("/suggest.json?q=zqx").content)["suggestions"]
    for path in ("/ideas.atom", "/topics/topic-1.atom", "/cities/city-1.atom", "/sitemap.xml", "/opensearch.xml",
                 "/oembed?format=xml&url=http://127.0.0.1:8000/ideas/idea-1/"):  # fmt: skip
        answer = client.get(path)
        tree = ElementTree.fromstring(answer.getvalue())
        assert [element.tag for element in tree.iter() if re.search("zqx|script$|img|svg", element.tag)] == []
        for content in tree.iter("{http://www.w3.org/2005/Atom}content"):
            assert active(content.text, fragment=True) == []
    for number, text in enumerate(HOSTILE):
        card = json.loads(client.get(f"/oembed?url=http://127.0.0.1:8000/ideas/idea-{number}/").content)
        (frame,) = html5lib.parseFragment(card["html"], namespaceHTMLElements=False)
        assert frame.tag == "iframe"
        assert frame.get("src") == f"http://127.0.0.1:8000/embed/ideas/idea-{number}/"
        assert [name for name in frame.keys() if name.startswith(("on", "srcdoc")) or "zqx" in name] == []
        assert card["title"] == text


def test_no_cell_of_any_export_begins_a_formula(client, ideas, settings, tmp_path):
    settings.DUMP_ROOT = tmp_path
    call_command("dump", verbosity=0)
    client.force_login(editor("root", is_superuser=True))
    tables = [
        b"".join(client.get("/ideas.csv").streaming_content),
        b"".join(client.get("/dumps/ideas.csv").streaming_content),
    ]
    for table in tables:
        heads, *rows = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))
        assert {len(row) for row in rows} == {len(heads)}
        assert sorted(row[heads.index("slug")] for row in rows) == sorted(idea.slug for idea in ideas)
        # A spreadsheet may divide a line otherwise than we do.
        parts = [part for row in rows for cell in row for part in re.split(r"[;\t\r\n]", cell)]
        assert [part for part in parts if re.match(r"[\s\"]*[=+\-@＝＋－＠]", part)] == []


def test_desk_shows_what_strangers_typed_as_text(client, ideas):
    client.force_login(editor("root", is_superuser=True))
    text = "\n".join(HOSTILE)
    answers = {
        "what": {"title": text, "summary": text, "themes": [text]}, "where": {"city": text, "partners": text},
        "done": {"done": text}, "links": {"links": text}, "you": {"name": text, "email": "ana@example.org"},
    }  # fmt: skip
    sent = {"state": "received", "sent_at": "2026-01-01T00:00Z"}
    proposals = [make_submission(title=text[:200], name=text[:100], answers=answers, **sent) for text in HOSTILE]
    paths = [address(model, "changelist") for model in (Idea, Submission, Topic)]
    paths += ["/admin/", address(proposals[0]), f"/submit/{proposals[0].token}/"]
    for idea in ideas[::6]:
        paths += [address(idea), address(idea, "preview"), address(idea, "history")]
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        if faults := active(answer.content.decode()):
            found[path] = faults
    assert found == {}
