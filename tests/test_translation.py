"""Translations of ideas: written by one, published by another, shown in their language, and known to lag behind."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue import dumps
from catalogue import index as indexes
from catalogue.models import Edition, Evidence, Revision, SearchText, TranslatedClaim, Translation
from catalogue.models.noun import OutsideAct
from catalogue.models.translation import State
from tests.desk import SAVED, address, editor, errors, fields, messages, page, send, text
from tests.factories import make_complete_idea, make_idea, make_translation

pytestmark = pytest.mark.django_db

PRACTICAL, INNOVATIVE = "C’est pratique.", "C’est nouveau."
FRENCH = {"title": "Des mentors", "summary": "Ils aident.", "body": "Un bénévole explique."}


def told(idea, **values) -> Translation:
    return make_translation(idea, **FRENCH | values)


def rename(idea, **values) -> None:
    with Edition.act(why="renamed"):
        for name, value in values.items():
            setattr(idea, name, value)
        idea.save()


def revise(idea, number: int, claim: str) -> None:
    """Makes a piece of evidence of an idea, counted from 0, claim something else."""
    with Edition.act(why="revised"):
        evidence = idea.evidence.all()[number]
        evidence.claim = claim
        evidence.save()


def draft_of(idea, translator, **values) -> Translation:
    """A translation that somebody began and wrote."""
    translation = Translation.objects.start(idea, "fr", by=translator)
    with Edition.act():
        for name, value in (FRENCH | values).items():
            setattr(translation, name, value)
        translation.save()
    return translation


def refusal(verb, *args, **options) -> str:
    with pytest.raises(ValidationError) as fault:
        verb(*args, **options)
    return " ".join(fault.value.messages)


@pytest.fixture
def translator():
    return editor("tara", "Translators")


# Its life


def test_translation_goes_from_draft_to_readers_through_two_people(translator):
    idea, reviewer = make_idea(title="Mentors", body="They meet."), editor()
    before = Edition.current()
    translation = draft_of(idea, translator)
    translation.offer(by=translator)
    assert (Edition.current(), translation.state) == (before, State.OFFERED)
    translation.publish(by=reviewer)
    translation.refresh_from_db()
    assert (Edition.current(), translation.state) == (before + 1, State.PUBLISHED)
    assert (translation.translator, translation.reviewer) == (translator, reviewer)
    assert [getattr(translation, f"source_{name}") for name in ("title", "body")] == ["Mentors", "They meet."]


def test_translation_is_published_by_an_editor_who_did_not_write_it(translator):
    mira = editor()
    translation = draft_of(make_idea(), mira)
    translation.offer(by=mira)
    assert refusal(translation.publish, by=mira) == "You wrote it yourself. Somebody else reviews and publishes it."
    assert refusal(translation.publish, by=translator) == "Only an editor can do that."
    assert Translation.objects.get().state == State.OFFERED


def test_translation_sent_back_is_a_draft_with_the_reason(translator):
    translation, mira = draft_of(make_idea(), translator), editor()
    translation.offer(by=translator)
    assert refusal(translation.send_back, " ", by=mira) == "Write what the translator should know."
    translation.send_back("“Mentor” is masculine.", by=mira)
    translation.refresh_from_db()
    assert (translation.state, translation.sent_back) == (State.DRAFT, "“Mentor” is masculine.")
    assert refusal(translation.publish, by=mira) == "Nothing was done: “In work”."


def test_translation_is_offered_whole_only(translator):
    translation = Translation.objects.start(make_idea(), "fr", by=translator)
    assert refusal(translation.offer, by=translator) == "Translate the title, the summary and the text first."


def test_translation_into_the_language_of_the_original_is_refused(translator):
    idea = make_idea(language="fr-CA")
    assert "told in this language already" in refusal(Translation.objects.start, idea, "fr", by=translator)


def test_translation_is_begun_once_at_a_time(translator):
    idea = make_idea()
    Translation.objects.start(idea, "fr", by=translator)
    refused = refusal(Translation.objects.start, idea, "fr", by=editor())
    assert refused == "Somebody is translating this idea into this language already."
    assert Translation.objects.count() == 1


def test_translation_behind_its_original_is_neither_offered_nor_published(translator):
    idea, mira = make_idea(title="Mentors"), editor()
    translation = draft_of(idea, translator)
    rename(idea, title="Mentors of all ages")
    translation = Translation.objects.get()
    assert refusal(translation.offer, by=translator).startswith("The original has changed meanwhile.")
    translation.catch_up(by=translator)
    translation.offer(by=translator)
    rename(idea, title="Mentors of every age")
    assert refusal(Translation.objects.get().publish, by=mira).startswith("The original has changed meanwhile.")


def test_translation_begun_again_takes_the_place_of_the_one_that_readers_see(translator):
    idea, mira = make_idea(title="Mentors"), editor()
    first = told(idea)
    rename(idea, title="Mentors of all ages")
    second = Translation.objects.start(idea, "fr", by=translator)
    assert (second.title, second.source_title, second.is_out_of_date) == ("Des mentors", "Mentors", True)
    assert Translation.objects.published().get() == first
    second.catch_up(by=translator)
    second.offer(by=translator)
    second.publish(by=mira)
    first.refresh_from_db()
    assert (first.state, Translation.objects.published().get()) == (State.WITHDRAWN, second)


def test_translation_withdrawn_gives_readers_the_original_back(client, translator):
    idea = make_idea(slug="mentors", title="Mentors")
    translation = told(idea)
    assert refusal(translation.withdraw, "Wrong.", by=translator) == "Only an editor can do that."
    translation.withdraw("It says something else.", by=editor())
    assert heading(client.get("/fr/ideas/mentors/")) == ("en", "Mentors")


def test_translation_is_written_in_an_act_only_and_a_removed_account_leaves_its_name(translator):
    translation = draft_of(make_idea(), translator)
    with pytest.raises(OutsideAct):
        translation.save()
    translator.delete()
    assert Translation.objects.get().translator_name == "tara"


RULES = {
    "translation_language_is_known": {"language": "xx"},
    "translation_state_is_known": {"state": "lost"},
    "translation_is_whole_when_offered": {"state": "offered", "title": ""},
    "translation_summary_is_short": {"summary": "a" * 451},
    "translation_published_is_reviewed": {"reviewed_at": None},
    "translation_withdrawn_has_a_reason": {"state": "withdrawn"},
    "translation_is_reviewed_by_another": {"reviewer_id": 1, "translator_id": 1},
}


@pytest.mark.parametrize("rule", RULES)
def test_translation_obeys_its_rules_in_the_database(rule):
    idea = make_idea()
    source = {"idea": idea, "language": "fr", "state": "published", "reviewed_at": timezone.now(), **FRENCH}
    with pytest.raises(DatabaseError), transaction.atomic(), Edition.act():
        # Past `save`, so that only the database can refuse.
        Translation.objects.bulk_create([Translation(**source | RULES[rule])])


@pytest.mark.parametrize("state", ["published", "draft"])
def test_translation_is_there_once_in_each_language(state):
    idea = make_idea()
    told(idea, state=state)
    make_translation(idea, "de", state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        told(idea, state=state)


def test_out_of_date_translations_are_those_whose_texts_changed():
    ideas = [make_idea(title=f"Mentors {number}", body="They meet.") for number in range(4)]
    rows = [told(idea) for idea in ideas]
    rename(ideas[0], title="Other")
    rename(ideas[1], summary="Other.")
    with Edition.act():
        story = ideas[2].story
        story.text = "Other."
        story.save()
    rename(ideas[3], started=1999)
    behind = Translation.objects.out_of_date().order_by("pk")
    assert list(behind) == rows[:3]
    assert [row.is_out_of_date for row in Translation.objects.order_by("pk")] == [True, True, True, False]


# Its claims


@pytest.mark.parametrize(("text", "criterion"), [("", "innovative"), ("Encore.", "practical")])
def test_claim_says_something_and_is_there_once(text, criterion):
    idea = make_idea(criteria=["practical", "innovative"])
    translation = told(idea, claims=[PRACTICAL])
    evidence = idea.evidence.get(criterion=criterion)
    claim = TranslatedClaim(translation=translation, evidence=evidence, text=text, source_text=evidence.claim)
    with pytest.raises(IntegrityError), transaction.atomic(), Edition.act():
        TranslatedClaim.objects.bulk_create([claim])


def test_claim_is_translated_in_an_act_only():
    translation = told(make_idea(criteria=["practical"]), claims=[PRACTICAL])
    with pytest.raises(OutsideAct):
        translation.claims.get().save()
    with pytest.raises(OutsideAct):
        translation.claims.update(text="Autre.")


def test_claim_of_another_idea_is_refused():
    translation = told(make_idea())
    with Edition.act():
        assert "another idea" in refusal(translation.tell, make_idea(criteria=["practical"]).evidence.get(), PRACTICAL)


def test_claim_that_changed_puts_a_translation_out_of_date_and_one_that_came_or_went_does_not():
    ideas = [make_idea(criteria=["practical", "innovative"]) for _number in range(4)]
    rows = [told(idea, claims=[PRACTICAL]) for idea in ideas]
    revise(ideas[0], 0, "It is cheap.")
    # Nobody translated this one, so nothing told of it is wrong.
    revise(ideas[1], 1, "Nobody did it before.")
    with Edition.act(why="evidence"):
        Evidence.objects.create(idea=ideas[2], criterion="successful", claim="Forty came.")
        ideas[3].evidence.first().delete()
    assert list(Translation.objects.out_of_date()) == list(Translation.objects.to_renew()) == rows[:1]
    assert [row.is_out_of_date for row in Translation.objects.order_by("pk")] == [True, False, False, False]


def test_translation_behind_a_claim_is_not_offered_until_it_caught_up(translator):
    idea = make_idea(criteria=["practical", "innovative"])
    translation = draft_of(idea, translator)
    with Edition.act():
        translation.tell(idea.evidence.first(), PRACTICAL)
    revise(idea, 0, "It is cheap.")
    assert refusal(translation.offer, by=translator).startswith("The original has changed meanwhile.")
    translation.catch_up(by=translator)
    assert translation.claims.get().source_text == "It is cheap."
    # The other claim may stay as it was told.
    translation.offer(by=translator)
    revise(idea, 0, "It is free.")
    assert refusal(translation.publish, by=editor()).startswith("The original has changed meanwhile.")


def test_translation_begun_again_begins_with_the_claims_of_the_one_that_readers_see(translator):
    idea = make_idea(criteria=["practical", "innovative"])
    told(idea, claims=[PRACTICAL])
    revise(idea, 0, "It is cheap.")
    draft = Translation.objects.start(idea, "fr", by=translator)
    claim = draft.claims.get()
    assert (claim.text, claim.source_text, draft.is_out_of_date) == (PRACTICAL, "It is practical.", True)
    assert Translation.objects.published().get().claims.count() == 1


def test_history_of_a_translation_keeps_a_claim_whose_evidence_was_taken_away():
    idea = make_idea(criteria=["practical"])
    translation = told(idea, claims=[PRACTICAL])
    with Edition.act(why="it was wrong"):
        idea.evidence.get().delete()
    assert TranslatedClaim.objects.count() == 0
    before, after = Revision.objects.filter(kind=translation.kind).first().changed["claims"]
    assert ([row["text"] for row in before], after) == ([PRACTICAL], [])


def test_edition_moves_with_a_claim_that_readers_see(translator):
    idea = make_idea(criteria=["practical"])
    shown, draft = told(idea), make_translation(idea, "de", state="draft")
    edition = Edition.current()
    for translation, step in ((draft, 0), (shown, 1)):
        with Edition.act(by=translator):
            translation.tell(idea.evidence.get(), PRACTICAL)
        assert Edition.current() == edition + step


# What readers see


def heading(response) -> tuple[str, str]:
    """The language of the page's heading, and the heading."""
    (found,) = page(response).iter("h1")
    return found.get("lang", ""), text(found)


