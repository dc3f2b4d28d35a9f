"""Merging: what pointed to one noun points to another of its kind, and the old address leads there in one hop."""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from catalogue.models.edition import Edition
from catalogue.models.noun import CatalogueModel


class Mergeable:
    """A noun that can be merged into another of its kind. Whatever has an address can."""

    def merge_into(self, other, *, by=None, why: str = ""):
        """Gives all that points to this noun to another of its kind, and takes this one away; history keeps it.

        What the other says stays as it is. This one's address, and every address that led here, leads to the other.
        """
        self.refuse_nonsense(other)
        with Edition.act(by=by, why=why or f"merged into “{other}”") as act:
            self.hold_with(other, act)
            if faults := self.merge_faults(other):
                raise ValidationError(faults)
            _move_pointers(act, self, other)
            other.absorb(self)
            _move_addresses(self, other)
            if self.keeps_addresses:
                _lead(self.path, other)
            self.delete()

    def refuse_nonsense(self, other) -> None:
        """Refuses whatever isn't another noun of this kind."""
        kind = self._meta.verbose_name
        if type(other) is not type(self) or not other.pk or not self.pk:
            raise ValidationError({"merged_into": _("Choose the %(kind)s that it is merged into.") % {"kind": kind}})
        if other.pk == self.pk:
            raise ValidationError({"merged_into": _("Choose another %(kind)s than itself.") % {"kind": kind}})

    def hold_with(self, other, act) -> None:
        """Locks both in an act, in one order, so that two mergers never wait for each other."""
        for noun in sorted((self, other), key=lambda noun: noun.pk):
            act.hold(noun)

    def merge_faults(self, other) -> dict[str, list[str]]:
        """Why these two can't be merged as they are, by field; empty when they can."""
        return {}

    def absorb(self, other) -> None:
        """Takes over what must not be lost of another that is merged into this one."""


def merge_ideas(act, loser, winner) -> None:
    """Gives the winner what the loser has beyond it; see `Idea.merge_into`. The loser's own status is its verb's."""
    _copy_sources(loser, winner)
    _copy_evidence(loser, winner)
    _copy_guide(loser, winner)
    for end, other_end in (("idea", "became"), ("became", "idea")):
        _move_journeys(loser, winner, end, other_end)
    _move_addresses(loser, winner)
    # Whoever was merged into the loser is one hop from the winner.
    for idea in loser.merged.order_by("pk"):
        act.hold(idea)
        idea.merged_into = winner
        idea.save()


def _copy_sources(loser, winner) -> None:
    cited = dict(winner.citations.values_list("resource_id", "position"))
    number = max(cited.values(), default=0)
    for citation in loser.citations.all():
        if citation.resource_id not in cited:
            number += 1
            winner.citations.create(resource_id=citation.resource_id, position=number)


def _copy_evidence(loser, winner) -> None:
    def said(row):
        return {name: getattr(row, name) for name in ("criterion", "claim", "basis", "year", "resource_id")}

    held = [said(row) for row in winner.evidence.all()]
    for row in loser.evidence.all():
        if said(row) not in held:
            winner.evidence.create(**said(row))


def _copy_guide(loser, winner) -> None:
    """Where the winner has none, with its documents. Of two guides none is made: each is of one mind."""
    guides = loser._meta.get_field("guide").related_model._base_manager
    held = guides.filter(idea=loser).first()
    if held and not guides.filter(idea=winner).exists():
        held.pk, held.idea, held._state.adding = None, winner, True
        held.save()
        reused = loser.citations.filter(to_reuse=True).values("resource")
        for citation in winner.citations.filter(resource__in=reused):
            citation.to_reuse = True
            citation.save()


def _move_journeys(loser, winner, end: str, other_end: str) -> None:
    for journey in (
        type(loser)
        ._meta.apps.get_model("catalogue.Adaptation")
        .objects.select_for_update()
        .filter(**{end: loser})
        .order_by("pk")
    ):
        comes_home = getattr(journey, f"{other_end}_id") == winner.pk
        if comes_home or _doubles(journey, **{f"{end}_id": winner.pk}).exists():
            journey.shown = False
        else:
            setattr(journey, end, winner)
        journey.save()


def _doubles(row, **changes):
    """The rows that say the same in every field but their order, once some fields are changed."""
    fields = [field.attname for field in row._meta.concrete_fields if field.name not in ("id", "position")]
    values = {name: getattr(row, name) for name in fields} | changes
    return type(row)._base_manager.filter(**values).exclude(pk=row.pk)


def _move_addresses(loser, winner) -> None:
    """Every address that led to the loser leads to the winner, without a stop on the way."""
    redirects = loser.old_addresses.model._base_manager
    led_here = Q(**{loser.redirect_field: loser}) | Q(to=loser.path)
    for redirect in redirects.select_for_update().filter(led_here).order_by("pk"):
        setattr(redirect, winner.redirect_field, winner)
        redirect.to = ""
        redirect.save()


def _lead(path: str, noun) -> None:
    redirects = noun.old_addresses.model.objects
    for redirect in redirects.filter(path=path):
        redirect.delete()
    redirects.create(path=path, **{noun.redirect_field: noun})


def _move_pointers(act, loser, winner) -> None:
    """Every foreign key and many-to-many field of any model, those without a way back included."""
    for relation in loser._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.related_model._meta.auto_created:
            continue
        if relation.many_to_many:
            _move_joined(act, relation, loser, winner)
        else:
            _move_keys(act, relation, loser, winner)


def _move_keys(act, relation, loser, winner) -> None:
    model, name = relation.related_model, relation.field.name
    if name == loser.redirect_field and model is loser.old_addresses.model:
        return
    rows = list(model._base_manager.select_for_update().filter(**{name: loser}).order_by("pk"))
    if issubclass(model, CatalogueModel):
        act.watch_all([row.whole for row in rows])
    model._base_manager.filter(pk__in=[row.pk for row in rows]).update(**{name: winner})
    # Two journeys that differed in nothing but the merged end are one.
    for row in rows if model._meta.model_name == "adaptation" else ():
        row.refresh_from_db()
        if _doubles(row).exists():
            row.delete()


def _move_joined(act, relation, loser, winner) -> None:
    join, field = relation.field.remote_field.through, relation.field
    here, there = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    rows = join._base_manager.filter(**{there: loser.pk})
    if issubclass(relation.related_model, CatalogueModel):
        joined = relation.related_model._base_manager.filter(pk__in=rows.values(here))
        act.watch_all(list(joined.order_by("pk")))
    has_both = join._base_manager.filter(**{there: winner.pk}).values_list(here, flat=True)
    rows.exclude(**{f"{here}__in": list(has_both)}).update(**{there: winner.pk})
    join._base_manager.filter(**{there: loser.pk}).delete()
