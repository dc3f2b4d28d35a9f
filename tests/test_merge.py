"""Merging: all that pointed to one noun points to the other, every old address is one hop from it, nothing doubles."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone

from catalogue import index
from catalogue.models import (
    Act,
    Adaptation,
    Assessment,
    Audience,
    Change,
    Citation,
    City,
    Contact,
    Edition,
    Evidence,
    Idea,
    Inquiry,
    Kind,
    Organisation,
    Redirect,
    Revision,
    Theme,
    Topic,
)
from catalogue.models.address import Addressable
from tests.factories import (
    make_adaptation,
    make_assessment,
    make_city,
    make_complete_idea,
    make_idea,
    make_organisation,
    make_resource,
    make_term,
)

pytestmark = pytest.mark.django_db

Status = Idea.Status


def edition():
    return Edition.current()


def rename(noun, slug):
    with Edition.act(why="renamed"):
        noun.slug = slug
        noun.save()
    return noun


def refused(loser, winner) -> dict[str, list[str]]:
    before = (edition(), Act.objects.count())
    with pytest.raises(ValidationError) as fault:
        loser.merge_into(winner)
    assert (edition(), Act.objects.count()) == before
    return fault.value.message_dict


def location(client, address):
    response = client.get(address)
    return response.status_code, response.get("Location", "")


# Places, organisations and vocabularies


MAKERS = {
    City: lambda slug: make_city(slug=slug),
    Organisation: lambda slug: make_organisation(slug=slug),
    Theme: lambda slug: make_term(Theme, slug),
    Topic: lambda slug: make_term(Topic, slug),
    Audience: lambda slug: make_term(Audience, slug),
}


def use(noun):
    """A published idea that points to a noun."""
    if isinstance(noun, City | Organisation):
        return make_idea(**{noun.redirect_field: noun})
    return make_idea(**{"themes": [], f"{noun.redirect_field}s": [noun.slug]})


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_merge_leads_every_old_address_to_the_winner_in_one_hop(client, model):
    loser, winner = rename(MAKERS[model]("older"), "loser"), MAKERS[model]("winner")
    idea = use(loser)
    use(winner)
    with Edition.act():
        Redirect.objects.create(path="/by-hand/", to=loser.path)
    before, acts = edition(), Act.objects.count()
    loser.merge_into(winner, why="the same")
    assert (edition(), Act.objects.count()) == (before + 1, acts + 1)
    assert not model.objects.filter(slug="loser").exists()
    addresses = ["/by-hand/", model.path_of("older"), model.path_of("loser"), model.path_of("loser").rstrip("/")]
    assert {location(client, address) for address in addresses} == {(301, winner.get_absolute_url())}
    facet = model._meta.model_name
    for old in ("older", "loser"):
        assert location(client, f"/ideas/?{facet}={old}") == (301, f"/ideas/?{facet}=winner")
    assert idea.pk in index.current()[facet].matching("winner")
    assert "loser" not in index.current()[facet].values
    assert (Kind.IDEA, idea.pk) in Change.since(before)


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_merge_moves_everything_that_pointed_to_the_loser(model):
    """Asked of every relation that the model has, so that a field added later is seen to."""
    loser, winner = MAKERS[model]("loser"), MAKERS[model]("winner")
    use(loser)
    if model is City:
        make_organisation(city=loser)
        make_adaptation(idea=make_idea(), city=loser)
        make_adaptation(became=make_idea(), from_city=loser)
    if model is Organisation:
        make_adaptation(idea=make_idea(), city=make_city(), organisation=loser)
        Contact.objects.create(organisation=loser, email="ana@example.org")
        now = timezone.now()
        Inquiry.objects.create(idea=make_idea(), organisation=loser, asked_at=now, due_at=now)
    rename(loser, "later")

    def pointing(pk):
        relations = [
            relation for relation in model._meta.get_fields(include_hidden=True)
            if relation.auto_created and not relation.concrete
        ]  # fmt: skip
        return {
            f"{relation.related_model._meta.model_name}.{relation.field.name}": relation.related_model.objects.filter(
                **{relation.field.name: pk}
            ).count()
            for relation in relations
        }

    before = pointing(loser.pk)
    assert min(before.values()) > 0, before
    expected = {
        name: count + pointing(winner.pk)[name] + (name.startswith("redirect.")) for name, count in before.items()
    }
    loser.merge_into(winner)
    assert pointing(winner.pk) == expected
    assert set(pointing(loser.pk).values()) == {0}


def test_merge_of_topics_doubles_nothing():
    loser, winner = make_term(Topic, "mentors"), make_term(Topic, "mentoring")
    both, one = make_idea(topics=["mentors", "mentoring"]), make_idea(topics=["mentors"])
    draft = make_idea(topics=["mentors"], status=Status.DRAFT)
    before = edition()
    loser.merge_into(winner)
    for idea in (both, one, draft):
        assert [topic.slug for topic in idea.topics.all()] == ["mentoring"]
    assert sorted(index.current()["topic"].matching("mentoring")) == [both.pk, one.pk]
    assert [pk for kind, pk in Change.since(before) if kind == Kind.IDEA] == [both.pk, one.pk]
    revision = Revision.objects.get(act=Act.objects.first(), kind=Kind.IDEA, object_id=draft.pk)
    assert revision.changed == {"topics": ([loser.pk], [winner.pk])}


def test_merge_of_what_only_drafts_use_moves_no_idea_of_the_public():
    loser, winner = make_term(Topic, "mentors"), make_term(Topic, "mentoring")
    make_idea(topics=["mentors"], status=Status.DRAFT)
    before = edition()
    loser.merge_into(winner)
    assert {kind for kind, _pk in Change.since(before)} <= {Kind.REDIRECT}


def test_merge_keeps_the_names_of_an_organisation():
    city = make_city()
    loser = make_organisation(name="Toronto Region Council", aliases=["TRIEC", "The Council"], city=city)
    winner = make_organisation(
        name="Council of Toronto", aliases=["Triec"], city=city, web_address="https://a.example/"
    )
    use(loser)
    loser.merge_into(winner)
    winner.refresh_from_db()
    assert winner.aliases == ["Triec", "Toronto Region Council", "The Council"]
    assert (winner.name, winner.web_address) == ("Council of Toronto", "https://a.example/")


def test_merge_keeps_the_loser_in_history(django_user_model):
    mira = django_user_model.objects.create_user("mira")
    loser, winner = make_city(name="Gdansk", country="PL"), make_city(name="Gdańsk", country="PL")
    use(loser)
    pk = loser.pk
    loser.merge_into(winner, by=mira, why="one city")
    revision = Revision.objects.get(kind=Kind.CITY, object_id=pk, after__isnull=True, act=Act.objects.first())
    assert (revision.act.by, revision.act.why, revision.before["name"]) == (mira, "one city", "Gdansk")


def test_merge_of_cities_makes_one_of_two_like_journeys():
    loser, winner = make_city(name="Gdansk", country="PL"), make_city(name="Gdańsk", country="PL")
    idea = make_idea()
    kept = make_adaptation(idea=idea, city=winner, year=2010)
    make_adaptation(idea=idea, city=loser, year=2010)
    other = make_adaptation(idea=idea, city=loser, year=2015)
    loser.merge_into(winner)
    assert list(Adaptation.objects.order_by("pk")) == [kept, other]
    assert index.current().travels_of(idea.pk) == 2


def test_merge_of_cities_with_an_organisation_of_one_name_is_refused():
    loser, winner = make_city(name="Gdansk", country="PL"), make_city(name="Gdańsk", country="PL")
    for city in (loser, winner):
        make_organisation(name="The library", city=city)
    assert refused(loser, winner) == {
        "merged_into": ["Both cities have an organisation named “The library”. Merge these first."]
    }


@pytest.mark.parametrize("model", [*MAKERS, Idea], ids=lambda model: model.__name__)
def test_merge_with_itself_or_another_kind_is_refused(model):
    noun = make_complete_idea() if model is Idea else MAKERS[model]("one")
    kind = model._meta.verbose_name
    assert refused(noun, model.objects.get(pk=noun.pk)) == {"merged_into": [f"Choose another {kind} than itself."]}
    other = make_city() if model is not City else make_organisation()
    for nonsense in (other, None, model(), "one"):
        assert refused(noun, nonsense) == {"merged_into": [f"Choose the {kind} that it is merged into."]}


def test_merge_into_what_was_taken_away_is_refused():
    loser, winner = make_city(), make_city()
    with Edition.act():
        City.objects.get(pk=winner.pk).delete()
    with pytest.raises(ValidationError, match="no longer there"):
        loser.merge_into(winner)
    assert City.objects.get() == loser


def test_slug_of_what_was_merged_is_never_handed_out_again():
    loser, winner = make_term(Topic, "mentors"), make_term(Topic, "mentoring")
    use(loser)
    loser.merge_into(winner)
    with Edition.act():
        again = Topic.objects.create(name={"en": "Mentors"})
    assert again.slug == "mentors-2"


# Ideas


def merge(loser, winner, **more):
    loser.merge_into(winner, **more)
    return loser, winner


def test_merged_idea_stays_and_leads_to_the_winner(client):
    loser, winner = rename(make_complete_idea(slug="older"), "loser"), make_complete_idea(slug="winner")
    before = edition()
    merge(loser, winner)
    assert edition() == before + 1
    loser.refresh_from_db()
    assert (loser.status, loser.merged_into, loser.slug) == (Status.MERGED, winner, "loser")
    for address in ("/ideas/older/", "/ideas/loser/", "/ideas/loser", f"/i/{loser.pk}/"):
        assert location(client, address) == (301, "/ideas/winner/")
    assert list(index.current().ids) == [winner.pk]


def test_merger_flattens_what_was_merged_into_the_loser():
    first, second, third = (make_complete_idea() for _ in range(3))
    merge(first, second)
    merge(second, third)
    first.refresh_from_db()
    assert first.merged_into == third


def test_merger_unites_sources_and_evidence_without_doubling():
    a, b, c = (make_resource() for _ in range(3))
    loser = make_complete_idea(sources=[a, b], criteria=["practical", "successful"])
    winner = make_complete_idea(sources=[c, a], criteria=["practical"])
    texts = (winner.title, winner.summary, winner.body, winner.first_published)
    with Edition.act():
        Evidence.objects.create(idea=loser, criterion="practical", claim="It runs in four cities.", resource=b)
    merge(loser, winner)
    winner.refresh_from_db()
    assert [(c.position, c.resource) for c in winner.citations.all()] == [(1, c), (2, a), (3, b)]
    assert [(row.criterion, row.claim, row.resource) for row in winner.evidence.all()] == [
        ("practical", "It is practical.", None),
        ("successful", "It is successful.", None),
        ("practical", "It runs in four cities.", b),
    ]
    assert (winner.title, winner.summary, winner.body, winner.first_published) == texts
    # The loser keeps its own.
    assert (Citation.objects.filter(idea=loser).count(), Evidence.objects.filter(idea=loser).count()) == (2, 3)
    assert index.current().criteria_of(winner.pk)["successful"] is True


def test_merger_leaves_each_what_its_own_readers_found():
    loser, winner, unread = (make_complete_idea() for _ in range(3))
    own, others = make_assessment(idea=loser, readers=3), make_assessment(idea=winner)
    merge(loser, winner)
    assert list(Assessment.objects.order_by("pk")) == [own, others]
    merge(winner, unread)
    assert not Assessment.objects.filter(idea=unread).exists()


def test_merger_moves_journeys_and_hides_what_would_double_or_come_home():
    loser, winner, other = (make_complete_idea() for _ in range(3))
    city = make_city()
    onward = make_adaptation(idea=loser, city=make_city())
    origin = make_adaptation(became=loser, from_country="DE")
    between = make_adaptation(idea=loser, became=winner)
    back = make_adaptation(idea=winner, became=loser, city=make_city())
    kept = make_adaptation(idea=winner, city=city, year=2010)
    double = make_adaptation(idea=loser, city=city, year=2010)
    became = make_adaptation(idea=other, became=loser)
    merge(loser, winner)
    assert list(Adaptation.objects.shown().order_by("pk")) == [onward, origin, kept, became]
    for journey in (onward, origin, between, back, kept, double, became):
        journey.refresh_from_db()
    assert (onward.idea, origin.became, became.became) == (winner, winner, winner)
    assert (between.shown, back.shown, double.shown) == (False, False, False)
    assert index.current().travels_of(winner.pk) == 2


def test_withdrawn_idea_that_is_merged_leads_on(client):
    loser, winner = make_complete_idea(slug="loser"), make_complete_idea(slug="winner")
    loser.withdraw(reason="A pause.")
    merge(loser, winner)
    assert location(client, "/ideas/loser/") == (301, "/ideas/winner/")


def test_draft_that_is_merged_was_never_there(client):
    draft, winner = make_complete_idea(slug="draft", status=Status.DRAFT), make_complete_idea(slug="winner")
    before = edition()
    with Edition.act():
        draft.citations.all().delete()
    merge(draft, winner)
    assert (edition(), Idea.objects.get(slug="draft").merged_into) == (before, winner)
    for address in ("/ideas/draft/", f"/i/{draft.pk}/", "/ideas/draft"):
        assert client.get(address, follow=True).status_code == 404


def test_merger_into_what_readers_can_not_reach_is_refused():
    idea, winner = make_complete_idea(), make_complete_idea(title="Winner")
    draft = make_complete_idea(title="Draft", status=Status.DRAFT)
    merged, withdrawn = make_complete_idea(title="Merged"), make_complete_idea(title="Withdrawn")
    merge(merged, winner)
    withdrawn.withdraw(reason="A pause.")
    unreachable = "“%s” isn’t published; readers who are sent there would find nothing."
    assert refused(idea, draft) == {"merged_into": [unreachable % "Draft"]}
    assert refused(idea, withdrawn) == {"merged_into": [unreachable % "Withdrawn"]}
    assert refused(idea, merged) == {"merged_into": ["“Merged” was itself merged into “Winner”. Choose that one."]}
    assert refused(merged, idea) == {"status": ["It has been merged into “Winner” already."]}


def test_stale_merger_rests_on_what_is_there_now():
    loser, winner = make_complete_idea(), make_complete_idea()
    stale = Idea.objects.get(pk=winner.pk)
    winner.withdraw(reason="A pause.")
    assert list(refused(loser, stale)) == ["merged_into"]


def test_every_noun_with_an_address_is_tested_here():
    nouns = apps.get_app_config("catalogue").get_models()
    assert {model for model in nouns if issubclass(model, Addressable)} == {*MAKERS, Idea}
