"""Counting addresses that nothing answered: what is counted, how little it costs, and that it never harms."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.models import Act, Edition, Miss, Redirect
from catalogue.models import miss as misses
from tests.desk import address, editor
from tests.factories import make_idea

pytestmark = pytest.mark.django_db


def counted() -> dict[str, int]:
    return dict(Miss.objects.values_list("path", "count"))


def test_miss_counts_every_spelling_of_an_address_as_one(client):
    for path in ("/good_idea/a/", "/good_idea/A", "/good_idea/a/?lang=fr", "/nothing/here", "/cities/none/"):
        client.get(path)
    assert counted() == {"/good_idea/a/": 3, "/nothing/here/": 1, "/cities/none/": 1}


def test_miss_keeps_days_and_nothing_of_who_asked(client):
    client.get("/nothing/?email=ada@example.org", headers={"referer": "https://example.org/", "user-agent": "Ada"})
    today = timezone.localdate()
    (row,) = Miss.objects.values()
    row.pop("id")
    assert row == {"path": "/nothing/", "count": 1, "first_day": today, "last_day": today}


def test_miss_leaves_out_what_is_answered_or_was_never_a_page(client):
    make_idea(title="Here")
    make_idea(title="Gone").withdraw(reason="It closed.")
    with Edition.act():
        Redirect.objects.create(path="/good_idea/known/", note="Known")
    answered = ["/ideas/here", "/ideas/gone/", "/good_idea/known/", "/ideas/?page=99"]
    never_a_page = ["/wp-login.php", "/.env", "/x/.git/config", "/" + "x" * 300, "/%00", "/a%0Ab/"]
    for path in answered + never_a_page:
        client.get(path)
    client.post("/nothing/")
    assert counted() == {}


def test_miss_is_no_act_and_makes_no_edition(client):
    client.get("/nothing/")
    assert (Edition.current(), Act.objects.count(), counted()) == (0, 0, {"/nothing/": 1})


def test_miss_table_never_grows_beyond_its_bound(client, monkeypatch):
    monkeypatch.setattr(misses, "MOST", 5)
    for _ in range(3):
        client.get("/good_idea/wanted/")
    for number in range(20):
        client.get(f"/random-{number}/")
        assert Miss.objects.count() <= 5
    assert counted() == {"/good_idea/wanted/": 3} | {f"/random-{number}/": 1 for number in range(16, 20)}


@pytest.mark.parametrize(("path", "most"), [("/known/", 7), ("/unknown/", 10)])
def test_miss_costs_a_few_statements(client, path, most):
    client.get("/known/")
    with CaptureQueriesContext(connection) as queries:
        Miss.objects.note(path)
    assert len(queries) <= most, [query["sql"] for query in queries]


@pytest.mark.django_db(transaction=True)
def test_miss_in_a_database_that_takes_no_writes_leaves_the_answer_as_it_is(client):
    plain = client.get("/nothing/")
    read_only = {
        "sqlite": ("PRAGMA query_only = on", "PRAGMA query_only = off"),
        "postgresql": ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(read_only[0])
        try:
            answer = client.get("/nothing/")
        finally:
            cursor.execute(read_only[1])
    assert (answer.status_code, answer.content) == (404, plain.content)
    assert counted() == {"/nothing/": 1}


def test_miss_list_on_the_desk_leads_to_a_redirect_of_that_path(client):
    client.get("/good_idea/wanted/")
    client.get("/good_idea/wanted/")
    client.get("/good_idea/less/")
    client.force_login(editor("ada", "Administrators"))
    page = client.get(address(Miss, "changelist")).content.decode()
    assert page.index("/good_idea/wanted/") < page.index("/good_idea/less/")
    assert f'href="{address(Redirect, "add")}?path=%2Fgood_idea%2Fwanted%2F"' in page
    form = client.get(f"{address(Redirect, 'add')}?path=%2Fgood_idea%2Fwanted%2F").content.decode()
    assert 'value="/good_idea/wanted/"' in form


def test_miss_list_is_for_administrators(client):
    client.force_login(editor("mira"))
    assert client.get(address(Miss, "changelist")).status_code == 403


def test_miss_can_be_forgotten(client):
    client.get("/nothing/")
    client.force_login(editor("ada", "Administrators"))
    sent = {"action": "delete_selected", "_selected_action": [Miss.objects.get().pk], "post": "yes"}
    client.post(address(Miss, "changelist"), sent)
    assert counted() == {}
