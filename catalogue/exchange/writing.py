"""Nouns that came in, written: many new ones at once, changed ones each by its own `save`, all watched by the act."""

from catalogue.exchange.sections import Ideas, Section
from catalogue.models import Body, Idea

#: Rows of one statement: SQLite takes 32,766 values.
ROWS = 500


def write(act, section: Section, new: list, changed: list, now) -> None:
    """Writes what is new and what differs of one section."""
    point(section, [*new, *changed])
    wholes = [noun.whole for noun in [*new, *changed] if noun.whole is not noun or noun.pk]
    act.watch_all([noun for noun in wholes if noun.pk])
    _make(section.model, new)
    for noun in changed:
        noun.save()
    if isinstance(section, Ideas):
        _file(new, changed)
    for noun in new:
        act.touch(noun.whole)


def point(section: Section, nouns: list) -> None:
    """What the file made meanwhile has its number by now; a pointer set before has to be told."""
    names = [field.name for field in section.model._meta.concrete_fields if field.is_relation]
    for noun in nouns:
        for name in names:
            if (other := getattr(noun, name, None)) is not None:
                setattr(noun, name, other)


def _make(model, nouns: list) -> None:
    for noun in nouns:
        if hasattr(noun, "derive"):
            noun.derive()
    model._base_manager.bulk_create(nouns, batch_size=ROWS)


def _file(new: list[Idea], changed: list[Idea]) -> None:
    """What of an idea stands in other tables: its text, and what it is filed under."""
    ideas = {idea.pk: idea for idea in [*new, *changed]}
    there = dict(Body.objects.filter(pk__in=[idea.pk for idea in changed]).values_list("pk", "text"))
    made = [Body(idea_id=pk, text=idea.filed.body) for pk, idea in ideas.items() if pk not in there]
    Body._base_manager.bulk_create(made, batch_size=ROWS)
    texts = [Body(idea_id=pk, text=ideas[pk].filed.body) for pk, text in there.items() if ideas[pk].filed.body != text]
    Body._base_manager.bulk_update(texts, ["text"], batch_size=ROWS)
    for name, model in Ideas.TERMS.items():
        _join(name, model, ideas, {idea.pk for idea in changed})


def _join(name: str, model, ideas: dict[int, Idea], changed: set[int]) -> None:
    through, column = getattr(Idea, name).through, f"{model._meta.model_name}_id"
    keys = dict(model._base_manager.values_list("slug", "pk"))
    wanted = {(pk, keys[slug]) for pk, idea in ideas.items() for slug in getattr(idea.filed, name)}
    rows = through._base_manager.filter(idea__in=list(changed))
    present = {(idea, term): pk for pk, idea, term in rows.values_list("pk", "idea", column)}
    if gone := [pk for pair, pk in present.items() if pair not in wanted]:
        through._base_manager.filter(pk__in=gone).delete()
    made = [through(idea_id=idea, **{column: term}) for idea, term in sorted(wanted - present.keys())]
    through._base_manager.bulk_create(made, batch_size=ROWS)
