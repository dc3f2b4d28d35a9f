"""Addresses: slugs, what leads on from an old one, and what a withdrawn idea answers."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from catalogue.models import City, Edition, Idea, Organisation, Redirect, Topic
from tests.factories import make_city, make_complete_idea, make_idea, make_organisation, make_term

pytestmark = pytest.mark.django_db


def change(noun, **values):
    with Edition.act(why="changed in a test"):
        for name, value in values.items():
            setattr(noun, name, value)
        noun.save()
    return noun


def merge(idea, into):
    return change(idea, status=Idea.Status.MERGED, merged_into=into)


def location(client, address):
    response = client.get(address)
    return response.status_code, response.get("Location", "")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Mentoring in Toronto", "mentoring-in-toronto"),
        ("Neighbourhood Mothers in Neukölln", "neighbourhood-mothers-in-neukolln"),
        ("Straße & Łódź – Ærø", "strasse-lodz-aero"),
        ("Women's work", "womens-work"),
        ("x" * 90, "x" * 60),
        ("one two " * 12, "one-two-one-two-one-two-one-two-one-two-one-two-one-two-one"),
        ("日本語", "idea"),
        ("Search", "search-ghent"),
    ],
)
def test_slug_is_made_from_the_title(title, slug):
    assert make_idea(title=title, city=make_city(name="Ghent", country="BE")).slug == slug


def test_slug_is_made_unique_by_the_city_then_a_number():
    ghent = make_city(name="Ghent", country="BE")
    slugs = [make_idea(title="Mentors", city=ghent).slug for _ in range(4)]
    assert slugs == ["mentors", "mentors-ghent", "mentors-ghent-2", "mentors-ghent-3"]
    assert [make_idea(title="Nowhere", city=None, organisation=None).slug for _ in range(2)] == ["nowhere", "nowhere-2"]


def test_city_slug_is_made_unique_by_the_region():
    assert make_city(name="London", country="GB").slug == "london"
    assert make_city(name="London", region="Ontario", country="CA").slug == "london-ontario"


def test_slug_stays_when_the_title_changes():
    idea = make_idea(title="Before")
    assert change(idea, title="After").slug == "before"


def test_slug_of_another_or_of_the_site_is_refused():
    make_idea(title="Taken")
    idea = make_idea(title="Mine")
    for slug in ("taken", "search", "json"):
        with pytest.raises(ValidationError) as refused:
            change(idea, slug=slug)
        assert list(refused.value.message_dict) == ["slug"]


def test_old_slug_is_never_handed_to_another(client):
    first = change(make_idea(title="First"), slug="renamed")
    second = make_idea(title="First", city=make_city(name="Ghent", country="BE"))
    assert second.slug == "first-ghent"
    with pytest.raises(ValidationError):
        change(second, slug="first")
    assert location(client, "/ideas/first/") == (301, first.get_absolute_url())


@pytest.mark.parametrize("address", ["/ideas/old/", "/ideas/old", "/ideas/OLD/", "/ideas/older/", "/ideas/older"])
def test_old_address_of_an_idea_leads_on_in_one_hop(client, address):
    idea = change(change(make_idea(title="Older"), slug="old"), slug="newer")
    assert location(client, address) == (301, "/ideas/newer/")
    assert client.get(idea.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("make", "folder"),
    [
        (lambda: make_idea(city=make_city(name="Old", country="BE")).city, "cities"),
        (lambda: make_idea(organisation=make_organisation(name="Old")).organisation, "organisations"),
        (lambda: make_idea(topics=["old"]) and Topic.objects.get(), "topics"),
    ],
    ids=["city", "organisation", "topic"],
)
def test_old_address_of_any_noun_leads_on_in_one_hop(client, make, folder):
    change(make(), slug="newer")
    for spelling in (f"/{folder}/old/", f"/{folder}/old"):
        assert location(client, spelling) == (301, f"/{folder}/newer/")
    assert client.get(f"/{folder}/newer/").status_code == 200


def test_renaming_back_makes_the_first_address_a_page_again(client):
    idea = change(change(make_idea(title="First"), slug="second"), slug="first")
    assert client.get("/ideas/first/").status_code == 200
    assert location(client, "/ideas/second/") == (301, idea.get_absolute_url())
    assert list(Redirect.objects.values_list("path", flat=True)) == ["/ideas/second/"]


def test_slug_of_a_draft_leaves_nothing_behind():
    change(make_idea(title="Before", status=Idea.Status.DRAFT), slug="after")
    assert not Redirect.objects.exists()


def test_missing_slash_is_added_and_the_query_kept(client):
    idea = make_idea(title="Here")
    assert location(client, "/ideas?theme=work&page=1") == (301, "/ideas/?theme=work&page=1")
    assert location(client, "/ideas/here") == (301, "/ideas/here/")
    assert location(client, f"/i/{idea.pk}") == (301, "/ideas/here/")
    assert location(client, "/countries/CA/") == (301, "/countries/ca/")


def test_short_link_leads_to_the_page(client):
    idea = make_idea(title="Here")
    assert location(client, f"/i/{idea.pk}/") == (301, "/ideas/here/")
    assert location(client, f"/i/{idea.pk + 1}/") == (404, "")
    assert location(client, "/i/99999999999999999999/") == (404, "")


def test_merged_idea_leads_to_the_other_from_every_address(client):
    loser, winner = change(make_idea(title="Old"), slug="loser"), make_idea(title="Winner")
    last = make_idea(title="Last")
    merge(loser, winner)
    merge(winner, last)
    for address in ("/ideas/loser/", "/ideas/loser", "/ideas/old/", f"/i/{loser.pk}/", "/ideas/winner/"):
        assert location(client, address) == (301, "/ideas/last/")


def test_withdrawn_idea_answers_gone_with_title_place_and_reason(client):
    idea = change(make_idea(title="Old", city=make_city(name="Ghent", country="BE")), slug="gone")
    idea.withdraw(reason="The team asked us to take it down.")
    for address in ("/ideas/gone/", "/ideas/old/", "/ideas/old", f"/i/{idea.pk}/"):
        response = client.get(address)
        assert response.status_code == 410
        for text in ("Old", "Ghent, Belgium", "The team asked us to take it down."):
            assert text in response.content.decode()


def test_withdrawn_idea_is_in_no_list(client):
    idea = make_idea(title="Taken back", topics=["sport"])
    idea.withdraw(reason="It was a mistake.")
    assert "Taken back" not in client.get("/ideas/").content.decode()
    for noun in (idea.city, idea.organisation, Topic.objects.get()):
        assert "Taken back" not in client.get(noun.get_absolute_url()).content.decode()


@pytest.mark.parametrize("leave", ["withdrawn", "merged"])
def test_page_that_its_last_idea_left_is_gone_with_its_name_and_place(client, leave):
    ghent = make_city(name="Ghent", country="BE")
    idea = make_idea(city=ghent, topics=["sport"], organisation=make_organisation(name="Union", city=ghent))
    other = make_idea(topics=["food"])
    if leave == "withdrawn":
        idea.withdraw(reason="It was a mistake.")
    else:
        idea.merge_into(other)
    for address, name, where in [
        ("/cities/ghent/", "Ghent", "Belgium"),
        ("/organisations/union/", "Union", "Ghent, Belgium"),
        ("/topics/sport/", "Sport", ""),
        ("/countries/be/", "Belgium", ""),
    ]:
        for spelling in (address, address.rstrip("/")):
            response = client.get(spelling)
            page = response.content.decode()
            assert response.status_code == 410, spelling
            assert f"<h1>{name}</h1>" in page
            assert re.findall(r'<p class="where">(.*?)</p>', page) == ([where] if where else [])


def test_withdrawing_needs_a_reason_and_a_published_idea():
    with pytest.raises(ValidationError):
        make_idea().withdraw(reason="  ")
    with pytest.raises(ValidationError):
        make_idea(status=Idea.Status.DRAFT).withdraw(reason="Why not?")


def test_idea_published_again_keeps_its_number_and_date(client):
    day = timezone.now() - timezone.timedelta(days=400)
    idea = make_complete_idea(title="Back", first_published=day)
    idea.withdraw(reason="A pause.")
    idea.publish(why="the pause is over")
    idea.refresh_from_db()
    assert (idea.first_published, idea.withdrawn_reason) == (day, "")
    assert client.get("/ideas/back/").status_code == 200


@pytest.mark.parametrize("status", [Idea.Status.DRAFT, Idea.Status.SCHEDULED])
def test_hidden_idea_answers_like_one_that_never_was(client, status):
    idea = make_idea(title="Secret aabb", status=status, publish_at=timezone.now())
    hidden, absent = client.get("/ideas/secret-aabb/"), client.get("/ideas/secret-bbaa/")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content.replace(b"aabb", b"bbaa") == absent.content
    assert client.get(f"/i/{idea.pk}/").status_code == 404


def test_place_without_a_published_idea_has_no_page(client):
    ghent = make_city(name="Ghent", country="BE")
    idea = make_complete_idea(city=ghent, topics=["sport"], status=Idea.Status.DRAFT)
    for noun in (idea.city, idea.organisation, Topic.objects.get()):
        assert client.get(noun.get_absolute_url()).status_code == 404
    assert client.get("/countries/be/").status_code == 404
    idea.publish()
    for noun in (idea.city, idea.organisation, Topic.objects.get()):
        assert client.get(noun.get_absolute_url()).status_code == 200
    assert client.get("/countries/be/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/%00", "/ideas/%00/", "/" + "x" * 3000, "//evil.example/", "/ideas/../admin/x", "/\\evil.example"]
)
def test_strange_address_is_not_found_and_leads_nowhere_else(client, path):
    response = client.get("/", PATH_INFO=path)
    assert response.status_code == 404


def test_redirect_may_not_leave_the_site():
    for to in ("https://evil.example/", "//evil.example/", "evil"):
        with pytest.raises(Exception, match="redirect_stays_here"), Edition.act():
            Redirect.objects.create(path="/x/", to=to)


def test_every_noun_makes_its_address():
    assert make_term(Topic, "a-b").get_absolute_url() == "/topics/a-b/"
    assert City(slug="x").get_absolute_url() == "/cities/x/"
    assert Organisation(slug="x").get_absolute_url() == "/organisations/x/"


def test_old_address_of_a_hidden_place_says_nothing(client):
    city = change(make_city(name="Old", country="BE"), slug="newer")
    assert location(client, "/cities/old/") == (404, "")
    make_idea(city=city)
    assert location(client, "/cities/old/") == (301, "/cities/newer/")


def test_withdrawn_idea_is_told_of_beside_what_is_near_to_it(client):
    near = make_idea(title="Neighbours who mentor")
    make_idea(title="Mentor a neighbour").withdraw(reason="It closed.")
    page = client.get("/ideas/mentor-a-neighbour/").content.decode()
    assert f'href="{near.get_absolute_url()}"' in page


@pytest.mark.parametrize("spelling", ["/IDEAS/Here/", "/ideas/HERE", "/Ideas/older/", "/I/{pk}/"])
def test_address_in_capitals_leads_to_the_page(client, spelling):
    idea = change(make_idea(title="Older"), slug="here")
    assert location(client, spelling.format(pk=idea.pk)) == (301, "/ideas/here/")


def redirect(path, to="", **values):
    with Edition.act(why="made for a test"):
        return Redirect.objects.create(path=path, to=to, **values)


def test_redirects_that_follow_each_other_are_one_hop(client):
    idea = change(make_idea(title="Older"), slug="newer")
    redirect("/a/", "/b/")
    redirect("/b/", "/ideas/older/")
    redirect("/c/", "/d")
    redirect("/d/", "/about/")
    redirect("/e/", "/ideas/?theme=work")
    assert location(client, "/a?x=1") == (301, "/ideas/newer/?x=1")
    assert location(client, "/c/") == (301, "/about/")
    assert location(client, "/e") == (301, "/ideas/?theme=work")
    idea.withdraw(reason="It closed.")
    assert location(client, "/a/") == (410, "")


def test_redirects_in_a_circle_lead_nowhere(client):
    redirect("/a/", "/b/")
    redirect("/b/", "/c")
    redirect("/c/", "/A")
    for path in ("/a/", "/b", "/c/"):
        assert location(client, path) == (404, "")


def test_redirect_to_a_hidden_idea_leads_nowhere(client):
    make_idea(title="Secret", status=Idea.Status.DRAFT)
    redirect("/a/", "/ideas/secret/")
    redirect("/b/", "/ideas/none/")
    redirect("/c/", "/i/99999/")
    assert [location(client, path) for path in ("/a/", "/b/", "/c/")] == [(404, "")] * 3


@pytest.mark.parametrize(
    ("query", "kept"),
    [("?lang=fr", ""), ("?lang=fr&page=2", "?page=2"), ("?page=2&lang=", "?page=2"), ("?q=lang%3D1", "?q=lang%3D1")],
)
def test_old_address_drops_the_language_of_the_retired_site(client, query, kept):
    redirect("/good_idea/old/", idea=make_idea(title="Newer"))
    assert location(client, f"/good_idea/old/{query}") == (301, f"/ideas/newer/{kept}")


@pytest.mark.parametrize(
    ("path", "copy"),
    [
        ("/good_idea/naan-in-the-park/", "/good_idea/naan-in-the-park/"),
        ("/good_idea/naan-in-the-park", "/good_idea/naan-in-the-park/"),
        ("/ezine_stories/a/", "/ezine_stories/a/"),
        ("/webinar/a/", "/webinar/a/"),
        ("/good-ideas-in-integration/municipal/a/", "/good-ideas-in-integration/municipal/a/"),
        ("/2011/03/04/a-post/", "/2011/03/04/a-post/"),
        ("/wp-content/uploads/nl_archive/nl001_x.html", "/wp-content/uploads/nl_archive/nl001_x.html"),
        ("/about-2/", "/about-2/"),
        ("/good_idea/caf\u00e9-\u2018x\u2019/", "/good_idea/caf%C3%A9-%E2%80%98x%E2%80%99/"),
    ],
)
def test_address_of_the_retired_site_without_successor_names_a_copy_and_what_is_near(client, path, copy):
    near = make_idea(title="Naan in the park again")
    response = client.get(path, {"lang": "fr"})
    page = response.content.decode()
    assert response.status_code == 404
    assert f'href="https://web.archive.org/web/2019/https://citiesofmigration.ca{copy}"' in page
    assert '<meta name="robots" content="noindex">' in page
    if "naan" in path:
        assert f'href="{near.get_absolute_url()}"' in page


@pytest.mark.parametrize("path", ["/good_ideas/a/", "/2011/3/a/", "/about-3/", "/ideas/webinar/", "/x/good_idea/a/"])
def test_any_other_unknown_address_is_not_taken_for_the_retired_site(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "archive.org" not in response.content.decode()


def test_page_without_its_slash_answers_what_it_is(client):
    make_idea(title="Gone").withdraw(reason="It closed.")
    assert location(client, "/ideas/gone") == (410, "")
    assert location(client, "/ideas/none") == (404, "")
    assert location(client, "/countries/CA") == (410, "")
    assert location(client, "/ideas?theme=nonsense") == (301, "/ideas/?theme=nonsense")
    assert location(client, "/admin") == (301, "/admin/")
    assert client.post("/ideas").status_code == 404
