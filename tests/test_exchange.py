"""Files that go out and come in: nothing differs on the way, and whatever is wrong in one is told by row and column."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalogue.exchange import planning
from catalogue.exchange.columns import as_written
from catalogue.exchange.exporting import export
from catalogue.exchange.importing import Refused, perform, try_out
from catalogue.exchange.sections import BY_NAME
from catalogue.exchange.tables import LARGEST, read
from catalogue.exchange.unreadable import Unreadable
from catalogue.exports import harmless
from catalogue.models import Act, Adaptation, City, Edition, Evidence, Idea, Resource, Revision, Topic
from tests.factories import make_city, make_complete_idea, make_idea, make_organisation, make_term

ALL = list(BY_NAME)


def table(*rows, delimiter=",", encoding="utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def tried(data, name="ideas.csv", may_publish=True):
    source = read(data, name)
    plan = planning.guess(source.tables)
    assert planning.faults(plan, source.tables) == []
    return try_out(source.tables, plan, may_publish=may_publish, escaped=source.format != "json")


def imported(data, name="ideas.csv", may_publish=True):
    source = read(data, name)
    return perform(
        source.tables,
        planning.guess(source.tables),
        by=None,
        why="a test",
        may_publish=may_publish,
        escaped=source.format != "json",
    )


def faults(outcome) -> list[tuple]:
    return [(fault.row, fault.column, fault.sentence) for fault in outcome.faults]


# There and back


@pytest.mark.parametrize("format", ["json", "csv", "xlsx"])
@pytest.mark.usefixtures("collection")
def test_export_of_the_collection_comes_back_without_a_difference(format):
    before = Edition.current(), Act.objects.count()
    file = export(ALL, format)
    outcome = imported(file.content, file.name)
    assert (outcome.faults, outcome.differs) == ([], False)
    # Topics, cities, organisations, resources, ideas, evidence, sources, travels: every row was read.
    assert outcome.rows == sum(section.model.objects.count() for section in BY_NAME.values()) == 4077
    assert (Edition.current(), Act.objects.count()) == before


@pytest.mark.parametrize("format", ["json", "csv", "xlsx"])
@pytest.mark.django_db
def test_export_of_everything_strange_comes_back_without_a_difference(format):
    hostile = '=HYPERLINK("http://x"), \'-1; "@SUM"\n+2\n\n; =3'
    idea = make_complete_idea(title="=1+1", summary="'=2", body=hostile, partners=["-Une, deux", "Zürich; =1"])
    make_idea(title="– ein Entwurf", status="draft", city=None, organisation=None, placeless=True, themes=())
    with Edition.act(why="a test"):
        Evidence.objects.create(idea=idea, criterion="practical", claim=hostile, year=2011)
        Adaptation.objects.create(idea=idea, place="+Sicily", note="\ttabs\tand = signs", shown=False)
        Resource.objects.create(title="@home", url="https://example.org/?a=1&b='=2")
        Topic.objects.create(name={"en": "=Topic", "it": "Tema"}, description={"de": "-x"})
        City.objects.create(name="'s-Hertogenbosch", country="NL", latitude=-51.69917, longitude=-5.304179999999999)
    file = export(ALL, format)
    outcome = imported(file.content, file.name)
    assert (outcome.faults, outcome.differs) == ([], False)


@given(st.text(alphabet="=+-@＝'\" ;\t\n\ra,"))
def test_what_export_makes_harmless_is_read_as_it_was(text):
    assert as_written(harmless(text)) == text


@pytest.mark.django_db
def test_no_cell_of_an_export_begins_a_formula():
    make_complete_idea(title="=1+1", summary="@x", body="-1", partners=["+1"])
    with zipfile.ZipFile(io.BytesIO(export(ALL, "csv").content)) as archive:
        texts = [row for name in archive.namelist() for row in csv.reader(io.StringIO(archive.read(name).decode()))]
    book = openpyxl.load_workbook(io.BytesIO(export(ALL, "xlsx").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    found = [cell for row in texts for cell in row if cell.startswith(tuple("=+-@"))]
    # A negative number is a number.
    assert [cell for cell in found if not cell.lstrip("-").replace(".", "").isdigit()] == []


@pytest.mark.django_db
def test_export_says_what_a_workbook_can_not_hold():
    make_idea(title="Long", body="x" * 40_000)
    with pytest.raises(Unreadable, match=r"No cell of a workbook holds “x+…” \(ideas, row 2\). Export CSV or JSON\."):
        export(["ideas"], "xlsx")
    assert len(export(["ideas"], "csv").content) > 40_000


# What comes in is written


@pytest.mark.django_db
def test_import_writes_new_and_changed_rows_in_one_act():
    idea = make_complete_idea(title="Old title", slug="old")
    before = Act.objects.count()
    rows = {
        "cities": [{"slug": "graz", "name": "Graz", "country": "at", "latitude": 47.07, "longitude": 15.44}],
        "organisations": [{"name": "Stadt Graz", "sector": "City government", "city": "Graz"}],
        "resources": [{"title": "A film", "url": "https://example.org/film", "type": "video"}],
        "ideas": [
            {"id": idea.pk, "title": "New title"},
            {
                "slug": "repair",
                "status": "published",
                "title": "Repair evenings",
                "summary": "They mend bicycles.",
                "body": "## What was done\n\nMuch.",
                "city": "graz",
                "organisation": "stadt graz",
                "themes": ["work"],
                "topics": ["Mentoring"],
                "audiences": ["refugees"],
                "partners": ["Verein A"],
            },
            {"title": "Repair evenings"},
        ],
        "evidence": [{"idea": "repair", "criterion": "practical", "claim": "It runs.", "resource": "https://example.org/film"}],
        "sources": [{"idea": "repair", "resource": "https://example.org/film"}],
        "travels": [{"idea": "repair", "country": "DE", "year": 2020}],
    }  # fmt: skip
    outcome = imported(json.dumps(rows).encode(), "x.json")
    assert dict(+outcome.new) == {
        "cities": 1, "organisations": 1, "resources": 1, "ideas": 2, "evidence": 1, "sources": 1, "travels": 1,
    }  # fmt: skip
    assert dict(+outcome.changed) == {"ideas": 1}
    assert Act.objects.count() == before + 1
    made = Idea.objects.get(slug="repair")
    assert (made.is_published, made.missing(), made.city.country, made.organisation.city) == (True, [], "AT", made.city)
    assert made.evidence.get().resource == made.citations.get().resource == Resource.objects.get(title="A film")
    assert made.adaptations.get().year == 2020
    draft = Idea.objects.latest("pk")
    assert (draft.title, draft.status, draft.slug) == ("Repair evenings", "draft", "repair-evenings")
    idea.refresh_from_db()
    # What the row didn't name stays.
    assert (idea.title, idea.slug, idea.body, idea.topics.get().slug) == (
        "New title",
        "old",
        "## What was done\n\nSomething.",
        "mentoring",
    )
    act = Act.objects.latest("pk")
    kinds = sorted(revision.get_kind_display() for revision in act.revisions.all())
    assert kinds == ["adaptation", "city", "idea", "idea", "idea", "organisation", "resource"]
    told = Revision.objects.get(act=act, object_id=idea.pk, kind=Idea.kind)
    assert told.changed == {"title": ("Old title", "New title")}


@pytest.mark.django_db
def test_five_hundred_rows_are_one_act_of_as_many_queries_as_fifty(django_assert_max_num_queries):
    for many in (50, 500):
        data = table(["title", "summary", "body"], *([f"Idea {n}", "It helps.", "Text."] for n in range(many)))
        before = Act.objects.count()
        with django_assert_max_num_queries(60):
            outcome = imported(data)
        assert (dict(outcome.new), Act.objects.count()) == ({"ideas": many}, before + 1)
        assert Act.objects.first().revisions.count() == many


@pytest.mark.django_db
def test_import_finds_what_it_published_and_search_does_too(client):
    make_complete_idea(title="Old title", slug="old")
    data = table(["id", "title"], [Idea.objects.get().pk, "Bicycle kitchen"])
    imported(data)
    found = client.get("/ideas.json?q=bicycle").json()["results"]
    assert [result["title"] for result in found] == ["Bicycle kitchen"]


@pytest.mark.django_db
def test_import_of_a_new_slug_leaves_the_old_address_leading(client):
    idea = make_complete_idea(slug="old")
    imported(table(["id", "slug"], [idea.pk, "fresh"]))
    answer = client.get("/ideas/old/")
    assert (answer.status_code, answer["Location"]) == (301, "/ideas/fresh/")


@pytest.mark.django_db
def test_empty_cell_empties_and_absent_field_of_json_leaves_alone():
    idea = make_idea(status="draft", started=2001, ended=2005, web_address="https://example.org/")
    imported(table(["id", "started", "web_address"], [idea.pk, "", ""]))
    rows = [{"id": idea.pk, "title": "T"}, {"title": "U", "ended": 2010}]
    imported(json.dumps({"ideas": rows}).encode(), "x.json")
    idea.refresh_from_db()
    assert (idea.started, idea.web_address, idea.ended, idea.title) == (None, "", 2005, "T")


@pytest.mark.django_db
def test_import_takes_a_draft_to_publication_but_no_further():
    draft = make_complete_idea(status="draft")
    data = table(["id", "status"], [draft.pk, "published"])
    assert faults(tried(data, may_publish=False)) == [
        (2, "status", "You may not publish ideas. Leave this empty: it becomes a draft.")
    ]
    imported(data)
    draft.refresh_from_db()
    assert (draft.status, timezone.now() - draft.first_published < timedelta(minutes=1)) == ("published", True)
    for status in ("draft", "withdrawn", "scheduled", "merged"):
        outcome = tried(table(["id", "status"], [draft.pk, status]))
        sentence = "It is: Published. An import can make drafts and publish them; all else is done on the desk."
        assert faults(outcome) == [(2, "status", sentence)]


# What is wrong


@pytest.mark.django_db
def test_every_fault_of_every_row_is_told_and_nothing_is_written():
    make_city(name="Toronto", slug="toronto")
    make_term(Topic, "mentoring")
    make_organisation(name="Halo", slug="halo")
    idea = make_complete_idea()
    header = ["id", "title", "city", "organisation", "topics", "started", "ended", "placeless", "web address", "status"]
    rows = [
        [idea.pk, "", "Torronto", "", "mentoring, mentroing, zzz", "1700", "", "maybe", "nonsense", ""],
        [99999, "x", "", "", "", "", "", "", "", ""],
        ["1b", "x", "", "", "", "", "", "", "", ""],
        [idea.pk, "x", "toronto", "halo", "mentoring", "", "", "", "", ""],
        ["", "A new one", "", "", "", "2010", "2005", "", "", ""],
        ["", "A new one\0", "toronto", "", "", "", "", "yes", "", ""],
        ["", "x" * 201, "", "", "", "", "", "", "", "", "more"],
        ["", "Unfit", "", "", "", "", "", "", "", "published"],
    ]
    data = table(header, *rows)
    before = Act.objects.count()
    year = timezone.now().year + 1
    told = [
        (2, "title", "This field cannot be blank."),
        (2, "city", "There is no city “Torronto”. The nearest is “toronto”."),
        (2, "topics", "There is no topic “mentroing”. The nearest is “mentoring”. There is no topic “zzz”."),
        (2, "started", f"Give a year from 1800 to {year}."),
        (2, "placeless", "“maybe” is neither true nor false."),
        (2, "web address", "Enter a valid URL."),
        (2, "organisation", "A published idea needs this. Withdraw the idea, or leave it filled in."),
        (2, "status", "It is: Published. An import can make drafts and publish them; all else is done on the desk."),
        (3, "id", "There is no idea with the number 99999. Leave it empty for a new one."),
        (4, "id", "“1b” is no whole number."),
        (5, "id", "Row 2 has this number already."),
        (6, "ended", "It can’t have ended before it began, in 2010."),
        (7, "title", "It holds a character that no text may hold (NUL, say). Take it out."),
        (7, "placeless", "A city is named. Take it away, or say that the idea belongs there."),
        (8, "", "It has more cells than the first row names columns. A text with the delimiter in it needs quotation "
                "marks round it."),
        *((9, name, "It can’t be published without this.") for name in
          ("summary", "body", "city", "organisation", "themes", "topics", "audiences")),
        (9, "status", "It can’t be published: name at least one source, in the table of sources."),
    ]  # fmt: skip
    assert sorted(faults(tried(data))) == sorted(told)
    with pytest.raises(Refused) as refused:
        imported(data)
    assert sorted(faults(refused.value.outcome)) == sorted(told)
    assert (Act.objects.count(), Idea.objects.count()) == (before, 1)


@pytest.mark.django_db
def test_rows_that_can_not_both_be_are_told():
    here = make_city(name="Here", slug="here", country="CA")
    idea, other = make_complete_idea(slug="one", city=here), make_complete_idea(slug="two", city=here)
    claim = None
    with Edition.act(why="a test"):
        claim = Evidence.objects.create(idea=idea, criterion="practical", claim="x")
    url = idea.citations.get().resource.url
    rows = {
        "cities": [
            {"name": "Here", "country": "CA"},
            {"name": "Y", "country": "XX"},
            {"name": "Z", "country": "CA", "latitude": 1},
        ],
        "organisations": [{"name": "N", "city": "here", "slug": "n"}, {"name": "N", "city": "here", "slug": "n"}],
        "resources": [{"title": "T", "url": "ftp://x.org/"}, {"title": "T", "url": url}],
        "evidence": [
            {"id": claim.pk, "idea": other.pk},
            {"criterion": "practical", "claim": "y"},
            {"idea": 7, "claim": ""},
        ],
        "sources": [{"idea": idea.pk, "resource": url}],
        "travels": [{"idea": idea.pk, "became": idea.pk}, {}, {"idea": idea.pk, "country": "DE", "year": 1}],
    }  # fmt: skip
    outcome = tried(json.dumps(rows).encode(), "x.json")
    told = {(fault.table, fault.row, fault.column): fault.sentence for fault in outcome.faults}
    assert set(told) == {
        ("cities", 1, "name"),
        ("cities", 2, "country"),
        ("cities", 3, "longitude"),
        ("organisations", 2, "name"),
        ("organisations", 2, "slug"),
        ("resources", 1, "url"),
        ("resources", 2, "url"),
        ("evidence", 1, "idea"),
        ("evidence", 2, "idea"),
        ("evidence", 3, "idea"),
        ("evidence", 3, "claim"),
        ("evidence", 3, "criterion"),
        ("sources", 1, "idea"),
        ("travels", 1, "became"),
        ("travels", 2, "idea"),
        ("travels", 2, "from_city"),
        ("travels", 2, "city"),
        ("travels", 3, "year"),
    }
    assert told["cities", 1, "name"] == f"The city with the number {here.pk} is this one already. Give its number."
    assert told["organisations", 2, "name"] == "Row 1 says the same."


@pytest.mark.django_db
def test_import_never_overwrites_what_was_changed_since_the_export():
    idea = make_complete_idea(title="Before", summary="Mine.")
    file = export(["ideas"], "json")
    with Edition.act(why="somebody else"):
        idea.title = "Theirs"
        idea.save()
    rows = json.loads(file.content)
    rows["ideas"][0]["summary"] = "Ours."
    outcome = tried(json.dumps(rows).encode(), "x.json")
    assert faults(outcome) == [
        (1, "version", "Somebody changed it after this file was exported. Export it again, or take the column "
                       "“version” out to overwrite the change.")
    ]  # fmt: skip


@pytest.mark.django_db
def test_five_hundred_faults_are_all_told():
    data = table(["title", "city"], *([f"Idea {n}", f"nowhere {n}"] for n in range(500)))
    assert [(fault.row, fault.column) for fault in tried(data).faults] == [(n + 2, "city") for n in range(500)]


@pytest.mark.django_db
def test_ambiguous_name_is_told_with_what_to_write():
    make_city(name="London", slug="london", country="GB")
    make_city(name="London", slug="london-ontario", country="CA")
    outcome = tried(table(["title", "city"], ["T", "LONDON!"]))
    assert faults(outcome) == [(2, "city", "“LONDON!” may be one of several: write london, london-ontario.")]


# Files


UMLAUT = [["title", "summary"], ["Zürich hilft", "„Über“ – x, y"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "recognised"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encoding_and_delimiter_are_recognised(encoding, recognised, delimiter):
    source = read(table(*UMLAUT, delimiter=delimiter, encoding=encoding), "ideas.csv")
    assert (source.encoding, source.delimiter) == (recognised, delimiter)
    assert (source.tables[0].header, list(source.tables[0].rows())) == (UMLAUT[0], [(2, UMLAUT[1])])


def workbook(*sheets) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file.getvalue()


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The same zip with some parts in another form."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].removesuffix(".xml"), None) or old.read(name))
    return file.getvalue()


SHEET = workbook(("ideas", [["title"], ["A"]]))
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><worksheet>&a;</worksheet>'


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "x.csv", "It is empty."),
        (b" \n", "x.csv", "It is empty."),
        (b"x" * (LARGEST + 1), "x.csv", "It is larger than 40 MB"),
        (b"\xd0\xcf\x11\xe0old", "x.xls", "Excel’s old format"),
        (b"PK\x03\x04broken", "x.xlsx", "It is damaged"),
        (repacked(SHEET, sheet1=b"<broken"), "x.xlsx", "sheet “ideas” is damaged|can’t be read as a workbook"),
        (repacked(SHEET, sheet1=LAUGHS), "x.xlsx", "It declares entities"),
        (repacked(SHEET, sheet1=LAUGHS.decode().encode("utf-16")), "x.xlsx", "It isn’t written as workbooks are"),
        (repacked(SHEET, sheet1=b" " * 30_000_000), "x.xlsx", "packed like nothing that anybody writes"),
        (repacked(SHEET, sheet1=b" " * 210_000_000), "x.xlsx", "Unpacked it is larger than 200 MB"),
        (workbook(("ideas", [])), "x.xlsx", "holds no table"),
        (b"a,a\n1,2", "x.csv", "names the column “a” twice"),
        (b"a,,b\n1,2,3", "x.csv", "Column 2 of “x” has no name"),
        (b",\n1,2", "x.csv", "has to name its columns"),
        (b"a" * 201 + b"\n1", "x.csv", "longer than 200 characters"),
        (b"a\0\n1", "x.csv", "longer than 200 characters, or holds what no text may"),
        (",".join(f"c{n}" for n in range(201)).encode(), "x.csv", "more than 200 columns"),
        (b"{", "x.json", "can’t be read as JSON"),
        (b"[" * 100_000, "x.json", "nested too deeply|can’t be read as JSON"),
        (b"[]", "x.json", "has to be an object"),
        (b'{"ideas": [{"a": 1, "a": 2}]}', "x.json", "given twice"),
        (b'{"ideas": [{"a": NaN}]}', "x.json", "NaN is no number"),
        (b'{"ideas": {"a": 1}}', "x.json", "has to be a list of objects"),
        (b'{"ideas": ["\xff"]}', "x.json", "JSON has to be UTF-8"),
    ],
)
def test_file_that_can_not_be_read_is_refused_with_a_sentence(data, name, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read(data, name)


@pytest.mark.django_db
def test_row_that_can_not_be_read_ends_the_table_with_its_number():
    assert faults(tried(b'title\nA\n"B"x\nC\n')) == [
        (0, "", "From row 3 on it can’t be read as CSV: ',' expected after '\"'.")
    ]


@pytest.mark.django_db
def test_sheet_with_cells_far_away_is_refused():
    far = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    far += b'<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'
    far += b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(2, 400))
    outcome = tried(repacked(SHEET, sheet1=far + b"</sheetData></worksheet>"), "x.xlsx")
    assert {fault.row for fault in outcome.faults[:-1]} <= set(range(2, 400))
    assert outcome.faults[-1].sentence.endswith("has more than 5000000 cells, most of them empty perhaps.")


@pytest.mark.django_db
def test_formula_and_number_and_date_of_a_workbook():
    data = workbook(("ideas", [["title", "started", "summary"], ["A", 2011.0, "=1+1"], [12, "2012", True]]))
    outcome = tried(data, "x.xlsx")
    assert faults(outcome) == [(2, "summary", "It is a formula. Put its result in its place.")]


# Columns


def test_columns_are_guessed_in_any_case_and_spacing_and_never_dropped():
    source = read(table(["ID ", "TITLE", "Year it began", "web_address", "Notes"], [1, "a", 2, "", "x"]), "my list.csv")
    plan = planning.guess(source.tables)
    assert plan == {
        "my list": {
            "section": "ideas",
            "columns": {
                "ID": "id",
                "TITLE": "title",
                "Year it began": "started",
                "web_address": "web_address",
                "Notes": None,
            },
        }
    }
    sentence = "Say what the column “Notes” of “my list” is, or that it is ignored."
    assert planning.faults(plan, source.tables) == [sentence]
    plan["my list"]["columns"]["Notes"] = "title"
    assert planning.faults(plan, source.tables) == ["“Notes” and “TITLE” can’t both be “title”."]


def test_table_that_could_be_anything_is_asked_about():
    source = read(table(["a", "b"], [1, 2]), "x.csv")
    plan = planning.guess(source.tables)
    assert planning.faults(plan, source.tables) == ["Say what the table “x” holds, or that it is left out."]
