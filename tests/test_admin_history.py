"""The desk's history: who, when, why and what was different; and versions brought back as new changes."""

import pytest

from catalogue.admin.difference import difference
from catalogue.models import Act, Edition, Evidence, Idea, Organisation, Topic
from tests.desk import SAVED, address, editor, errors, fields, fill, page, send, text
from tests.factories import make_adaptation, make_city, make_idea, make_organisation, make_resource, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


def told(response) -> list[tuple[str, dict[str, str]]]:
    """The lines of a history page: when and who left out, why, and each field with its difference in HTML."""
    sections = [e for e in page(response).iter("section") if e.find("h2") is not None]
    return [
        (
            next((text(p) for p in section.iter("p") if p.get("class") == "why"), ""),
            {text(div.find("dt")): marked(div.find("dd")) for div in section.iter("div") if div.findall("dt")},
        )
        for section in sections
    ]


def marked(element) -> str:
    """A difference in plain signs: -gone- and +new+."""
    signs = {"del": "-", "ins": "+"}
    sign = signs.get(element.tag, "")
    inner = (element.text or "") + "".join(marked(child) + (child.tail or "") for child in element)
    return " ".join(f"{sign}{inner.strip()}{sign} ".split()) + (" " if element.tag == "li" else "")


def version(idea, number: int) -> str:
    """The address that brings back the version before `number` others."""
    revision = idea_revisions(idea)[number]
    return address(idea, "restore", revision.pk)


def idea_revisions(noun):
    from catalogue.models import Revision

    return list(Revision.objects.filter(kind=noun.kind, object_id=noun.pk))


def test_history_says_why_and_shows_each_difference(desk):
    sport, music = make_term(Topic, "sport"), make_term(Topic, "music")
    city = make_city(name="Toronto")
    idea = make_idea(title="Bread for all newcomers", topics=["sport"], city=None, organisation=None)
    sent = fields(desk.get(address(idea)))
    send(desk, address(idea), sent, title="Bread for newcomers", topics=music.pk, city=city.pk, why="shorter")
    answer = desk.get(address(idea, "history"))
    why, changes = told(answer)[0]
    assert why == "shorter"
    assert changes == {
        "Title": "Bread for -all-newcomers",
        "City": "+Toronto, Canada+",
        "Topics": "-Sport- +Music+",
    }
    assert "mira" in answer.content.decode()
    assert sport.pk != music.pk


def test_history_shows_what_became_of_rows(desk):
    report = make_resource(title="A report")
    idea = make_idea(criteria=["practical"])
    Edition.current()
    sent = fields(desk.get(address(idea)))
    send(desk, address(idea), sent, **{"evidence-0-year": "2012", "evidence-0-resource": report.pk}, why="found")
    (change,) = told(desk.get(address(idea, "history")))[0][1].items()
    assert change[0] == "Evidence"
    assert "Criterion: Practical; Claim: It is practical.; Kind of evidence: How it is known isn’t stated-" in change[1]
    assert "Year: 2012; Source: A report+" in change[1]


def test_history_of_every_noun_opens(desk):
    idea = make_idea(sources=[make_resource()], topics=["sport"], audiences=["women"])
    nouns = [idea, idea.city, idea.organisation, make_adaptation(idea=idea, city=make_city())]
    nouns += [idea.themes.get(), idea.topics.get(), idea.audiences.get(), idea.citations.get().resource]
    for noun in nouns:
        assert desk.get(address(noun, "history")).status_code == 200, noun


def test_history_takes_as_many_queries_for_three_changes_as_for_eighteen(desk, django_assert_num_queries):
    def history(number):
        idea = make_idea()
        for n in range(number):
            with Edition.act(why=f"change {n}") as act:
                act.watch(idea)
                idea.title, idea.city = f"Title {n}", make_city()
                idea.save()
                idea.topics.add(make_term(Topic, f"t-{idea.pk}-{n}"))
        return address(idea, "history")

    few, many = history(3), history(18)
    desk.get(few)
    with django_assert_num_queries(12):
        desk.get(few)
    with django_assert_num_queries(12):
        desk.get(many)


def test_restore_brings_fields_terms_text_and_rows_back_as_one_new_change(desk):
    music = make_term(Topic, "music")
    idea = make_idea(title="First", body="One.", topics=["sport"], criteria=["practical", "successful"])
    first = idea.snapshot()
    sent = fields(desk.get(address(idea)))
    changed = {"title": "Second", "body": "Two.", "topics": music.pk, "evidence-0-claim": "Else.", "why": "worse"}
    send(desk, address(idea), sent, **changed, **{"evidence-1-DELETE": "on"})
    asked = desk.get(version(idea, 1))
    assert "Second" in asked.content.decode()
    acts, edition = Act.objects.count(), Edition.current()
    answer = fill(desk, version(idea, 1), why="it was better")
    assert (answer.status_code, answer.headers["Location"]) == (SAVED, address(idea))
    assert (Act.objects.count(), Edition.current()) == (acts + 1, edition + 1)
    assert Act.objects.first().why == "it was better"
    now = Idea.objects.get(pk=idea.pk).snapshot()
    assert [row["claim"] for row in now["evidence"]] == [row["claim"] for row in first["evidence"]]
    for state in (first, now):
        state.pop("evidence")
    assert now == first