def telling(response) -> list[str]:
    return [text(p) for p in page(response).iter("p") if "telling" in p.get("class", "")]


def test_page_shows_the_published_translation_and_leads_to_the_original(client):
    idea = make_idea(slug="mentors", title="Mentors", criteria=["practical"], ended=2020, ended_why="No money.")
    told(idea)
    french = client.get("/fr/ideas/mentors/")
    root = page(french)
    assert heading(french) == ("", "Des mentors")
    assert [text(p) for p in root.iter("p") if p.get("class") == "standfirst"] == ["Ils aident."]
    assert text(next(root.iter("title"))).startswith("Des mentors")
    # What isn't translated says that it is English.
    english = [text(e) for e in root.iter() if e.get("lang") == "en" and e.tag in ("p", "span", "cite")]
    assert {"No money.", "It is practical.", "Mentors"} <= set(english)
    link = next(a for a in root.iter("a") if a.get("href", "").endswith("?original=1"))
    original = client.get(link.get("href"))
    assert heading(original) == ("en", "Mentors")
    assert '<link rel="canonical" href="http://127.0.0.1:8000/fr/ideas/mentors/">' in original.content.decode()
    assert heading(client.get("/ideas/mentors/")) == ("", "Mentors")
    assert telling(client.get("/ideas/mentors/")) == telling(client.get("/de/ideas/mentors/")) == []


