"""Finding: words in, ranked ids out, the same on both databases; and never anything that isn't published."""

from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import index as indexes
from catalogue import search
from catalogue.grammar import LONGEST
from catalogue.models import Edition, Idea, SearchHead, SearchText, Synonym, Theme, Topic, Word
from tests.factories import make_city, make_idea, make_organisation
from tests.test_idea_list import page, titles
from tests.test_search_queries import NONSENSE, found

#: How often acts fall together.
ROUNDS = 40


def slugs(text, most=None):
    named = dict(Idea.objects.values_list("pk", "title"))
    hits = found(text)
    return [named[pk] for pk in (hits.order[:most] if hits.order is not None else sorted(hits.ids))]


# The grammar


@pytest.fixture
def shelf(db):
    """Ideas that differ in where their words stand."""
    with Edition.act():
        make_idea(title="Choirs of Whitehorse", summary="Singing with the Carcross/Tagish neighbours.", body="Brass.")
        make_idea(title="Anti-rumour agents", summary="Café owners are trained.", body="In a choir, too.")
        make_idea(title="Straßenfest für alle", summary="Häuser und Gärten.", language="de", body="Nachbarn")
        make_idea(title="L’école des mères", summary="Des cours de français.", language="fr", body="")
        make_idea(title="Welcome cards", summary="An identity card for everyone.", criteria=["practical"], body="x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("choir", ["Choirs of Whitehorse", "Anti-rumour agents"]),
        ("CHOIRS", ["Choirs of Whitehorse", "Anti-rumour agents"]),
        ("carcross", ["Choirs of Whitehorse"]),
        ("Carcross/Tagish", ["Choirs of Whitehorse"]),
        ("tagish carcross", ["Choirs of Whitehorse"]),
        ('"tagish carcross"', []),
        ('"Carcross Tagish"', ["Choirs of Whitehorse"]),
        ("anti rumour", ["Anti-rumour agents"]),
        ("anti-rumours", ["Anti-rumour agents"]),
        ("rumour anti", ["Anti-rumour agents"]),
        ("rumour-anti", []),
        ("cafe", ["Anti-rumour agents"]),
        ("CAFÉ", ["Anti-rumour agents"]),
        ("trai*", ["Anti-rumour agents"]),
        ("training", ["Anti-rumour agents"]),
        ("trainings*", []),
        ("choir -cafe", ["Choirs of Whitehorse"]),
        ('choir -"café owners"', ["Choirs of Whitehorse"]),
        ("choir - cafe", ["Anti-rumour agents"]),
        ("strassenfest", ["Straßenfest für alle"]),
        ("STRASSENFEST", ["Straßenfest für alle"]),
        ("Haus", ["Straßenfest für alle"]),
        ("garten", ["Straßenfest für alle"]),
        ("ecole", ["L’école des mères"]),
        ("mère", ["L’école des mères"]),
        ("cours francais", ["L’école des mères"]),
        ("it is practical", ["Welcome cards"]),
        ("choir nowhere", []),
        ("what was done", []),
    ],
)
def test_search_grammar(shelf, text, expected):
    Word.objects.all().delete()  # So that nothing is corrected.
    assert slugs(text) == expected


def test_search_takes_a_phrase_whole(db):
    with Edition.act():
        make_idea(title="Whole", body="In the human library of Oslo.")
        make_idea(title="Apart", body="In the human heart. Our human library of books is in the square.")
        make_idea(title="Across lines", body="In the\nhuman library of\nOslo.")
    assert slugs('"human library"') == ["Across lines", "Apart", "Whole"]
    assert slugs('"in the human library of"') == slugs('"THE HUMAN LIBRARIES"') == slugs("the-human-libr*") == ["Whole"]
    assert slugs('library -"in the human library"') == ["Across lines", "Apart"]
    assert slugs('library -"human library"') == slugs('"library human the"') == slugs("human-library-os*") == []


def test_search_takes_a_synonym_of_three_words_whole(db):
    with Edition.act():
        Synonym.objects.create(words="living library, the human library")
        make_idea(title="Whole", body="In the human library of Oslo.")
        make_idea(title="Apart", body="In the human heart. Our human library of books.")
    assert slugs("living library") == ["Whole"]