def test_restore_says_what_cant_come_back(desk):
    idea = make_idea(title="First", topics=["sport", "music"])
    with Edition.act() as act:
        act.watch(idea)
        idea.title = "Second"
        idea.save()
        idea.topics.set([make_term(Topic, "food")])
    idea.withdraw(reason="Asked for.")
    sport = Topic.objects.get(slug="sport")
    with Edition.act():
        sport.delete()
    asked = desk.get(version(idea, 2))
    said = [text(li) for section in page(asked).iter("section") for li in section.iter("li")]
    assert said[:1] == [f"Topic {sport.pk} isn’t there any more."]
    assert "Status stays “Withdrawn”; it changes by its own button." in said
    assert fill(desk, version(idea, 2), why="back").status_code == SAVED
    idea = Idea.objects.get(pk=idea.pk)
    assert (idea.title, idea.status, [t.slug for t in idea.topics.all()]) == ("First", "withdrawn", ["music"])


def test_restore_goes_through_the_same_validation(desk):
    city = make_city(name="Old", slug="old-name")
    with Edition.act():
        city.slug = "new-name"
        city.name = "New"
        city.save()
    with Edition.act():
        city.old_addresses.get().delete()
    make_city(name="Another", slug="old-name")
    answer = fill(desk, version(city, 1), why="back")
    assert errors(answer) == ["“old-name” is already the address of another. Choose another."]
    assert fields(answer)["name"] == ["Old"]
    city.refresh_from_db()
    assert city.slug == "new-name"


def test_restore_is_a_save_like_any_other_when_somebody_was_quicker(desk):
    organisation = make_organisation(name="First")
    with Edition.act():
        organisation.name = "Second"
        organisation.save()
    restore = version(organisation, 1)
    sent = fields(desk.get(restore))
    with Edition.act():
        organisation.name = "Third"
        organisation.save()
    answer = send(desk, restore, sent, why="back")
    assert errors(answer) == ["Somebody saved this while you were writing. Nothing is lost: compare, and save again."]
    assert (fields(answer)["name"], Organisation.objects.get().name) == (["First"], "Third")


def test_restore_of_another_nouns_version_is_not_found(desk):
    one, other = make_idea(), make_idea()
    (revision,) = idea_revisions(other)
    assert desk.get(address(one, "restore", revision.pk)).status_code == 404


def test_act_has_a_page_that_leads_to_what_it_changed(desk):
    idea = make_idea(title="A title")
    act = Act.objects.first()
    answer = desk.get(address(act))
    links = {a.get("href"): text(a) for a in page(answer).iter("a")}
    assert links[address(idea, "history")] == "A title"
    assert desk.post(address(act), {"why": "else"}).status_code == 403


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Bread for all.", "Bread for some.", "Bread for <del>all</del><ins>some</ins>."),
        ("", "New.", "<ins>New.</ins>"),
        ("<b>Old</b>", "", "<del>&lt;b&gt;Old&lt;/b&gt;</del>"),
        ("a\n\nb c\n", "a\n\nb d\n", "a\n\nb <del>c</del><ins>d</ins>\n"),
    ],
)
def test_difference_of_texts_is_by_word(before, after, expected):
    assert difference(before, after) == f'<div class="difference">{expected}</div>'


def test_difference_of_lists_is_by_item():
    assert difference(["a", "b"], ["b", "<c>"]) == (
        '<ul class="difference"><li><del>a</del></li><li><span>b</span></li><li><ins>&lt;c&gt;</ins></li></ul>'
    )


def test_difference_of_long_texts_is_quick_and_short():
    paragraphs = [f"Paragraph {n} says much and more of the same, again and again." for n in range(2_000)]
    changed = [*paragraphs[:1_000], "Something else.", *paragraphs[1_001:]]
    html = difference("\n\n".join(paragraphs), "\n\n".join(changed))
    assert "<ins>" in html
    assert len(html) < 1_500


def test_evidence_that_was_taken_away_is_still_in_history(desk):
    idea = make_idea(criteria=["practical"])
    fill(desk, address(idea), **{"evidence-0-DELETE": "on"}, why="wrong")
    assert Evidence.objects.count() == 0
    assert told(desk.get(address(idea, "history")))[0][1]["Evidence"].startswith("-Criterion: Practical;")