def ledger(response) -> list[tuple[str, str]]:
    """Each claim that the page shows, with the language that it is marked with."""
    (found,) = [e for e in page(response).iter("ul") if e.get("class") == "ledger"]
    spans = [e for p in found.iter("p") if p.get("class") != "none" for e in p.iter("span")]
    return [(e.get("lang", ""), text(e)) for e in spans if e.get("class") is None]


def test_page_shows_the_claims_that_are_translated_and_marks_those_that_are_not(client):
    idea = make_idea(slug="mentors", criteria=["practical", "innovative"])
    told(idea, claims=[PRACTICAL])
    originals = ["It is practical.", "It is innovative."]
    assert ledger(client.get("/fr/ideas/mentors/")) == [("", PRACTICAL), ("en", originals[1])]
    assert ledger(client.get("/fr/ideas/mentors/?original=1")) == [("en", claim) for claim in originals]
    assert ledger(client.get("/ideas/mentors/")) == [("", claim) for claim in originals]
    assert ledger(client.get("/de/ideas/mentors/")) == [("en", claim) for claim in originals]


def test_page_says_when_a_claim_has_changed_since_it_was_translated(client):
    idea = make_idea(slug="mentors", criteria=["practical"], language="fr")
    make_translation(idea, "en", claims=["It is practical."])
    assert "changed" not in telling(client.get("/ideas/mentors/"))[0]
    revise(idea, 0, "Autre.")
    assert "It has changed since it was translated" in telling(client.get("/ideas/mentors/"))[0]


