"""What readers expect to find first in the opening collection, and what they type that means nothing at all."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import index as indexes
from catalogue import search
from catalogue.models import Idea

QUERIES = json.loads((Path(__file__).parent / "search_queries.json").read_text(encoding="utf-8"))
#: What nobody means, and somebody sends.
NONSENSE = [
    "\0", "a\0b", "🙂", "👩\u200d👩 🙂", "\u202eabc\u202c", "مرحبا", "\u200f", '"', '""', '"""', '" "', "'", "''", "-",
    "--", "*", "**", "-*", '-"', "- -", "AND", "OR NOT", "NEAR(a b)", "NEAR/2", "title:x", "{title}: x", "^", "^a",
    "a:*", "&", "|", "!", "!!", "<->", "( )", ")(", "a & | b", ":*", "\\", "\\'", "%", "_", ";", "'; DROP TABLE x --",
    "the", "the of and", "a", "-the", '"the"', "zz0zz", "0x1f", "1e5", "7e5x", "½", "İ", "ß", "ﬁ", "\ud800", "\x1f",
    "a" * 500, "a " * 500, "- " * 200, '" ' * 300, "* " * 300, "-a " * 100, "é" * 300, "(" * 200, "\n", "\t\t",
]  # fmt: skip


def found(text):
    index = indexes.current()
    return search.find(text, index.edition, index.ids, index.orders["newest"])


@pytest.fixture(scope="module")
def opening(collection):
    """The collection's slugs by number, to search in."""
    return dict(Idea.objects.values_list("pk", "slug"))


@pytest.mark.django_db
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query["words"])
def test_search_finds_what_a_reader_expects_first(opening, query):
    first = [opening[pk] for pk in found(query["words"]).order[: query["within"]].tolist()]
    assert set(query["ideas"]) <= set(first), first


def test_there_are_sixty_queries_of_every_kind():
    assert len(QUERIES) == 60
    assert len({query["kind"] for query in QUERIES}) >= 14


@pytest.mark.django_db
def test_search_of_nonsense_is_never_an_error_and_never_everything(opening):
    everything = set(opening)
    for text in NONSENSE:
        hits = found(text)
        assert set(hits.ids) < everything, text
        assert hits.order is None or set(hits.order.tolist()) == set(hits.ids), text


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["the", "the of", '"the"', "-toronto", '-"human library"', "🙂", "\0", '"', "*"])
def test_search_for_nothing_finds_nothing_and_says_why(opening, client, text):
    assert len(found(text).ids) == 0
    response = client.get("/ideas/", {"q": text})
    assert response.status_code == 200
    sentences = ("Those words stand", "That only says what to leave out", "There is no word in that")
    assert sum(sentence in response.content.decode() for sentence in sentences) == 1


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from("abeirt tor\"*-/ (&|!:'é\0🙂ß’“"), max_size=40) | st.text(max_size=60))
def test_search_never_raises_and_finds_only_what_is_published(opening, text):
    hits = found(text)
    assert hits.ids <= indexes.current().ids
    assert hits.order is None or len(hits.order) == len(hits.ids)
