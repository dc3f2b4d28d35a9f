"""How a submission becomes part of the catalogue: a draft idea, or a journey that readers see; each one act."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalogue.criteria import Criterion
from catalogue.folding import fold
from catalogue.models.adaptation import Adaptation
from catalogue.models.edition import Edition
from catalogue.models.evidence import Evidence
from catalogue.models.idea import Body, Idea
from catalogue.models.organisation import Organisation
from catalogue.models.place import City
from catalogue.models.resource import Citation, Resource
from catalogue.models.vocabulary import Audience, Theme


class TakingUp:
    """The verbs by which editors take up a submission.

    A place or an organisation that the catalogue knows by that name is taken; a new one is left to the editor, who
    sees in the submission what was typed.
    """

    def make_draft(self, *, by) -> Idea:
        """Makes a draft idea of a proposal: every answer finds its place in it."""
        with Edition.act(by=by, why=f"proposed: {self}"[:300]):
            self._refuse_unless(self.Kind.IDEA)
            city = self._known_city()
            idea = Idea.objects.create(
                title=self.title,
                summary=self.said("what", "summary")[:450],
                language=self.language,
                city=city,
                organisation=self._known_organisation(city),
                partners=lines(self.said("where", "partners")),
                started=int(self.said("where", "started") or 0) or None,
            )
            idea.themes.set(Theme.objects.filter(slug__in=self.said("what", "themes", [])))
            idea.audiences.set(Audience.objects.filter(slug__in=self.said("where", "audiences", [])))
            Body.objects.create(idea=idea, text=self._body())
            for criterion in Criterion:
                if claim := self.said("results", criterion.value).strip():
                    Evidence.objects.create(idea=idea, criterion=criterion, claim=claim, basis=Evidence.Basis.TOLD)
            for position, address in enumerate(lines(self.said("links", "links")), 1):
                resource = Resource.objects.filter(url=address).first()
                resource = resource or Resource.objects.create(url=address, title=address[:300])
                Citation.objects.create(idea=idea, resource=resource, position=position)
            self.idea_made = idea
            self._take(by)
        return idea

    def publish_adaptation(self, *, by) -> Adaptation:
        """Shows readers of the idea that it was tried elsewhere."""
        with Edition.act(by=by, why=f"told by those who tried it: {self}"[:300]):
            self._refuse_unless(self.Kind.ADAPTATION)
            idea, city = self.idea.stand_in, self._known_city()
            if not idea.is_published:
                raise ValidationError(_("“%(idea)s” isn’t published, so nobody would see it.") % {"idea": idea})
            journey = Adaptation.objects.create(
                idea=idea,
                city=city,
                country="" if city else self.country,
                place="" if city else self.city,
                organisation=self._known_organisation(city),
                year=int(self.said("there", "year") or 0) or None,
                state=self.said("there", "state") or Adaptation.State.UNKNOWN,
                kept=self.said("changed", "kept"),
                changed=self.said("changed", "changed"),
                evidence=self.said("changed", "evidence"),
                position=idea.adaptations.count() + 1,
            )
            self.adaptation_made = journey
            self._take(by)
        return journey

    def _take(self, by) -> None:
        made = {"idea_made": self.idea_made, "adaptation_made": self.adaptation_made}
        self.accept(by=by)
        type(self).objects.filter(pk=self.pk).update(**made)
        for name, noun in made.items():
            setattr(self, name, noun)

    def _refuse_unless(self, kind) -> None:
        if self.kind != kind:
            raise ValidationError(_("That can’t be made of this kind of submission."))
        self._refuse_unless_waiting()

    def _known_city(self) -> City | None:
        """The one city of that name in that country; none where there is none, or more than one."""
        found = [city for city in City.objects.filter(country=self.country) if fold(city.name) == fold(self.city)]
        return found[0] if len(found) == 1 else None

    def _known_organisation(self, city: City | None) -> Organisation | None:
        """The one organisation of that name; of several the one in that city."""
        wanted = fold(self.organisation)
        # An alias is looked for in Python: names are folded there, the same for every database.
        rows = Organisation.objects.values_list("pk", "name", "aliases", "city_id") if wanted else []
        found = [(pk, at) for pk, name, aliases, at in rows if wanted in map(fold, (name, *aliases))]
        near = [pk for pk, at in found if city and at == city.pk] or [pk for pk, _at in found]
        return Organisation.objects.get(pk=near[0]) if len(near) == 1 else None

    def _body(self) -> str:
        parts = [
            ("The challenge", self.said("done", "challenge")),
            ("What was done", self.said("done", "done")),
        ]
        return "\n\n".join(f"## {heading}\n\n{text.strip()}" for heading, text in parts if text.strip())


def lines(text: str) -> list[str]:
    """The lines of a text that hold something, each once."""
    return list(dict.fromkeys(filter(None, (line.strip() for line in text.splitlines()))))