def test_search_reads_as_much_of_a_text_as_an_index_takes(db, monkeypatch):
    monkeypatch.setattr(SearchText, "LONGEST", 40)
    make_idea(title="Lantern", body="harbour " * 10 + "violin")
    assert slugs("lantern") == ["Lantern"]
    assert slugs('"violin"') == []


def test_search_ranks_title_before_names_before_summary_before_text(db):
    with Edition.act():
        make_idea(title="In the text", body="A lantern.")
        make_idea(title="In the summary", summary="A lantern.")
        make_idea(title="In a name", organisation=make_organisation(name="Lantern"))
        make_idea(title="A lantern parade for the whole long winter")
        make_idea(title="Lantern")
    assert slugs("lantern") == [
        "Lantern", "A lantern parade for the whole long winter", "In a name", "In the summary", "In the text"
    ]  # fmt: skip


def test_search_of_too_many_is_newest_first_and_says_so(client, shelf, monkeypatch):
    monkeypatch.setattr(search, "RANKED", 1)
    assert found("choir").order is None
    assert titles(client, "?q=choir") == ["Anti-rumour agents", "Choirs of Whitehorse"]
    assert "too many to put in order of relevance" in client.get("/ideas/?q=choir").content.decode()


def test_search_takes_synonyms_for_each_other(shelf):
    assert slugs("ID card") == slugs("identification") == []
    with Edition.act():
        group = Synonym.objects.create(words="identity card, ID card,  identification ")
    assert slugs("ID cards") == slugs("identification") == ["Welcome cards"]
    assert slugs('"ID card"') == []
    with Edition.act():
        group.delete()
    assert slugs("ID cards") == []


# What changes is found as it is now


def test_search_finds_an_organisation_by_its_new_name_and_its_other_names(db):
    organisation = make_organisation(name="Quagmire Institute", aliases=["QMI"])
    make_idea(title="Lanterns", organisation=organisation)
    assert slugs("quagmire") == slugs("qmi") == ["Lanterns"]
    with Edition.act():
        organisation.name, organisation.aliases = "Zephyr House", ["ZH"]
        organisation.save()
    assert slugs("zephyr") == slugs("ZH") == ["Lanterns"]
    assert slugs('"quagmire"') == slugs('"qmi"') == []


def test_search_follows_city_topic_and_theme_names(db):
    idea = make_idea(title="Lanterns", city=make_city(name="Yellowknife"), topics=["knitting"], themes=["work"])
    topic, theme = Topic.objects.get(slug="knitting"), Theme.objects.get(slug="work")
    with Edition.act():
        idea.city.name = "Sǫ̀mbak’è"
        idea.city.save()
        topic.name = {"en": "Crochet", "fr": "Tricot"}
        topic.save()
        theme.name = {"en": "Toil"}
        theme.save()
    assert slugs("sombak") == slugs("crochet") == slugs("tricots") == slugs("toiling") == ["Lanterns"]
    assert slugs('"yellowknife"') == slugs('"knitting"') == []


def test_search_finds_a_country_in_every_language(db):
    make_idea(title="Lanterns", city=make_city(country="DE"))
    assert slugs("Germany") == slugs("Allemagne") == slugs("Deutschland") == slugs("alemania") == ["Lanterns"]


def test_search_no_longer_finds_words_that_were_removed(db):
    idea = make_idea(title="Gazebo", body="A pergola.", criteria=["practical"])
    assert slugs("pergola") == slugs("gazebo") == ["Gazebo"]
    with Edition.act():
        idea.title = "Arbour"
        idea.save()
        idea.story.text = "A trellis."
        idea.story.save()
        idea.evidence.first().delete()
    assert slugs('"pergola"') == slugs('"gazebo"') == slugs('"practical"') == []
    assert slugs("trellis") == ["Arbour"]


@pytest.mark.parametrize("status", ["draft", "scheduled"])
def test_search_never_finds_or_proposes_what_is_not_published(client, db, status):
    values = {"publish_at": "2100-01-01T00:00Z"} if status == "scheduled" else {}
    make_idea(title="Xylophones", status=status, **values)
    make_idea(title="Lanterns")
    assert slugs("xylophone") == []
    assert "Xylophone" not in client.get("/ideas/?q=xylophonne").content.decode()
    assert SearchText.objects.count() == 1
    assert not Word.objects.filter(word__startswith="xylo").exists()


