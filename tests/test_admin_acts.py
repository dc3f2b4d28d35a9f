"""The desk: every writing view is one act, with its reason, and one edition exactly when readers see a difference."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.models import (
    Act,
    Adaptation,
    Audience,
    City,
    Edition,
    Evidence,
    Idea,
    Organisation,
    Page,
    Redirect,
    Resource,
    Theme,
    Topic,
)
from tests.desk import SAVED, address, editor, errors, fields, fill, messages, send, with_row
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_resource, make_term

pytestmark = pytest.mark.django_db

COMPLETE = {"topics": ["sport"], "audiences": ["women"]}


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


@pytest.fixture
def administrator(client):
    client.force_login(editor("ada", "Administrators"))
    return client


class Moved:
    """How many editions and acts something made."""

    def __init__(self):
        self.before = self._now()

    @staticmethod
    def _now():
        return Edition.current(), Act.objects.count()

    def __call__(self):
        return tuple(now - then for now, then in zip(self._now(), self.before, strict=True))


def draft(**values):
    return make_idea(status=Idea.Status.DRAFT, sources=[make_resource()], **COMPLETE | values)


def published(**values):
    return make_idea(sources=[make_resource()], **COMPLETE | values)


# The change form


def test_change_form_saves_fields_text_terms_and_rows_in_one_act(desk):
    idea = published(criteria=["practical"])
    sport, music = Topic.objects.get(slug="sport"), make_term(Topic, "music")
    moved = Moved()
    sent = with_row(fields(desk.get(address(idea))), "evidence", criterion="successful", basis="seen", claim="It was.")
    answer = send(
        desk,
        address(idea),
        sent,
        title="Another title",
        body="## What was done\r\n\r\nMuch.",
        topics=[sport.pk, music.pk],
        why="after a visit",
    )
    assert (answer.status_code, errors(answer) if answer.status_code == 200 else []) == (SAVED, [])
    assert moved() == (1, 1)
    idea = Idea.objects.get(pk=idea.pk)
    assert (idea.title, idea.body) == ("Another title", "## What was done\n\nMuch.")
    assert [e.criterion for e in idea.evidence.all()] == ["practical", "successful"]
    assert set(idea.topics.all()) == {sport, music}
    act = Act.objects.first()
    assert (act.by_name, act.why, act.edition) == ("mira", "after a visit", Edition.current())
    assert set(act.revisions.get().changed) == {"title", "body", "topics", "evidence"}


def test_change_form_takes_a_row_away_in_one_act(desk):
    idea = published(criteria=["practical", "successful"])
    moved = Moved()
    answer = fill(desk, address(idea), **{"evidence-0-DELETE": "on"}, why="it was wrong")
    assert (answer.status_code, moved()) == (SAVED, (1, 1))
    assert [e.criterion for e in idea.evidence.all()] == ["successful"]


def test_change_form_that_changes_nothing_leaves_no_trace(desk):
    idea = published(criteria=["practical"], started=2010, partners=["TRIEC", "ALLIES"])
    moved = Moved()
    assert fill(desk, address(idea), why="saved again").status_code == SAVED
    assert moved() == (0, 0)


@pytest.mark.parametrize(
    "make",
    [
        make_city,
        make_organisation,
        make_resource,
        lambda: make_term(Theme, "work"),
        lambda: make_term(Topic, "sport"),
        lambda: make_term(Audience, "women"),
        lambda: make_adaptation(idea=make_idea(), city=make_city(), note="Told."),
    ],
    ids="city organisation resource theme topic audience adaptation".split(),
)
def test_change_form_of_every_noun_comes_back_as_it_was(desk, make):
    noun = make()
    before, moved = noun.snapshot(), Moved()
    answer = fill(desk, address(noun), why="saved again")
    assert (answer.status_code, errors(answer) if answer.status_code == 200 else []) == (SAVED, [])
    assert (type(noun).objects.get(pk=noun.pk).snapshot(), moved()) == (before, (0, 0))


def test_change_form_of_a_draft_makes_no_edition_and_asks_for_no_reason(desk):
    idea = draft()
    moved = Moved()
    assert fill(desk, address(idea), title="Perhaps").status_code == SAVED
    assert moved() == (0, 1)


def test_change_form_without_a_reason_is_refused_where_readers_see_it(desk):
    idea = published(title="Before")
    moved = Moved()
    answer = fill(desk, address(idea), title="After")
    assert errors(answer) == ["Say why, in a few words: history keeps it."]
    assert fields(answer)["title"] == ["After"]
    assert (moved(), Idea.objects.get(pk=idea.pk).title) == ((0, 0), "Before")


def test_add_form_makes_a_draft_in_one_act(desk):
    topic, theme, audience = make_term(Topic, "sport"), make_term(Theme, "work"), make_term(Audience, "women")
    city = make_city()
    organisation, resource = make_organisation(city=city), make_resource()
    moved = Moved()
    sent = with_row(fields(desk.get(address(Idea, "add"))), "citations", position="1", resource=resource.pk)
    answer = send(
        desk,
        address(Idea, "add"),
        sent,
        title="A new idea",
        summary="It helps.",
        body="Told.",
        city=city.pk,
        organisation=organisation.pk,
        partners="TRIEC\r\nALLIES",
        topics=topic.pk,
        themes=theme.pk,
        audiences=audience.pk,
    )
    assert (answer.status_code, moved()) == (SAVED, (0, 1))
    idea = Idea.objects.get()
    assert (idea.status, idea.slug, idea.body, idea.partners) == ("draft", "a-new-idea", "Told.", ["TRIEC", "ALLIES"])
    assert idea.missing() == []


def test_inline_journey_has_its_own_line_of_history_in_the_same_act(desk):
    idea, city = published(), make_city()
    moved = Moved()
    sent = with_row(
        fields(desk.get(address(idea))), "adaptations", city=city.pk, state="running", shown="on", position="0"
    )
    assert send(desk, address(idea), sent, why="it travelled").status_code == SAVED
    assert moved() == (1, 1)
    assert Adaptation.objects.get().city == city


def test_rename_leaves_the_old_address_in_the_same_act(desk):
    city = make_city(name="Danzig")
    published(city=city)
    moved = Moved()
    assert fill(desk, address(city), name="Gdańsk", slug="gdansk", why="its name").status_code == SAVED
    assert moved() == (1, 1)
    assert Redirect.objects.get().path == "/cities/danzig/"


def test_vocabulary_has_a_field_for_each_language(desk):
    topic = make_term(Topic, "sport", name={"en": "Sport", "de": "Sport", "ar": "رياضة"})
    assert fill(desk, address(topic), name_en="Sports", name_fr="Sport", name_de="").status_code == SAVED
    assert Topic.objects.get().name == {"en": "Sports", "fr": "Sport", "ar": "رياضة"}
    assert errors(fill(desk, address(topic), name_en="")) == ["The English text is missing."]


def test_new_term_gets_its_address_from_its_english_name(desk):
    answer = fill(desk, address(Theme, "add"), name_en="Belong", why="a sixth theme")
    assert (answer.status_code, Theme.objects.get().slug) == (SAVED, "belong")


# Bad input


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({"started": "1492"}, ["Give a year from 1800 to {latest}."]),
        ({"started": "soon"}, ["Enter a whole number."]),
        ({"started": "2010", "ended": "2001"}, ["It can’t have ended before it began, in 2010."]),
        ({"slug": "search"}, ["“search” is a word that the site needs for itself. Choose another."]),
        ({"slug": "taken"}, ["“taken” is already the address of another. Choose another."]),
        ({"title": ""}, ["This field is required."]),
        ({"partners": "TRIEC\r\nTRIEC"}, ["“TRIEC” is there twice."]),
        ({"summary": ""}, ["A published idea needs this. Withdraw the idea, or leave it filled in."]),
    ],
)
def test_idea_form_says_at_the_field_what_is_wrong_and_keeps_what_was_typed(desk, values, sentences):
    make_idea(slug="taken")
    idea = published()
    moved = Moved()
    answer = fill(desk, address(idea), body="Much was typed.", why="a try", **values)
    assert errors(answer) == [s.format(latest=timezone.now().year + 1) for s in sentences]
    assert fields(answer)["body"] == ["Much was typed."]
    assert moved() == (0, 0)


def test_evidence_says_at_the_field_what_is_wrong(desk):
    idea = published(criteria=["practical"])
    answer = fill(desk, address(idea), why="a try", **{"evidence-0-year": "3000", "evidence-0-claim": ""})
    assert errors(answer) == [f"Give a year from 1800 to {timezone.now().year + 1}.", "This field is required."]


def test_city_form_wants_both_coordinates(desk):
    answer = fill(desk, address(make_city()), latitude="", why="a try")
    assert errors(answer) == ["Give both coordinates or neither."]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"to": "/about/", "city": "{city}"}, "An address leads to one place. Leave one of these empty."),
        ({"to": "//elsewhere.example/"}, "Give a path of this site, such as /about/."),
        ({"to": "/old/"}, "It would lead to itself."),
    ],
)
def test_redirect_form_says_what_is_wrong(administrator, values, sentence):
    city = make_city()
    values = {name: value.format(city=city.pk) for name, value in values.items()}
    answer = fill(administrator, address(Redirect, "add"), path="/old/", why="an old link", **values)
    assert sentence in errors(answer)
    assert Redirect.objects.count() == 0


def test_redirect_and_page_are_made_by_administrators(administrator):
    assert (
        fill(administrator, address(Redirect, "add"), path="Old/Page", to="/about/", why="a link").status_code == SAVED
    )
    assert Redirect.objects.get().path == "/old/page/"
    sent = {"path": "/about/us/", "title": "Us", "body": "We.", "why": "asked for"}
    moved = Moved()
    assert fill(administrator, address(Page, "add"), **sent).status_code == SAVED
    assert (Page.objects.get().title, moved()) == ("Us", (1, 1))


def test_journey_form_says_what_is_wrong(desk):
    idea = make_idea()
    journey = make_adaptation(idea=idea, city=make_city())
    answer = fill(desk, address(journey), city="", why="a try")
    assert errors(answer) == ["Say where it was taken up: a city, a country, a place, or the idea that it became."]
    answer = fill(desk, address(journey), became=idea.pk, why="a try")
    assert errors(answer) == ["An idea can’t become itself. Choose another, or none."]


# Verbs


def test_publish_button_makes_one_edition(desk):
    idea = draft()
    moved = Moved()
    answer = fill(desk, address(idea, "publish"), why="it is ready")
    assert (answer.status_code, moved()) == (SAVED, (1, 1))
    assert Idea.objects.get(pk=idea.pk).is_published
    assert Act.objects.first().why == "it is ready"


def test_publish_says_everything_that_is_missing_at_once(desk):
    idea = make_idea(status="draft", themes=(), summary="", body="", city=None, organisation=None)
    moved = Moved()
    answer = fill(desk, address(idea, "publish"))
    assert errors(answer) == [sentence for _field, sentence in idea.missing()]
    assert len(errors(answer)) == 8
    assert (moved(), Idea.objects.get().status) == ((0, 0), "draft")


def test_checklist_is_on_the_form_of_a_draft_and_not_on_a_published_one(desk):
    page = desk.get(address(make_idea(status="draft"))).content.decode()
    assert "Before it can be published" in page
    assert "Choose at least one topic." in page
    assert "Before it can be published" not in desk.get(address(published())).content.decode()


def test_schedule_and_take_back_make_no_edition(desk):
    idea = draft()
    moved, at = Moved(), timezone.now() + timedelta(days=2)
    answer = fill(desk, address(idea, "schedule"), at=f"{at:%Y-%m-%d}T08:00")
    assert (answer.status_code, moved()) == (SAVED, (0, 1))
    idea.refresh_from_db()
    assert (idea.status, idea.publish_at.hour) == ("scheduled", 8)
    assert fill(desk, address(idea, "unschedule")).status_code == SAVED
    idea.refresh_from_db()
    assert (idea.status, moved()) == ("draft", (0, 2))


def test_schedule_in_the_past_is_refused_at_the_field(desk):
    answer = fill(desk, address(draft(), "schedule"), at="2001-01-01T08:00")
    assert errors(answer) == ["That time is past. Give one to come, or publish it now."]
    assert fields(answer)["at"] == ["2001-01-01T08:00"]


def test_withdraw_asks_for_the_reason_that_readers_are_told(desk):
    idea = published()
    moved = Moved()
    assert errors(fill(desk, address(idea, "withdraw"))) == ["Say why; readers who follow a link are told."]
    assert moved() == (0, 0)
    assert fill(desk, address(idea, "withdraw"), reason="Its organisers asked.").status_code == SAVED
    idea.refresh_from_db()
    assert (idea.status, idea.withdrawn_reason, moved()) == ("withdrawn", "Its organisers asked.", (1, 1))
    assert Act.objects.first().why == "Its organisers asked."


def test_end_verify_and_feature_each_make_one_edition(desk):
    idea = published(started=2005)
    moved = Moved()
    assert errors(fill(desk, address(idea, "end"), year="2001", why="news")) == [
        "It can’t have ended before it began, in 2005."
    ]
    assert fill(desk, address(idea, "end"), year="2015", why="news").status_code == SAVED
    assert fill(desk, address(idea, "verify"), why="a call").status_code == SAVED
    assert fill(desk, address(idea, "feature"), why="well told").status_code == SAVED
    assert fill(desk, address(idea, "unfeature"), why="enough").status_code == SAVED
    idea.refresh_from_db()
    assert (idea.ended, idea.last_verified, idea.featured) == (2015, timezone.localdate(), False)
    assert moved() == (4, 4)
    assert list(Act.objects.values_list("why", flat=True)[:4]) == ["enough", "well told", "a call", "news"]


def test_verbs_need_a_reason_where_readers_see_them(desk):
    assert errors(fill(desk, address(published(), "feature"))) == ["Say why, in a few words: history keeps it."]


@pytest.mark.parametrize(
    "make",
    [
        make_city,
        make_organisation,
        lambda: make_term(Topic, f"topic-{Topic.objects.count()}"),
        lambda: make_term(Theme, f"theme-{Theme.objects.count()}"),
        lambda: make_term(Audience, f"audience-{Audience.objects.count()}"),
        published,
    ],
    ids="city organisation topic theme audience idea".split(),
)
def test_merge_leads_the_old_address_to_the_other_in_one_edition(desk, make):
    loser, winner = make(), make()
    if isinstance(loser, City | Organisation):
        published(**{loser._meta.model_name: loser})
    elif isinstance(loser, Topic | Audience):
        published(**{f"{loser._meta.model_name}s": [loser.slug]})
    path, moved = loser.get_absolute_url(), Moved()
    answer = fill(desk, address(loser, "merge"), other=winner.pk, why="the same twice")
    assert (answer.status_code, errors(answer) if answer.status_code == 200 else []) == (SAVED, [])
    assert moved() == (1, 1)
    if not isinstance(loser, Audience):
        assert desk.get(path).headers["Location"] == winner.get_absolute_url()


def test_merge_with_itself_is_refused_at_the_field(desk):
    city = make_city()
    published(city=city)
    moved = Moved()
    answer = fill(desk, address(city, "merge"), other=city.pk, why="a slip")
    assert errors(answer) == ["Choose another city than itself."]
    assert moved() == (0, 0)


# Many at once


def choose(client, action, nouns, **more):
    """Chooses rows in the list of ideas, opens the page of an action and sends its form."""
    listed = address(Idea, "changelist")
    rows = {"action": action, "_selected_action": [noun.pk for noun in nouns], "index": "0"}
    return send(client, listed, fields(client.post(listed, rows)), **more)


@pytest.mark.parametrize(
    ("action", "check"),
    [
        ("publish_ideas", lambda idea: idea.is_published),
        ("verify_ideas", lambda idea: idea.last_verified == timezone.localdate()),
        ("feature_ideas", lambda idea: idea.featured),
        ("unfeature_ideas", lambda idea: not idea.featured),
        ("tag_ideas", lambda idea: idea.topics.filter(slug="music").exists()),
    ],
)
def test_every_bulk_action_is_one_act_and_one_edition(desk, action, check):
    make = draft if action == "publish_ideas" else published
    ideas = [make(featured=action == "unfeature_ideas") for _ in range(3)]
    topic = make_term(Topic, "music")
    moved = Moved()
    more = {"add": topic.pk} if action == "tag_ideas" else {}
    answer = choose(desk, action, ideas, why="in one go", **more)
    assert (answer.status_code, moved()) == (SAVED, (1, 1))
    assert [check(idea) for idea in Idea.objects.all()] == [True] * 3
    act = Act.objects.first()
    assert (act.why, act.revisions.count()) == ("in one go", 3)
    assert messages(desk.get(answer.headers["Location"])) == ["Done for 3 ideas."]


def test_bulk_publication_publishes_all_or_none(desk):
    ready, not_ready = draft(), draft(title="Half done", topics=[])
    moved = Moved()
    answer = choose(desk, "publish_ideas", [ready, not_ready], why="a try")
    assert errors(answer) == ["“Half done”: Choose at least one topic."]
    assert (moved(), Idea.objects.published().count()) == ((0, 0), 0)


def test_bulk_tagging_wants_a_topic_and_a_reason(desk):
    answer = choose(desk, "tag_ideas", [published()])
    assert errors(answer) == [
        "Choose at least one topic to add or to take away.",
        "Say why, in a few words: history keeps it.",
    ]


def test_bulk_action_on_drafts_makes_no_edition(desk):
    moved, topic = None, make_term(Topic, "music")
    ideas = [draft(), draft()]
    moved = Moved()
    assert choose(desk, "tag_ideas", ideas, add=topic.pk, why="filed").status_code == SAVED
    assert moved() == (0, 1)


# Lists


def test_list_edit_is_one_act(desk):
    work, live = make_term(Theme, "work", order=1), make_term(Theme, "live", order=2)
    listed = address(Theme, "changelist")
    moved = Moved()
    sent = fields(desk.get(listed), "changelist-form") | {"_save": ["Save"]}
    answer = send(desk, listed, sent, **{"form-0-order": "7", "form-1-order": "6"}, why="another order")
    assert (answer.status_code, moved()) == (SAVED, (1, 1))
    assert {t.slug: t.order for t in Theme.objects.all()} == {work.slug: 7, live.slug: 6}
    assert Act.objects.first().why == "another order"


def test_list_edit_without_a_reason_is_refused(desk):
    make_term(Theme, "work", order=1)
    listed = address(Theme, "changelist")
    moved = Moved()
    sent = fields(desk.get(listed), "changelist-form") | {"_save": ["Save"]}
    answer = send(desk, listed, sent, **{"form-0-order": "7"})
    assert errors(answer) == ["Say why, in a few words: history keeps it. The field is above the list."]
    assert (fields(answer, "changelist-form")["form-0-order"], moved()) == (["7"], (0, 0))


def test_list_edit_doesnt_write_over_what_changed_meanwhile(desk):
    work, live = make_term(Theme, "work", order=1), make_term(Theme, "live", order=2)
    listed = address(Theme, "changelist")
    sent = fields(desk.get(listed), "changelist-form") | {"_save": ["Save"]}
    with Edition.act():
        for theme in (work, live):
            theme.order += 10
            theme.save()
    # Of the two rows only the first was touched here; the second keeps what the other editor made of it.
    answer = send(desk, listed, sent, **{"form-0-order": "7"}, why="another order")
    assert errors(answer) == ["It was changed to “11” while this list was open. Look again, and save once more."]
    again = fields(answer, "changelist-form") | {"_save": ["Save"]}
    assert again["form-0-order"] == ["7"]
    assert send(desk, listed, again).status_code == SAVED
    assert {t.slug: t.order for t in Theme.objects.all()} == {"work": 7, "live": 12}


# Deletion


def test_draft_may_be_deleted_and_history_keeps_it(desk):
    idea = draft(criteria=["practical"])
    moved = Moved()
    assert fill(desk, address(idea, "delete"), why="a duplicate").status_code == SAVED
    assert (Idea.objects.count(), Evidence.objects.count(), moved()) == (0, 0, (0, 1))
    revision = Act.objects.first().revisions.get()
    assert (revision.before["title"], revision.after) == (idea.title, None)


@pytest.mark.parametrize("was", ["published", "withdrawn", "unpublished again"])
def test_what_readers_once_saw_is_never_deleted(desk, was):
    idea = published()
    if was == "withdrawn":
        idea.withdraw(reason="Asked for.")
    if was == "unpublished again":
        with Edition.act():
            idea.status = Idea.Status.DRAFT
            idea.save()
    for noun in (idea, idea.city, idea.organisation, Theme.objects.get(), Resource.objects.get()):
        assert desk.post(address(noun, "delete"), {"post": "yes"}).status_code == 403, noun
    assert (Idea.objects.count(), City.objects.count()) == (1, 1)


def test_city_that_no_published_idea_names_any_more_is_not_deleted(desk):
    idea, city, unused = published(), make_city(), make_city()
    before = idea.city
    assert fill(desk, address(idea), city=city.pk, why="it moved").status_code == SAVED
    with Edition.act():
        idea.organisation.city = None
        idea.organisation.save()
    assert desk.post(address(before, "delete"), {"post": "yes"}).status_code == 403
    assert desk.post(address(unused, "delete"), {"post": "yes"}).status_code == SAVED


def test_journey_that_readers_saw_is_hidden_not_deleted(desk):
    idea = published()
    journey = make_adaptation(idea=idea, city=make_city())
    assert "adaptations-0-DELETE" not in desk.get(address(idea)).content.decode()
    assert fill(desk, address(idea), **{"adaptations-0-DELETE": "on"}, why="a try").status_code == SAVED
    assert fill(desk, address(idea), **{"adaptations-0-shown": None}, why="not sure").status_code == SAVED
    journey.refresh_from_db()
    assert not journey.shown


def test_new_journey_says_why(desk):
    idea, city = published(), make_city()
    sent = {"idea": idea.pk, "city": city.pk, "state": "running"}
    assert errors(fill(desk, address(Adaptation, "add"), **sent)) == ["Say why, in a few words: history keeps it."]
    moved = Moved()
    assert fill(desk, address(Adaptation, "add"), **sent, why="told by the city").status_code == SAVED
    assert moved() == (1, 1)


def test_deleting_many_is_not_offered(desk):
    idea = draft()
    answer = desk.post(
        address(Idea, "changelist"), {"action": "delete_selected", "_selected_action": [idea.pk], "index": "0"}
    )
    assert (answer.status_code, Idea.objects.count()) == (SAVED, 1)