def test_page_asks_no_more_for_many_claims_than_for_none(client):
    idea = make_idea(slug="mentors", criteria=["practical", "innovative", "successful"])

    def queries() -> int:
        client.get("/fr/ideas/mentors/?original=1")
        with CaptureQueriesContext(connection) as asked:
            client.get("/fr/ideas/mentors/")
        return len(asked)

    untold = queries()
    translation = told(idea)
    without = queries()
    with Edition.act():
        for evidence in idea.evidence.all():
            translation.tell(evidence, PRACTICAL)
    # One for the translation, and one for its claims.
    assert (without, queries()) == (untold + 2, untold + 2)


def test_machine_form_tells_the_original_claims_in_its_language(client):
    told(make_idea(slug="mentors", title="Mentors", criteria=["practical"]), claims=[PRACTICAL])
    shown = client.get("/fr/ideas/mentors.json").json()
    assert (shown["headline"], shown["inLanguage"]) == ("Mentors", "en")
    assert [part["text"] for part in shown["hasPart"]] == ["It is practical."]


def test_page_names_the_translator_only_if_they_asked_for_it(client, translator):
    make_translation(make_idea(slug="one", language="fr"), "en", translator=translator, translator_name="tara")
    make_translation(make_idea(slug="two", language="pt"), "en", credit="Ana Example (made up)")
    assert telling(client.get("/ideas/one/")) == [
        "Translated by the editors. The original is in French. Read the original"
    ]
    assert telling(client.get("/ideas/two/")) == [
        "Translated by Ana Example (made up). The original is in another language. Read the original"
    ]


def test_page_says_when_the_translation_is_out_of_date(client):
    idea = make_idea(slug="mentors", language="fr")
    make_translation(idea, "en")
    rename(idea, summary="Autre.")
    assert (
        "It has changed since it was translated: this may say less, or something else."
        in telling(client.get("/ideas/mentors/"))[0]
    )


@pytest.mark.parametrize("state", ["draft", "offered", "withdrawn"])
def test_translation_that_is_not_published_is_shown_nowhere(client, state):
    idea = make_idea(slug="mentors", title="Mentors")
    told(idea, state=state, withdrawn_reason="Wrong.")
    assert heading(client.get("/fr/ideas/mentors/")) == ("en", "Mentors")
    assert client.get("/fr/ideas.json").json()["results"][0]["title"] == "Mentors"
    assert client.get("/fr/ideas.json?q=bénévole").json()["results"] == []


def test_lists_show_what_is_translated_and_mark_what_is_not(client):
    told(make_idea(title="Mentors"))
    make_idea(title="Gardens")
    shown = [(a.get("lang", ""), text(a)) for h in page(client.get("/fr/ideas/")).iter("h3") for a in h.iter("a")]
    assert sorted(shown) == [("", "Des mentors"), ("en", "Gardens")]