def test_search_forgets_what_is_withdrawn(client, db):
    idea = make_idea(title="Xylophones")
    make_idea(title="Lanterns")
    assert slugs("xylophonne") == ["Xylophones"]
    idea.withdraw(reason="It was closed.")
    assert slugs("xylophones") == slugs("xylophonne") == slugs("xylo*") == []
    assert "ylophones" not in client.get("/ideas/?q=xylophonne").content.decode().replace("xylophonne", "")


def test_search_gives_only_ids_of_the_index(shelf):
    index = indexes.current()
    newest = index.orders["newest"]
    hits = search.find("choir", index.edition + 1, index.ids - index.ids[:1], newest)
    assert len(hits.ids) == 1
    assert set(hits.order.tolist()) == set(hits.ids)


def test_search_in_bulk_equals_search_by_acts(shelf):
    def rows():
        return [list(model.objects.order_by("pk").values_list("pk", "keys")) for model in (SearchHead, SearchText)]

    one_by_one, words = rows(), set(Word.objects.values_list("word", flat=True))
    SearchText.objects.all().delete()
    SearchHead.objects.all().delete()
    assert slugs('"choir"') == []
    call_command("rebuild_search", verbosity=0)
    assert rows() == one_by_one
    assert set(Word.objects.values_list("word", flat=True)) == words
    search.forget()
    assert len(slugs("choir")) == 2


@pytest.mark.django_db(transaction=True)
def test_search_texts_hold_the_names_as_they_are_however_acts_fall_together():
    """Each organisation is renamed while one of its ideas is, and another idea is given to it."""
    with Edition.act():
        organisations = [make_organisation(name=f"Old {number}") for number in range(ROUNDS)]
        ideas = [make_idea(title="Old", organisation=organisation) for organisation in organisations]
        others = [make_idea(title="Another") for _ in organisations]
    faults, together = [], Barrier(3, timeout=60)

    def repeat(nouns, change):
        try:
            for number, noun in enumerate(nouns):
                noun = type(noun).objects.get(pk=noun.pk)
                together.wait()
                with Edition.act():
                    change(noun, number)
                    noun.save()
        except Exception as fault:
            faults.append(fault)
            together.abort()
        finally:
            connections.close_all()

    def rename(organisation, number):
        organisation.name = f"New {number}"

    def retitle(idea, number):
        idea.title = f"New {number}"

    def give(idea, number):
        idea.organisation = organisations[number]

    work = [(organisations, rename), (ideas, retitle), (others, give)]
    threads = [Thread(target=repeat, args=args) for args in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    written = dict(SearchHead.objects.values_list("pk", "keys"))
    call_command("rebuild_search", verbosity=0)
    assert written == dict(SearchHead.objects.values_list("pk", "keys"))


def test_rebuild_search_mends_a_text_that_is_wrong(shelf):
    SearchText.objects.update(keys=" bogus ")
    SearchHead.objects.update(keys="1\t bogus \t\t")
    call_command("rebuild_search", verbosity=0)
    assert slugs("choir") == ["Choirs of Whitehorse", "Anti-rumour agents"]
    assert slugs('"bogus"') == []


WORDS = ("lantern", "harbour", "kitchen", "violin")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ideas=st.lists(st.tuples(*[st.sets(st.sampled_from(WORDS))] * 3), min_size=1, max_size=5),
    wanted=st.sets(st.sampled_from(WORDS), min_size=1),
    excluded=st.sets(st.sampled_from(WORDS), max_size=2),
)
def test_search_equals_a_rebuild_in_plain_python(db, ideas, wanted, excluded):
    with Edition.act():
        for idea in Idea.objects.published():
            idea.status = Idea.Status.DRAFT
            idea.save()
        made = {
            make_idea(title=f"Idea {' '.join(title)}", summary=" ".join(summary), body=" ".join(body)).pk: title
            | summary
            | body
            for title, summary, body in ideas
        }
    expected = {pk for pk, has in made.items() if wanted <= has and not excluded & has}
    text = " ".join([*(f'"{word}"' for word in wanted), *(f"-{word}" for word in excluded)])
    assert set(found(text).ids) == expected


