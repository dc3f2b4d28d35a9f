"""How a submission becomes part of the catalogue: a draft idea, or a journey that readers see; each one act."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalogue.criteria import Criterion
from catalogue.folding import fold
from catalogue.models.adaptation import Adaptation
from catalogue.models.assessment import Assessment
from catalogue.models.edition import Edition
from catalogue.models.evidence import Evidence
from catalogue.models.idea import Body, Idea
from catalogue.models.organisation import Organisation
from catalogue.models.place import City
from catalogue.models.resource import Citation, Resource
from catalogue.models.review import found_together
from catalogue.models.vocabulary import Audience, Theme

#: In place of a city or an organisation: the one that the catalogue knows by the name that was typed, if it does.
BY_NAME = object()


class TakingUp:
    """The verbs by which editors accept a submission."""

    def make_draft(self, message: str = "", *, by, city=BY_NAME, organisation=BY_NAME) -> Idea:
        """Makes a draft idea of a proposal: every answer finds its place in it.

        City and organisation are those that an editor chose, or new ones that they looked at, not yet saved: these are
        made in the same act. None leaves it open; left out, it is the one that the catalogue knows by that name.
        """
        with Edition.act(by=by, why=f"proposed: {self}"[:300]), self._held():
            self._refuse_to_make(self.Kind.IDEA, by)
            city = self.known_city() if city is BY_NAME else _made(city)
            if organisation is BY_NAME:
                organisation = self.known_organisation(city)
            elif organisation is not None and organisation.pk is None:
                organisation.city = city
                _made(organisation)
            idea = Idea.objects.create(
                title=self.title,
                summary=self.said("what", "summary")[:450],
                language=self.language,
                city=city,
                organisation=organisation,
                partners=lines(self.said("where", "partners")),
                started=int(self.said("where", "started") or 0) or None,
                proposed_by=(name := self.name if self.said("you", "named") == "yes" else ""),
                credited=bool(name),
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
            self._assess(idea)
            self.idea_made = idea
            self._accept(message, by)
        return idea

    def publish_adaptation(self, message: str = "", *, by) -> Adaptation:
        """Shows readers of the idea that it was tried elsewhere."""
        with Edition.act(by=by, why=f"told by those who tried it: {self}"[:300]), self._held():
            self._refuse_to_make(self.Kind.ADAPTATION, by)
            idea, city = self.idea.stand_in, self.known_city()
            if not idea.is_published:
                raise ValidationError(_("“%(idea)s” isn’t published, so nobody would see it.") % {"idea": idea})
            journey = Adaptation.objects.create(
                idea=idea,
                city=city,
                country="" if city else self.country,
                place="" if city else self.city,
                organisation=self.known_organisation(city),
                year=int(self.said("there", "year") or 0) or None,
                state=self.said("there", "state") or Adaptation.State.UNKNOWN,
                kept=self.said("changed", "kept"),
                changed=self.said("changed", "changed"),
                evidence=self.said("changed", "evidence"),
                position=idea.adaptations.count() + 1,
            )
            self.adaptation_made = journey
            self._accept(message, by)
        return journey

    def _assess(self, idea: Idea) -> None:
        """Keeps with the idea what its readers found."""
        reviews = list(self.reviews.done(self.round).with_judgements())
        last = max(review.done_at for review in reviews)
        Assessment.objects.create(
            idea=idea, read_on=timezone.localdate(last), readers=len(reviews), **found_together(reviews)
        )

    def known_city(self) -> City | None:
        """The one city of that name in that country; none where there is none, or more than one."""
        found = [city for city in City.objects.filter(country=self.country) if fold(city.name) == fold(self.city)]
        return found[0] if len(found) == 1 else None

    def known_organisation(self, city: City | None) -> Organisation | None:
        """The one organisation of that name; of several the one in that city."""
        wanted = fold(self.organisation)
        # An alias is looked for in Python: names are folded there, the same for every database.
        rows = Organisation.objects.values_list("pk", "name", "aliases", "city_id") if wanted else []
        found = [(pk, at) for pk, name, aliases, at in rows if wanted in map(fold, (name, *aliases))]
        near = [pk for pk, at in found if city and at == city.pk] or [pk for pk, _at in found]
        return Organisation.objects.get(pk=near[0]) if len(near) == 1 else None

    def _body(self) -> str:
        with override(self.language):
            parts = [
                (_("The challenge"), self.said("done", "challenge")),
                (_("What was done"), self.said("done", "done")),
            ]
        return "\n\n".join(f"## {heading}\n\n{text.strip()}" for heading, text in parts if text.strip())


def _made(noun):
    """A noun that an editor looked at: a new one is judged like any other, and saved."""
    if noun is not None and noun.pk is None:
        noun.full_clean(exclude=["slug"])
        noun.save()
    return noun


def lines(text: str) -> list[str]:
    """The lines of a text that hold something, each once."""
    return list(dict.fromkeys(filter(None, (line.strip() for line in text.splitlines()))))