def test_lists_ask_no_more_for_translations(client):
    ideas = [make_idea() for _number in range(3)]
    client.get("/fr/ideas/")
    with CaptureQueriesContext(connection) as without:
        client.get("/fr/ideas/?sort=title")
    for idea in ideas:
        told(idea)
    client.get("/fr/ideas/")
    with CaptureQueriesContext(connection) as having:
        client.get("/fr/ideas/?sort=title")
    assert len(having) == len(without)


def test_json_csv_and_feed_say_the_language_of_what_they_show(client):
    told(make_idea(title="Mentors"))
    (result,) = client.get("/fr/ideas.json").json()["results"]
    assert [result[name] for name in ("title", "summary", "language")] == ["Des mentors", "Ils aident.", "fr"]
    (result,) = client.get("/ideas.json").json()["results"]
    assert [result[name] for name in ("title", "language")] == ["Mentors", "en"]
    csv = b"".join(client.get("/fr/ideas.csv").streaming_content).decode()
    assert ",Des mentors,Ils aident.,fr," in csv
    assert '<entry xml:lang="fr">' in client.get("/fr/ideas.atom").content.decode()


def test_dump_tells_originals(settings, tmp_path):
    settings.DUMP_ROOT = tmp_path
    make_translation(make_idea(title="Des mentors", language="fr"), "en")
    (line,) = dumps.rows(indexes.current(), indexes.current().ids.to_array())
    assert (line["title"], line["language"]) == ("Des mentors", "fr")
    assert ",Des mentors,It helps.,fr," in (dumps.dump() / "ideas.csv").read_text(encoding="utf-8")


def test_suggestions_show_the_translated_title(client):
    told(make_idea(title="Mentors"))
    titles = [row["label"] for row in client.get("/fr/suggest.json?q=mento").json()["suggestions"]]
    assert "Des mentors" in titles


# Search


def found(client, words: str, prefix="/fr") -> list[str]:
    return [row["slug"] for row in client.get(f"{prefix}/ideas.json", {"q": words}).json()["results"]]


def test_search_finds_the_words_of_a_translation_by_their_french_stems(client):
    idea = make_idea(slug="mentors", title="Mentors")
    translation = told(idea, body="Les bibliothèques [prêtent](https://example.org/livres) leurs salles.")
    assert found(client, "bibliothèque") == found(client, "BIBLIOTHEQUES salle") == ["mentors"]
    assert found(client, '"leurs salles"') == ["mentors"]
    assert found(client, "livres") == []
    assert found(client, "mentors") == ["mentors"]
    translation.withdraw("Wrong.", by=editor())
    assert found(client, "bibliothèque") == []


def test_search_marks_the_words_in_the_translation(client):
    told(make_idea(slug="mentors", title="Mentors"), body="Un bénévole vient. Il explique la ville.")
    shown = [text(mark) for mark in page(client.get("/fr/ideas/?q=bénévoles")).iter("mark")]
    assert shown == ["bénévole"]


def test_search_finds_a_claim_in_the_language_into_which_it_was_translated(client):
    idea = make_idea(slug="mentors", criteria=["practical"])
    translation = told(idea, claims=["Les bibliothèques prêtent leurs salles."])
    draft = make_translation(idea, "de", state="draft", claims=["Turnhallen stehen leer."])
    shown = client.get("/fr/ideas/?q=bibliothèque")
    assert [text(mark) for mark in page(shown).iter("mark")] == ["bibliothèques"]
    assert found(client, "bibliothèque") == found(client, "practical") == ["mentors"]
    assert found(client, "Turnhallen", "/de") == []
    with Edition.act():
        translation.tell(idea.evidence.get(), "Les écoles aussi.")
        draft.tell(idea.evidence.get(), "")
    assert (found(client, "bibliothèque"), found(client, "école")) == ([], ["mentors"])


def test_search_ranks_by_the_original_alone(client):
    first, second = make_idea(slug="first", title="Kitchens"), make_idea(slug="second", summary="In kitchens.")
    before = found(client, "kitchens", "")
    told(second, title="Kitchens, kitchens")
    told(first)
    assert found(client, "kitchens", "") == before == ["first", "second"]