# The page


def test_search_page_corrects_a_slip_and_says_so(client, shelf):
    seen = page(client, "/ideas/?q=whitehosre+chior")
    assert seen["titles"] == ["Choirs of Whitehorse"]
    text = " ".join("".join(seen["tree"].find(".//main").itertext()).split())
    assert "No idea has “whitehosre chior”. These have “whitehorse choir”." in text
    link = seen["links"]["Look for “whitehosre chior” as it is written"]
    assert link == "/ideas/?q=%22whitehosre%22+%22chior%22"
    assert page(client, link)["results"] == "No idea matches all of that"


def test_search_page_proposes_a_likelier_spelling_beside_little(client, db):
    with Edition.act():
        make_idea(title="Lanterms")
        for _ in range(7):
            make_idea(title="Lanterns")
    seen = page(client, "/ideas/?q=lanterms")
    assert seen["titles"] == ["Lanterms"]
    assert seen["links"]["lanterns"] == "/ideas/?q=lanterns"


def test_search_page_marks_the_words_as_they_are_written(client, db):
    make_idea(title="Die <Gärten> & Höfe", summary="Wir gärtnern.", language="de", body="")
    make_idea(title="Nothing", summary="First. Second. Third.", body="## Garten\n\nAll *in* the [garten](/x). More.")
    html = client.get("/ideas/?q=garten").content.decode()
    assert "Die &lt;<mark>Gärten</mark>&gt; &amp; Höfe" in html
    assert "All in the <mark>garten</mark>. More." in html
    assert "First. Second." not in html


def test_search_page_marks_phrases_beginnings_and_possessives(client, db):
    make_idea(title="Toronto’s identity cards and cards", summary="An identity, a card.")
    html = client.get("/ideas/", {"q": '"identity card" toron*'}).content.decode()
    assert "<mark>Toronto’s</mark> <mark>identity cards</mark> and cards" in html
    assert "An identity, a card" in html


def test_search_page_combines_words_and_filters(client, db):
    toronto, berlin = make_city(name="Toronto"), make_city(name="Berlin", country="DE")
    with Edition.act():
        make_idea(title="Lantern one", city=toronto, topics=["sport"])
        make_idea(title="Lantern two", city=berlin, topics=["sport"])
        make_idea(title="Kitchen", city=berlin, topics=["food"])
    seen = page(client, "/ideas/?q=lantern&country=DE")
    assert (seen["titles"], seen["results"]) == (["Lantern two"], "1 idea")
    assert seen["counts"]["country"] == {"DE": 1, "CA": 1}
    assert seen["counts"]["topic"] == {"sport": 1}
    assert seen["chips"] == ["Remove: Words: lantern", "Remove: Country: Germany"]
    assert seen["links"]["Remove: Words: lantern"] == "/ideas/?country=DE"
    assert seen["canonical"] == "http://127.0.0.1:8000/ideas/?q=lantern&country=DE"
    assert "1 idea matching “lantern” in Germany" in " ".join("".join(seen["tree"].itertext()).split())
    assert seen["tree"].find(".//input[@id='q']").get("value") == "lantern"


def test_search_page_offers_the_words_let_go(client, db):
    with Edition.act():
        make_idea(title="Lantern", topics=["sport"])
        make_idea(title="Kitchen", topics=["food"])
    seen = page(client, "/ideas/?q=lantern&topic=food")
    assert seen["links"]["Without “lantern”"] == "/ideas/?topic=food"
    assert seen["links"]["Without “Topic: Food”"] == "/ideas/?q=lantern"


def test_search_page_sorts_by_relevance_unless_told_otherwise(client, shelf):
    assert titles(client, "?q=choir") == titles(client, "?q=choir&sort=relevance") == [
        "Choirs of Whitehorse", "Anti-rumour agents"
    ]  # fmt: skip
    assert titles(client, "?q=choir&sort=newest") == ["Anti-rumour agents", "Choirs of Whitehorse"]
    seen = page(client, "/ideas/?q=choir&sort=newest")
    assert seen["canonical"] == "http://127.0.0.1:8000/ideas/?q=choir&sort=newest"
    assert seen["links"]["Remove: Words: choir"] == "/ideas/"
    assert seen["links"]["Relevance"] == "/ideas/?q=choir"


