"""The languages of the interface: where each lives, and that nothing of one is seen in another."""

import pytest

from tests.factories import make_idea

OTHERS = ("fr", "de", "es")


@pytest.mark.django_db
@pytest.mark.parametrize("language", OTHERS)
def test_every_language_lives_under_its_prefix(client, language):
    make_idea(title="Mentors", slug="mentors")
    for path in ("/", "/ideas/", "/ideas/mentors/", "/themes/work/", "/countries/ca/", "/submit/"):
        response = client.get(f"/{language}{path}")
        assert response.status_code == 200
        assert f'<html lang="{language}" dir="ltr">' in response.content.decode()
        assert "Accept-Language" not in response.headers.get("Vary", "")
        assert not response.cookies


@pytest.mark.django_db
def test_language_comes_from_the_address_alone(client):
    make_idea()
    client.cookies["django_language"] = "fr"
    page = client.get("/", headers={"accept-language": "fr"}).content.decode()
    assert '<html lang="en" dir="ltr">' in page
    assert 'href="/fr/ideas/"' not in page