def test_search_texts_follow_translations_as_if_made_anew(translator):
    ideas = [make_complete_idea(criteria=["practical"]) for _number in range(3)]
    told(ideas[0], claims=[PRACTICAL])
    make_translation(ideas[0], "de", title="Ein Mentor", summary="Hilft.", body="Am Abend.")
    told(ideas[1], state="draft")
    told(ideas[2]).withdraw("Wrong.", by=editor())
    translation = Translation.objects.filter(idea=ideas[1]).get()
    with Edition.act():
        translation.write(by=translator)
        translation.save()
    translation.offer(by=translator)
    translation.publish(by=editor("otto"))
    with Edition.act():
        translation.tell(ideas[1].evidence.get(), "Les écoles aussi.")
    ideas[0].withdraw(reason="It never happened.")
    ideas[0].publish()
    followed = dict(SearchText.objects.values_list("idea", "keys"))
    SearchText.objects.all().delete()
    SearchText.refresh_all()
    assert dict(SearchText.objects.values_list("idea", "keys")) == followed
    assert [" fr0benevol " in followed[idea.pk] for idea in ideas] == [True, True, False]


# The desk


@pytest.fixture
def desk_of(client):
    """The desk as somebody sees it."""

    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


WORK = "/admin/catalogue/translation/work/"


def section(response, name: str) -> list[str]:
    """The links of a section of the work list."""
    found = [e for e in page(response).iter("section") if e.get("aria-labelledby") == name]
    return [text(a) for e in found for a in e.iter("a")]


def test_translator_finds_what_is_to_be_done_featured_ideas_first(desk_of, translator):
    make_idea(title="Old"), make_idea(title="Featured", featured=True), make_idea(title="New")
    make_idea(title="En français", language="fr-CA")
    make_idea(title="A draft", status="draft")
    behind = make_idea(title="Behind")
    told(behind, title="En retard")
    rename(behind, title="Changed")
    told(make_idea(title="Told"))
    draft_of(make_idea(title="Begun"), translator, title="Commencé")
    offered = draft_of(make_idea(title="Offered"), translator, title="Offert")
    offered.offer(by=translator)
    shown = desk_of(translator).get(WORK, {"language": "fr"})
    assert section(shown, "missing") == ["Featured", "New", "Old"]
    assert section(shown, "behind") == ["En retard (fr)"]
    assert section(shown, "begun") == ["Commencé (fr)"]
    assert section(shown, "offered") == ["Offert (fr)"]


def test_translation_is_written_beside_its_original_and_published_by_an_editor(desk_of, translator):
    idea = make_idea(title="Mentors", body="They **meet**.")
    client = desk_of(translator)
    begun = client.post(WORK, {"language": "fr", "idea": idea.pk})
    translation = Translation.objects.get()
    assert begun.url == address(translation)
    shown = client.get(begun.url)
    assert [text(e) for e in page(shown).iter("h3")][:1] == ["Mentors"]
    assert "<strong>meet</strong>" in shown.content.decode()
    assert send(client, begun.url, fields(shown), **FRENCH).status_code == SAVED
    assert press(client, translation, "offer").status_code == SAVED
    # An editor publishes, a translator can't.
    press(client, translation, "publish")
    translation.refresh_from_db()
    assert (translation.title, translation.state, translation.translator) == ("Des mentors", "offered", translator)
    press(desk_of(editor()), translation, "publish")
    translation.refresh_from_db()
    assert (translation.state, translation.reviewer_name) == ("published", "mira")
    assert heading(client.get(idea.get_absolute_url())) == ("", "Mentors")
    shown = client.get(address(translation))
    assert "title" not in fields(shown)


def test_verbs_offered_to_a_translator_are_theirs(desk_of, translator):
    translation = told(make_idea())
    assert tools(desk_of(translator).get(address(translation))) == {"renew"}
    assert tools(desk_of(editor()).get(address(translation))) == {"renew", "withdraw"}


def test_work_list_shows_what_changed_in_the_original(desk_of, translator):
    idea = make_idea(title="Mentors")
    told(idea)
    rename(idea, title="Mentors for newcomers")
    client = desk_of(translator)
    client.post(WORK, {"language": "fr", "idea": idea.pk})
    draft = Translation.objects.drafts().get()
    shown = client.get(address(draft))
    assert [text(e) for e in page(shown).iter("ins")] == ["for newcomers"]
    assert tools(shown) == {"catch-up", "offer"}
    press(client, draft, "catch-up")
    assert tools(client.get(address(draft))) == {"offer"}


def beside(response) -> list[tuple[str, str]]:
    """Each claim of the original with what stands beside it: what its field holds, or the words where there is none."""
    (found,) = [e for e in page(response).iter("section") if e.get("aria-labelledby") == "claims"]
    rows = [e for e in found.iter("div") if e.get("class") == "side-by-side"]
    shown = []
    for row in rows:
        original, *others = row.iter("p")
        written = [text(e) for e in row.iter("textarea")] or [text(e) for e in others]
        shown.append((text(original), *written))
    return shown


