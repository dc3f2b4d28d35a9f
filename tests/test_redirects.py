"""Redirects on the desk: what is refused and why, a table of them, and where an address leads when it is tried."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalogue.models import Act, Edition, Idea, Miss, Redirect
from catalogue.redirecting import read
from tests.desk import SAVED, address, editor, errors, fields, fill, messages, page, text
from tests.factories import make_city, make_idea

pytestmark = pytest.mark.django_db

IMPORT, TRY = reverse("admin:catalogue_redirect_import"), reverse("admin:catalogue_redirect_try")


@pytest.fixture
def desk(client):
    client.force_login(editor("ada", "Administrators"))
    return client


def redirect(path, to="", **values):
    with Edition.act(why="made for a test"):
        return Redirect.objects.create(path=path, to=to, **values)


def add(client, path, **values):
    return fill(client, address(Redirect, "add"), path=path, why="an old link", **values)


CIRCLE = "It would lead in a circle: /a/ → /b/ → /c/ → /a/."
NO_PATH = "Give a path from its first slash on, such as /good_idea/a-name/, without a question mark."
HIDES = "The site itself answers at this address, which no redirect may hide."


@pytest.mark.parametrize(
    ("path", "to", "sentence"),
    [
        ("/a/", "/b/", CIRCLE),
        ("/a", "/B", CIRCLE),
        ("/a/", "/a", "It would lead to itself."),
        ("/ideas/here/", "/about/", "“Here” stands at this address, which no redirect may hide."),
        ("/IDEAS/Here", "/about/", "“Here” stands at this address, which no redirect may hide."),
        ("/ideas/secret/", "/about/", "“Secret” stands at this address, which no redirect may hide."),
        ("/cities/ghent/", "/about/", "“Ghent, Belgium” stands at this address, which no redirect may hide."),
        ("/themes/", "/about/", HIDES),
        ("/about/", "/themes/", HIDES),
        ("/i/99999/", "/about/", HIDES),
        ("/admin/login/", "/about/", HIDES),
        ("/static/css/base.css", "/about/", HIDES),
        ("/x/", "https://elsewhere.example/", "Give a path of this site, such as /about/."),
        ("/x/", "//elsewhere.example/", "Give a path of this site, such as /about/."),
        ("/x/", "/\\elsewhere.example/", "Give a path of this site, such as /about/."),
        ("/x/", "/nowhere/", "No page stands at /nowhere/."),
        ("/x/", "/ideas/none/", "No page stands at /ideas/none/."),
        ("/x/", "/i/99999/", "No page stands at /i/99999/."),
        ("/x/", "/about/none/", "No page stands at /about/none/."),
        ("/x/", "/ended/", "Nothing took the place of what stood at /ended/."),
        ("/", "/about/", NO_PATH),
        (
            "/x?y=1",
            "/about/",
            NO_PATH,
        ),
        (
            "https://elsewhere.example/x/",
            "/about/",
            NO_PATH,
        ),
    ],
)
def test_redirect_form_refuses_with_the_reason(desk, path, to, sentence):
    make_idea(title="Here", city=make_city(name="Ghent", country="BE"))
    make_idea(title="Secret", status=Idea.Status.DRAFT)
    redirect("/b/", "/c/")
    redirect("/c/", "/a/")
    redirect("/ended/", note="A newsletter")
    assert errors(add(desk, path, to=to)) == [sentence]
    assert Redirect.objects.count() == 3


@pytest.mark.parametrize("to", ["/ideas/older/", "/IDEAS/newer", "http://127.0.0.1:8000/ideas/newer/"])
def test_redirect_form_follows_a_noun_whose_address_is_given(desk, to):
    idea = make_idea(title="Newer")
    redirect("/ideas/older/", idea=idea)
    answer = add(desk, "https://www.citiesofmigration.ca/Good_idea/A", to=to)
    assert answer.status_code == SAVED
    made = Redirect.objects.get(path="/good_idea/a/")
    assert (made.idea, made.to) == (idea, "")
    assert desk.get("/good_idea/a")["Location"] == "/ideas/newer/"


def test_redirect_made_is_no_miss_any_more(desk):
    desk.get("/good_idea/a/")
    desk.get("/good_idea/b/")
    add(desk, "/good_idea/a/", to="/ideas/")
    assert [miss.path for miss in Miss.objects.all()] == ["/good_idea/b/"]


def test_redirect_list_is_searched_by_path_note_and_target(desk):
    redirect("/one/", idea=make_idea(title="Gardens"))
    redirect("/two/", note="A newsletter")
    redirect("/three/", "/about/")

    def found(words):
        listed = desk.get(address(Redirect, "changelist"), {"q": words}).content.decode()
        return re.findall(r'<th class="field-path"><a [^>]*>(.*?)</a>', listed)

    assert [found(words) for words in ("one", "garden", "newsletter", "about")] == [
        ["/one/"], ["/one/"], ["/two/"], ["/three/"]
    ]  # fmt: skip


# A table


def rows(response) -> list[tuple[str, str, str]]:
    """Line, path and faults of each row that the page reports."""
    found = []
    for row in page(response).iter("tr"):
        cells = [text(cell) for cell in row]
        if len(cells) == 5 and cells[0].isdigit():
            found.append((cells[0], cells[1], cells[4]))
    return found


def check(client, table, **more):
    sent = {name: values[0] for name, values in fields(client.get(IMPORT)).items()}
    return client.post(IMPORT, sent | {"table": table, "_check": "1"} | more)


def test_import_reports_every_row_with_its_fault_and_writes_nothing(desk):
    make_idea(title="Here")
    redirect("/known/", "/about/")
    table = """path,to,note
