"""A file from somebody's spreadsheet: uploaded, a column assigned, its faults seen, mended, imported."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from catalogue import index
from catalogue.models import Act, Edition, Idea, Import
from tests.browser.pages import NARROW, WIDE
from tests.browser.test_pages import AXE, AXE_AT_NIGHT, too_wide
from tests.desk import editor

pytestmark = pytest.mark.browser

#: As Excel on a German Windows saves “CSV (Trennzeichen-getrennt)”.
FAULTY = 'Titel;Summary;City;Year it began\r\n"Abend; für alle";Man trifft sich – „gern“.;Torronto;2010\r\n'
MENDED = FAULTY.replace("Torronto", "Toronto")


@pytest.fixture
def desk(browser, base_url, browser_context_args, django_db_blocker):
    """The desk of an administrator; what comes in is taken away again, for the other tests only read."""
    with django_db_blocker.unblock():
        person, last, client = editor("ada", "Administrators"), Idea.objects.latest("pk").pk, Client()
        client.force_login(person)
        context = browser.new_context(**browser_context_args)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}])
        yield context.new_page()
        context.close()
        with Edition.act(why="tidied up") as act:
            act.touch_everything()
            Idea.objects.filter(pk__gt=last).delete()
        Import.objects.all().delete()
        Act.objects.filter(by=person).delete()
        person.delete()
        index.forget()


def look(page, faults: list[str]):
    """Accessible and nowhere too wide, at both widths, by day and by night."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        faults += too_wide(page)
        faults += [f"{v['id']}: {v['nodes'][0]['html']}" for v in Axe().run(page, options=AXE).response["violations"]]
    page.emulate_media(color_scheme="dark")
    faults += [v["id"] for v in Axe().run(page, options=AXE_AT_NIGHT).response["violations"]]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDE, "height": 900})


def upload(page, text: str):
    page.get_by_label("File:").set_input_files(
        {"name": "ideen.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
    )
    page.get_by_role("button", name="Upload").click()


def press(page, name: str):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_walk_of_a_file_from_upload_to_import(desk):
    faults = []
    desk.goto("/admin/catalogue/import/")
    look(desk, faults)
    desk.get_by_role("link", name="Import a file").click()
    look(desk, faults)
    upload(desk, FAULTY)
    assert desk.get_by_label("Encoding:").input_value() == "cp1252"
    assert desk.get_by_label("Between columns:").input_value() == ";"
    assert desk.locator(".checklist li").all_inner_texts() == [
        "Say what the column “Titel” of “ideen” is, or that it is ignored."
    ]
    assert desk.get_by_text("Such as: Man trifft sich – „gern“.").count() == 1
    look(desk, faults)

    desk.get_by_label("Titel:").select_option("title")
    press(desk, "Try it")
    assert desk.title().startswith("Error: ")
    assert desk.locator("table tbody tr").all_inner_texts() == [
        "ideen\t2\tCity\tThere is no city “Torronto”. The nearest is “toronto”."
    ]
    look(desk, faults)

    desk.get_by_role("link", name="Upload the mended file").click()
    upload(desk, MENDED)
    desk.get_by_label("Titel:").select_option("title")
    press(desk, "Try it")
    assert desk.locator(".note li").all_inner_texts() == ["Ideas: 1 new, 0 changed"]
    look(desk, faults)
    desk.get_by_label("Why:").fill("the list from Zürich")
    press(desk, "Import")
    assert desk.locator(".messagelist").inner_text() == "The file was imported."
    look(desk, faults)

    idea = Idea.objects.latest("pk")
    assert (idea.title, idea.summary) == ("Abend; für alle", "Man trifft sich – „gern“.")
    assert (idea.city.slug, idea.started, idea.status) == ("toronto", 2010, "draft")
    desk.goto("/admin/catalogue/import/export/")
    look(desk, faults)
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert faults == []