def test_claims_are_translated_beside_those_of_the_original(desk_of, translator):
    idea = make_idea(criteria=["practical", "innovative"])
    client, translation = desk_of(translator), draft_of(idea, editor())
    first, second = (f"claim_{evidence.pk}" for evidence in idea.evidence.all())
    where = address(translation)
    assert beside(client.get(where)) == [("It is practical.", ""), ("It is innovative.", "")]
    assert send(client, where, fields(client.get(where)), **{first: f" {PRACTICAL} "}).status_code == SAVED
    translation.refresh_from_db()
    # The claim alone makes it a text of whoever wrote that.
    assert (translation.translator, translation.claims.get().text) == (translator, PRACTICAL)
    assert send(client, where, fields(client.get(where)), **{first: "", second: INNOVATIVE}).status_code == SAVED
    claim = translation.claims.get()
    assert (claim.evidence.criterion, claim.text, claim.source_text) == ("innovative", INNOVATIVE, "It is innovative.")
    translation.offer(by=translator)
    told = [("It is practical.", "Not translated: readers see the original."), ("It is innovative.", INNOVATIVE)]
    assert beside(client.get(where)) == told
    assert first not in fields(client.get(where))


def test_form_shows_which_claim_changed_until_it_caught_up(desk_of, translator):
    idea, client = make_idea(criteria=["practical"]), desk_of(translator)
    told(idea, claims=[PRACTICAL])
    revise(idea, 0, "It is practical and cheap.")
    client.post(WORK, {"language": "fr", "idea": idea.pk})
    draft = Translation.objects.drafts().get()
    assert [text(e) for e in page(client.get(address(draft))).iter("ins")] == ["and cheap"]
    # Saved again, it still tells the claim of before.
    claim = f"claim_{idea.evidence.get().pk}"
    send(client, address(draft), fields(client.get(address(draft))), **{claim: "C’est pratique et bon marché."})
    assert tools(client.get(address(draft))) == {"catch-up", "offer"}
    press(client, draft, "catch-up")
    assert tools(client.get(address(draft))) == {"offer"}
    assert draft.claims.get().text == "C’est pratique et bon marché."


def test_claim_that_changed_or_went_while_it_was_translated_is_looked_at_again(desk_of, translator):
    idea, client = make_idea(criteria=["practical", "innovative"]), desk_of(translator)
    where = address(draft_of(idea, translator))
    first, second = (f"claim_{evidence.pk}" for evidence in idea.evidence.all())
    sent = fields(client.get(where)) | {first: [PRACTICAL], second: [INNOVATIVE]}
    revise(idea, 0, "It is cheap.")
    with Edition.act(why="it was wrong"):
        idea.evidence.last().delete()
    refused = send(client, where, sent)
    assert [sentence for sentence in errors(refused) if sentence != "Please correct the errors below."] == [
        f"The claim that you translated as “{INNOVATIVE}” was taken away. Save again without it.",
        "The original of this has changed while you were writing. Compare, and save again.",
    ]
    assert (beside(refused), TranslatedClaim.objects.count()) == ([("It is cheap.", PRACTICAL)], 0)
    assert send(client, where, fields(refused)).status_code == SAVED
    assert TranslatedClaim.objects.get().source_text == "It is cheap."


def test_two_who_translate_one_claim_are_shown_both(desk_of, translator):
    idea, client = make_idea(criteria=["practical"]), desk_of(translator)
    where, claim = address(draft_of(idea, translator)), f"claim_{idea.evidence.get().pk}"
    sent = fields(client.get(where))
    assert send(client, where, sent, **{claim: PRACTICAL}).status_code == SAVED
    refused = send(desk_of(editor()), where, sent, key=str(uuid4()), **{claim: "Autre."})
    assert "Somebody saved this while you were writing" in " ".join(errors(refused))
    assert (fields(refused)[claim], TranslatedClaim.objects.get().text) == (["Autre."], PRACTICAL)


def test_version_of_a_translation_brings_its_claims_back(desk_of, translator):
    idea, client = make_idea(criteria=["practical"]), desk_of(translator)
    translation, claim = draft_of(idea, translator), f"claim_{idea.evidence.get().pk}"
    where = address(translation)
    for words in (PRACTICAL, "Autre."):
        send(client, where, fields(client.get(where)), **{claim: words})
    history = text(page(client.get(address(translation, "history"))))
    assert "Evidence: Practical: It is practical.; Claim: Autre." in history
    # Of which translation goes without saying.
    assert "; Evidence:" not in history
    revision = Revision.objects.filter(kind=translation.kind, object_id=translation.pk)[1]
    back = address(translation, "restore", revision.pk)
    assert send(client, back, fields(client.get(back)), why="it was better").status_code == SAVED
    assert translation.claims.get().text == PRACTICAL
    with Edition.act(why="it was wrong"):
        idea.evidence.get().delete()
    assert "isn’t there any more, nor what was translated of it." in client.get(back).content.decode()


