"""The way of a file over the desk: uploaded, its columns assigned, tried, mended, imported once; and the export."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from catalogue.duties import perform
from catalogue.exchange import working
from catalogue.exchange.tables import LARGEST
from catalogue.exchange.working import upload, work
from catalogue.models import Act, Idea, Import, ImportFault, ImportFile
from tests.desk import SAVED, editor, errors, fields, messages, page, send, text
from tests.factories import make_city, make_complete_idea, make_idea

pytestmark = pytest.mark.django_db
State = Import.State
ADD = reverse("admin:catalogue_import_add")
EXPORT = reverse("admin:catalogue_import_export")


@pytest.fixture
def ada(client):
    """Somebody who may import and publish."""
    user = editor("ada", "Administrators", "Editors")
    client.force_login(user)
    return user


def uploaded(client, data: bytes, name="ideas.csv"):
    """The import that a file becomes, and its address."""
    answer = client.post(ADD, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == SAVED, errors(answer)
    return Import.objects.latest("pk"), answer["Location"]


def press(client, address: str, button: str, **more):
    return send(client, address, fields(client.get(address)), **{button: "1"} | more)


def told(response) -> list[list[str]]:
    rows = [row for body in page(response).iter("tbody") for row in body.iter("tr")]
    return [[text(cell) for cell in row] for row in rows]


def test_file_is_uploaded_mapped_tried_and_imported_as_one_act(client, ada):
    make_city(name="Zürich", slug="zurich")
    data = "Titel;CITY;Year it began;Notiz\r\nZürich hilft;zürich;2011;x\r\n".encode("cp1252")
    made, here = uploaded(client, data)
    assert (made.encoding, made.delimiter, made.state) == ("cp1252", ";", State.UPLOADED)
    undecided = [text(item) for item in page(client.get(here)).iter("li") if "Say what" in text(item)]
    assert undecided == [
        "Say what the column “Titel” of “ideas” is, or that it is ignored.",
        "Say what the column “Notiz” of “ideas” is, or that it is ignored.",
    ]
    # Not before each column is decided.
    press(client, here, "_try")
    made.refresh_from_db()
    assert made.state == State.UPLOADED
    press(client, here, "_try", **{"column-0-0": "title", "column-0-3": "-"})
    made.refresh_from_db()
    assert (made.state, made.new, Idea.objects.count()) == (State.SOUND, {"ideas": 1}, 0)
    # History asks why.
    assert errors(send(client, here, {"_import": "1", "why": ""})) == ["Say why, in a few words: history keeps it."]
    answer = press(client, here, "_import", why="the list of Zürich")
    assert messages(client.get(answer["Location"])) == ["The file was imported."]
    idea, act = Idea.objects.get(), Act.objects.latest("pk")
    assert (idea.title, idea.city.name, idea.started, idea.status) == ("Zürich hilft", "Zürich", 2011, "draft")
    assert (act.by, act.why, act.key, act.edition) == (ada, "the list of Zürich", made.key, None)
    # Sent once more, it is imported once.
    send(client, here, {"_import": "1", "why": "again"})
    assert Idea.objects.count() == 1
    made.refresh_from_db()
    assert (made.state, ImportFile.objects.count()) == (State.DONE, 0)
    assert client.get(here).status_code == 200


def test_faults_are_listed_by_row_and_column_and_as_a_table(client, ada):
    before = Act.objects.count()
    rows = "".join(f"=Idea {number},nowhere\n" for number in range(150))
    made, here = uploaded(client, f"title,city\n{rows}".encode())
    press(client, here, "_try")
    assert told(client.get(here))[0] == ["ideas", "2", "city", "There is no city “nowhere”."]
    assert len(told(client.get(here))) == 100
    assert told(client.get(f"{here}?page=2"))[-1][:3] == ["ideas", "151", "city"]
    answer = client.get(reverse("admin:catalogue_import_faults", args=[made.pk]))
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (len(lines), lines[0], lines[150][:3]) == (
        151,
        ["table", "row", "column", "fault"],
        ["ideas", "151", "city"],
    )
    assert (Act.objects.count(), Idea.objects.count()) == (before, 0)
    # What has faults can't be imported, whatever is sent.
    send(client, here, {"_import": "1", "why": "nevertheless"})
    assert (Act.objects.count(), Idea.objects.count()) == (before, 0)


def test_file_can_be_read_in_another_encoding(client, ada):
    made, here = uploaded(client, "title,x\nŁódź,y\n".encode("cp1250"))
    assert made.tables[0]["sample"] == [["£ódŸ", "y"]]
    press(client, here, "_read", encoding="cp1250")
    made.refresh_from_db()
    assert (made.encoding, made.tables[0]["sample"]) == ("cp1250", [["Łódź", "y"]])
    answer = press(client, here, "_read", encoding="utf-16")
    assert messages(client.get(answer["Location"]))[0].startswith("It isn’t UTF-16: line ")


def test_table_that_holds_something_else_has_its_columns_guessed_anew(client, ada):
    made, here = uploaded(client, b"name,country\nGraz,AT\n", "organisations.csv")
    assert made.plan["organisations"]["columns"] == {"name": "name", "country": None}
    press(client, here, "_try", **{"table-0": "cities"})
    made.refresh_from_db()
    assert made.plan == {"organisations": {"section": "cities", "columns": {"name": "name", "country": "country"}}}
    assert made.state == State.UPLOADED
    press(client, here, "_try")
    made.refresh_from_db()
    assert (made.state, made.new) == (State.SOUND, {"cities": 1})


def test_large_file_is_worked_on_by_tick(client, ada, monkeypatch):
    monkeypatch.setattr("catalogue.admin.importing.AT_ONCE", 10)
    made, here = uploaded(client, b"title\nBicycle kitchen\n")
    press(client, here, "_try")
    made.refresh_from_db()
    assert made.state == State.TO_TRY
    assert "Waits to be tried." in client.get(here).content.decode()
    assert list(perform()) == ["ideas.csv: 1 rows, 0 faults"]
    press(client, here, "_import", why="a list")
    assert list(perform()) == ["ideas.csv: imported, 1 rows"]
    assert [(act.by, act.why) for act in Act.objects.filter(key=made.key)] == [(ada, "a list")]
    assert list(perform()) == []


def test_what_was_sound_and_no_longer_is_writes_nothing(ada):
    graz = make_city(name="Graz", slug="graz")
    made = upload(b"title,city\nA,graz\nB,graz\n", "ideas.csv", by=ada)
    made.move(Import.OPEN, State.TO_TRY)
    work(made)
    assert made.state == State.SOUND
    graz.merge_into(make_city(name="Linz", slug="linz"))
    made.move((State.SOUND,), State.TO_WRITE, why="late")
    work(made)
    assert (made.state, made.fault_count, Idea.objects.filter(title="A").exists()) == (State.FAULTY, 2, False)


def test_import_left_in_the_middle_is_taken_up_and_written_once(ada):
    made = upload(b"title\nA\n", "ideas.csv", by=ada)
    silent = timezone.now() - timedelta(hours=1)
    made.move(Import.OPEN, State.WRITING, beat_at=silent, why="first")
    assert list(perform()) == ["ideas.csv: imported, 1 rows"]
    # Whoever wrote it died before saying so.
    again = upload(b"title\nA\n", "ideas.csv", by=ada)
    Import.objects.filter(pk=made.pk).update(state=State.WRITING, beat_at=silent)
    assert list(perform()) == ["ideas.csv: imported, 1 rows"]
    assert Idea.objects.count() == 1
    # One that somebody works on is left to them.
    again.move(Import.OPEN, State.TRYING, beat_at=timezone.now())
    assert list(perform()) == []


def test_fault_of_ours_is_told_and_writes_nothing(ada, monkeypatch):
    made = upload(b"title\nA\n", "ideas.csv", by=ada)
    ImportFile.objects.update(data=b"title\nB\n")
    made.move(Import.OPEN, State.TO_WRITE)
    work(Import.objects.get(pk=made.pk))
    made.refresh_from_db()
    sentence = "It couldn’t be worked on, through a fault of ours. Nothing was written."
    assert ([fault.sentence for fault in made.faults.all()], Idea.objects.count()) == ([sentence], 0)


def test_whoever_may_import_no_more_writes_nothing(ada):
    made = upload(b"title\nA\n", "ideas.csv", by=ada)
    made.move(Import.OPEN, State.TO_WRITE)
    ada.groups.clear()
    work(Import.objects.get(pk=made.pk))
    assert ImportFault.objects.get().sentence == "Whoever asked for it may import no more. Nothing was written."
    assert Idea.objects.count() == 0


def test_files_are_forgotten_after_a_week(ada):
    old, new = (upload(b"title\nA\n", "ideas.csv", by=ada) for _n in range(2))
    Import.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(days=8))
    said = list(working.forget_files(timezone.now()))
    assert said == ["Uploaded files forgotten, since they were never imported: 1"]
    assert [made.pk for made in Import.objects.all()] == [new.pk]
    assert ImportFile.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "It is empty."),
        (b"a,a\n1,2\n", "“ideas” names the column “a” twice."),
        (b"PK\x03\x04", "It is damaged and can’t be opened. Save it anew."),
        (b"x" * (LARGEST + 200_000), "It is larger than 40 MB. Import it in parts."),
    ],
)
def test_file_that_can_not_be_read_is_refused_where_it_was_chosen(client, ada, data, sentence):
    answer = client.post(ADD, {"file": SimpleUploadedFile("ideas.csv", data)})
    assert (answer.status_code, errors(answer), Import.objects.count()) == (200, [sentence], 0)


def test_file_that_is_too_large_is_kept_nowhere_while_it_comes_in(client, ada, monkeypatch):
    monkeypatch.setattr("goodideas.uploads.LARGEST", 1_000)
    opened = []
    monkeypatch.setattr("django.core.files.uploadhandler.BytesIO", lambda: opened.append(1) or io.BytesIO())
    answer = client.post(ADD, {"file": SimpleUploadedFile("ideas.csv", b"x" * 200_000)})
    assert errors(answer) == ["It is larger than 40 MB. Import it in parts."]
    assert opened == []


def test_only_administrators_import_and_editors_export(client):
    made = upload(b"title\nA\n", "ideas.csv", by=editor("adam", "Administrators"))
    there = [
        ADD,
        reverse("admin:catalogue_import_change", args=[made.pk]),
        reverse("admin:catalogue_import_changelist"),
    ]
    there.append(reverse("admin:catalogue_import_faults", args=[made.pk]))
    found = {}
    for group in ("Readers", "Translators", "Editors", "Administrators"):
        client.force_login(editor(f"someone of {group}", group))
        found[group] = [client.get(address).status_code for address in (*there, EXPORT)]
    assert found == {
        "Readers": [403] * 5,
        "Translators": [403] * 5,
        "Editors": [403] * 4 + [200],
        "Administrators": [200] * 5,
    }


def test_export_gives_what_was_chosen(client):
    client.force_login(editor("mira"))
    idea = make_complete_idea(title="Öffentlich")
    make_idea(title="Draft", status="draft")
    answer = client.get(EXPORT, {"section": ["ideas", "topics"], "format": "json"})
    document = json.loads(answer.content)
    assert list(document) == ["edition", "topics", "ideas"]
    draft = Idea.objects.get(title="Draft")
    assert [(row["id"], row["status"]) for row in document["ideas"]] == [(idea.pk, "published"), (draft.pk, "draft")]
    assert answer["Content-Disposition"] == f'attachment; filename="good-ideas-{document["edition"]}.json"'
    assert errors(client.get(EXPORT, {"format": "pdf"})) == [
        "Choose at least one.",
        "Select a valid choice. pdf is not one of the available choices.",
    ]
    assert f"{EXPORT}?section=ideas" in client.get(reverse("admin:catalogue_idea_changelist")).content.decode()