/good_idea/a/,/ideas/here/,A
/good_idea/A,/ideas/,Again
/known/,/ideas/,
/ideas/here/,/about/,
/x/,https://elsewhere.example/,
/p/,/q/,
/q/,/p/,
/gone/,,A newsletter
/nothing/,,
/comma/,/about/,A newsletter, in two parts
"""
    before = Act.objects.count()
    answer = check(desk, table)
    assert rows(answer) == [
        ("2", "/good_idea/a/", "none"),
        ("3", "/good_idea/a/", "Line 2 has this path already."),
        ("4", "/known/", "This path is among the redirects already. Change it there."),
        ("5", "/ideas/here/", "“Here” stands at this address, which no redirect may hide."),
        ("6", "/x/", "Give a path of this site, such as /about/."),
        ("7", "/p/", "It would lead in a circle: /p/ → /q/ → /p/."),
        ("8", "/q/", "It would lead in a circle: /q/ → /p/ → /q/."),
        ("9", "/gone/", "none"),
        ("10", "/nothing/", "Say where it leads, or in the note what stood there."),
        (
            "11",
            "/comma/",
            "It has more columns than the first line. Put quotation marks round a text with a comma.",
        ),
    ]
    assert (Redirect.objects.count(), Act.objects.count()) == (1, before)
    assert "_import" not in answer.content.decode()
    # Sent as though it were sound, it still writes nothing.
    desk.post(IMPORT, {"table": table, "why": "the old list", "_import": "1"})
    assert (Redirect.objects.count(), Act.objects.count()) == (1, before)


def test_import_makes_all_in_one_act(desk):
    idea = make_idea(title="Here")
    desk.get("/good_idea/a/")
    table = '\ufeffpath,to,note\r\n/good_idea/a/,/ideas/here/,A\r\n/b/,/good_idea/a/,\r\n/c/,,"Old, gone"\r\n'
    acts, edition = Act.objects.count(), Edition.current()
    answer = check(desk, "", file=SimpleUploadedFile("old.csv", table.encode()))
    assert [fault for _line, _path, fault in rows(answer)] == ["none"] * 3
    assert (Act.objects.count(), Redirect.objects.count()) == (acts, 0)
    sent = {name: values[0] for name, values in fields(answer).items()}
    answer = desk.post(IMPORT, sent | {"why": "the old list", "_import": "1"}, follow=True)
    assert messages(answer) == ["3 redirects were made."]
    assert (Act.objects.count(), Edition.current()) == (acts + 1, edition + 1)
    assert Act.objects.latest("pk").why == "the old list"
    made = Redirect.objects.order_by("path").values_list("path", "idea", "to", "note")
    assert list(made) == [
        ("/b/", None, "/good_idea/a/", ""),
        ("/c/", None, "", "Old, gone"),
        ("/good_idea/a/", idea.pk, "", "A"),
    ]
    assert desk.get("/b")["Location"] == "/ideas/here/"
    assert not Miss.objects.filter(path="/good_idea/a/").exists()
    # The same form once more makes nothing.
    answer = desk.post(IMPORT, sent | {"why": "the old list", "_import": "1"}, follow=True)
    assert (messages(answer), Act.objects.count()) == (["It was sent twice and is saved once."], acts + 1)


def test_import_asks_why(desk):
    make_idea()
    answer = desk.post(IMPORT, {"table": "path,to\n/a/,/ideas/\n", "_import": "1"})
    assert errors(answer) == ["Say why, in a few words: history keeps it."]
    assert not Redirect.objects.exists()


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("a,b\n/x/,/y/\n", "The first line has to name the columns: path,to,note. This one says: a,b."),
        ("path,to\n", "It has no rows."),
        ("path,to\n" + "/x/,/y/\n" * 5_001, "It has 5001 rows; 5000 at most can be read at once."),
        ("path,to\n/x/,\"/y/", "No page stands at /y/."),
        ("path,to\n/\0/,/about/\n", "Give a path from its first slash on"),
    ],
    ids=["columns", "empty", "long", "unclosed", "nul"],
)  # fmt: skip
def test_import_says_what_is_wrong_with_a_table(table, fault):
    found = read(table)
    assert (found.fault or found.rows[0].faults[0]).startswith(fault)
    assert not found.sound


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file, or type the lines."),
        ({"file": SimpleUploadedFile("x.csv", "päth".encode("latin-1"))}, "It isn’t UTF-8. Save it as “CSV UTF-8”."),
    ],
)
def test_import_says_what_is_wrong_with_the_file(desk, sent, sentence):
    assert errors(desk.post(IMPORT, sent | {"_check": "1"})) == [sentence]


def test_import_and_try_are_for_administrators(client):
    client.force_login(editor("mira"))
    assert [client.get(path).status_code for path in (IMPORT, TRY)] == [403, 403]


# A try


def steps(client, tried) -> list[str]:
    tree = page(client.get(TRY, {"address": tried}))
    return [text(li) for ol in tree.iter("ol") if ol.get("class") == "steps" for li in ol]


def test_try_says_where_an_address_leads(desk):
    make_idea(title="Here")
    make_idea(title="Gone").withdraw(reason="It closed.")
    redirect("/good_idea/a/", idea=Idea.objects.get(slug="here"))
    here = "200 /ideas/here/ A page stands here."
    assert steps(desk, "https://www.citiesofmigration.ca/good_idea/A?lang=fr") == [
        "301 /good_idea/A?lang=fr It leads on.", here
    ]  # fmt: skip
    assert steps(desk, "ideas/here/") == [here]
    assert steps(desk, "/ideas/gone") == [
        "410 /ideas/gone What stood here is gone; readers are told what it was and why."
    ]
    assert steps(desk, "/good_idea/none/") == ["404 /good_idea/none/ Nothing is known of it."]
    assert steps(desk, "/ideas/?theme=nonsense") == [
        "400 /ideas/?theme=nonsense A page stands here, and the question makes no sense to it."
    ]
    assert steps(desk, "/admin/") == ["403 /admin/"]
    assert steps(desk, "http://[x") == ["404 http://[x Nothing is known of it."]
    assert steps(desk, "") == []


def test_try_counts_as_no_visit(desk):
    steps(desk, "/good_idea/none/")
    assert not Miss.objects.exists()