def test_search_page_offers_names_above_the_results(client, db):
    toronto = make_city(name="Toronto")
    organisation = make_organisation(name="Toronto Region Council", aliases=["TRC"], city=toronto)
    make_idea(title="Lantern", city=toronto, organisation=organisation, topics=["sport"])
    assert page(client, "/ideas/?q=toronto")["links"]["Toronto"] == "/cities/toronto/"
    assert page(client, "/ideas/?q=trc")["links"]["Toronto Region Council"].startswith("/organisations/toronto-region")
    assert page(client, "/ideas/?q=toronto+sport")["links"]["Sport"] == "/topics/sport/"


def test_search_page_of_a_long_question_says_where_it_was_cut(client, shelf):
    text = ("choir " * 100).strip()
    html = client.get("/ideas/", {"q": text}).content.decode()
    assert "only its first 200 characters" in html
    assert len(found(text).asked.text) <= LONGEST
    assert "only its first" not in client.get("/ideas/", {"q": "choir " * 20}).content.decode()


def test_search_page_answers_nonsense(client, shelf):
    for text in NONSENSE:
        if "\ud800" not in text:
            assert client.get("/ideas/", {"q": text}).status_code == 200, text
    assert client.get("/ideas/?" + "&".join(f"q=w{number}" for number in range(900))).status_code == 200
    assert client.get("/ideas/?" + "&".join(f"q=w{number}" for number in range(5000))).status_code == 400
    assert client.get("/ideas/?q=%ff%fe%00").status_code == 200


def test_search_page_without_words_is_as_it_was(client, shelf):
    assert page(client, "/ideas/?q=")["canonical"] == "http://127.0.0.1:8000/ideas/"
    assert len(titles(client, "?q=%20")) == 5


@pytest.mark.parametrize("size", [1, 3, 20])
def test_search_page_asks_two_queries_whatever_its_size(client, db, size):
    with Edition.act():
        for _ in range(size):
            make_idea(title="Lantern", criteria=["practical"])
    client.get("/ideas/?q=idea")
    with CaptureQueriesContext(connection) as queries:
        assert len(titles(client, "?q=lantern&theme=work")) == size
    # Of little found, a likelier spelling is looked for: counts of the words and of those like them.
    assert len(queries) <= (2 if size >= search.LITTLE else 5), [query["sql"] for query in queries]
    with CaptureQueriesContext(connection) as queries:
        titles(client, "?q=lantern")
    assert len(queries) == 1  # The words are held: rows alone.


def test_not_found_offers_the_ideas_nearest_to_the_words_of_the_address(client, db):
    with Edition.act():
        make_idea(title="Naan in the park")
        make_idea(title="A lantern parade")
    html = client.get("/good_idea/naan-in-the-pa/").content.decode()
    assert "Naan in the park" in html
    assert "lantern" not in html


def test_synonyms_are_kept_on_the_desk(admin_client, db):
    with Edition.act():
        group = Synonym.objects.create(words="lantern, lamp")
    assert "lantern, lamp" in admin_client.get("/admin/catalogue/synonym/").content.decode()
    for path in ("add/", f"{group.pk}/change/", f"{group.pk}/delete/"):
        assert admin_client.get(f"/admin/catalogue/synonym/{path}").status_code == 200, path


@pytest.mark.parametrize("words", ["alone", "one,", ", ,"])
def test_a_synonym_needs_two_sides(words):
    with pytest.raises(ValidationError):
        Synonym(words=words).clean()


def test_what_was_found_in_an_earlier_edition_is_let_go(client, db):
    make_idea(title="Bread")
    for words in ("bread", "tea", "soup"):
        client.get("/ideas/", {"q": words})
    make_idea(title="Tea")
    client.get("/ideas/", {"q": "tea"})
    assert [edition for edition, _text in search._held] == [Edition.current()]