def test_work_list_shows_translations_that_leave_evidence_untranslated(desk_of, translator):
    whole, part, behind, begun = (make_idea(criteria=["practical", "innovative"]) for _number in range(4))
    told(whole, claims=[PRACTICAL, INNOVATIVE])
    told(make_idea(), title="Sans preuves")
    told(part, title="En partie", claims=[PRACTICAL])
    told(behind, title="En retard", claims=[PRACTICAL])
    revise(behind, 0, "It is cheap.")
    told(begun)
    Translation.objects.start(begun, "fr", by=editor())
    shown = desk_of(translator).get(WORK, {"language": "fr"})
    assert (section(shown, "partial"), section(shown, "behind")) == (["En partie (fr)"], ["En retard (fr)"])
    assert list(Translation.objects.lacking_claims().filter(idea=whole)) == []


def test_desk_asks_no_more_for_many_translations_with_claims(desk_of):
    client = desk_of(editor())
    ideas = [make_idea(criteria=["practical", "innovative"]) for _number in range(4)]

    def queries(where: str) -> int:
        client.get(where)
        with CaptureQueriesContext(connection) as asked:
            client.get(where)
        return len(asked)

    lists = [f"/admin/catalogue/translation/{query}" for query in ("", "?waits=original")]
    told(ideas[0], claims=[PRACTICAL])
    revise(ideas[0], 0, "It is cheap.")
    before = [queries(where) for where in [*lists, WORK, address(ideas[0])]]
    for idea in ideas[1:3]:
        told(idea, claims=[PRACTICAL, INNOVATIVE])
        revise(idea, 1, "It is new.")
    make_translation(ideas[0], "de", claims=["Machbar."])
    assert [queries(where) for where in [*lists, WORK, address(ideas[0])]] == before


def test_work_list_refuses_what_somebody_is_at(desk_of, translator):
    idea = make_idea()
    Translation.objects.start(idea, "fr", by=editor())
    client = desk_of(translator)
    refused = client.post(WORK, {"language": "fr", "idea": idea.pk}, follow=True)
    assert messages(refused) == ["Somebody is translating this idea into this language already."]
    assert client.post(WORK, {"language": "fr", "idea": "nonsense"}).status_code == 404
    assert client.get(WORK, {"language": "nonsense"}).status_code == 200


def test_work_list_is_for_translators_and_editors(desk_of):
    assert desk_of(editor("rita", "Readers")).get(WORK).status_code == 403


def test_editor_is_told_beside_the_idea_that_a_translation_lags_behind(desk_of):
    idea = make_idea(title="Mentors")
    told(idea)
    rename(idea, title="Changed")
    notes = [text(p) for p in page(desk_of(editor()).get(address(idea))).iter("p") if p.get("class") == "note"]
    assert notes == ["Français: Published The original has changed since it was translated."]


def test_front_counts_translations_for_those_who_make_them(desk_of, translator):
    draft_of(make_idea(), translator).offer(by=translator)
    draft_of(make_idea(), translator)

    def numbers(person):
        links = [a for a in page(desk_of(person).get("/admin/")).iter("a") if "/translation/?" in a.get("href", "")]
        return [text(a) for a in links]

    mine, behind = "1 Translations in your hand begun, or sent back", "0 Translations out of date the original changed"
    assert numbers(translator) == [mine, behind]
    offered = "1 Translations offered read and publish them"
    assert numbers(editor()) == [offered, mine.replace("1", "0", 1), behind]


def press(client, translation, name: str):
    """Sends the form of a verb as it stands, as far as there is one."""
    where = address(translation, name)
    return client.post(where, fields(client.get(where)))


def tools(response) -> set[str]:
    """The verbs that the page has buttons for."""
    lists = [e for e in page(response).iter("ul") if e.get("class") == "object-tools"]
    addresses = [a.get("href").rstrip("/").rsplit("/", 1)[-1] for e in lists for a in e.iter("a")]
    return {name for name in addresses if name in {"catch-up", "offer", "publish", "send-back", "renew", "withdraw"}}
