"""The life of an idea: its verbs, each one act, and the checklist that stands before publication."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.criteria import Criterion
from catalogue.listing import any_of
from catalogue.models.edition import Edition
from catalogue.models.merging import merge_ideas

#: After so long an idea should be looked at again.
VERIFIED_FOR = timedelta(days=365)
#: What a published idea keeps filled in: publication asked for it, and it can't be taken away again.
KEPT_FILLED = ("summary", "body", "organisation", "themes", "topics", "audiences")


class Life:
    """The verbs of an idea.

    Each locks the idea's row and reads it again, so that it rests on what is there now and not on what its caller
    once read; what the caller had changed and not saved is forgotten. One that doesn't apply refuses with a
    `ValidationError` that names the field, and nothing is written.
    """

    def publish(self, *, by=None, why: str = "", at: datetime | None = None):
        """Shows it to the public, dated now or `at`. One that was withdrawn keeps its number and first date."""
        with Edition.act(by=by, why=why or "published") as act:
            act.hold(self)
            if faults := self.publish_faults():
                raise ValidationError(faults)
            self.status = self.Status.PUBLISHED
            self.first_published = self.first_published or at or timezone.now()
            self.publish_at = self.withdrawn_at = None
            self.withdrawn_reason = ""
            self.save()
            for proposal in self.proposals.all():
                proposal.tell_published(by=by)

    def schedule(self, at: datetime, *, by=None, why: str = ""):
        """Has a draft published at a time to come; `tick` does it. It must be complete already: nobody is there then.

        One that is scheduled gets the new time.
        """
        if at is None or timezone.is_naive(at):
            raise ValidationError({"publish_at": _("Give the day and the time, with its time zone.")})
        with Edition.act(by=by, why=why or f"to be published at {at:%Y-%m-%d %H:%M %Z}") as act:
            act.hold(self)
            if self.status not in (self.Status.DRAFT, self.Status.SCHEDULED):
                raise ValidationError({"status": _("Only a draft can be scheduled.")})
            if at <= timezone.now():
                raise ValidationError({"publish_at": _("That time is past. Give one to come, or publish it now.")})
            if faults := self.publish_faults():
                raise ValidationError(faults)
            self.status, self.publish_at = self.Status.SCHEDULED, at
            self.save()

    def unschedule(self, *, by=None, why: str = ""):
        """Makes a scheduled idea a draft again."""
        with Edition.act(by=by, why=why or "no longer scheduled") as act:
            act.hold(self)
            if self.status != self.Status.SCHEDULED:
                raise ValidationError({"status": _("It isn’t scheduled.")})
            self.status, self.publish_at = self.Status.DRAFT, None
            self.save()

    def withdraw(self, *, reason: str, by=None):
        """Takes it from the public, who is told the reason at its address (410)."""
        if not reason.strip():
            raise ValidationError({"withdrawn_reason": _("Say why; readers who follow a link are told.")})
        with Edition.act(by=by, why=reason) as act:
            act.hold(self)
            if self.status != self.Status.PUBLISHED:
                raise ValidationError({"status": _("Only a published idea can be withdrawn.")})
            self.status = self.Status.WITHDRAWN
            self.withdrawn_reason, self.withdrawn_at = reason.strip(), timezone.now()
            self.save()

    def end(self, year: int, *, reason: str = "", by=None, why: str = ""):
        """Says in which year it ended and, for readers, why. It stays public."""
        with Edition.act(by=by, why=why or f"ended in {year}") as act:
            act.hold(self)
            self._refuse_when_gone()
            if year is None:
                raise ValidationError({"ended": _("Give the year in which it ended.")})
            if fault := self.year_faults({"started": self.started, "ended": year}).get("ended"):
                raise ValidationError({"ended": fault})
            self.ended, self.ended_why = year, reason.strip()
            self.save()

    def verify(self, *, on: date | None = None, by=None, verifier: str = "editors", why: str = ""):
        """Says that somebody made sure, today or `on` a day, that what it says still holds."""
        with Edition.act(by=by, why=why or "verified") as act:
            act.hold(self)
            self._refuse_when_gone()
            on = on or timezone.localdate()
            if on > timezone.localdate():
                raise ValidationError({"last_verified": _("That day is still to come.")})
            self.last_verified, self.verified_by = on, verifier
            self.save()

    def feature(self, featured: bool = True, *, by=None):
        """Puts it among the featured ideas, or takes it from them."""
        with Edition.act(by=by, why="featured" if featured else "no longer featured") as act:
            act.hold(self)
            if featured and not self.is_published:
                raise ValidationError({"featured": _("Only a published idea can be featured.")})
            self.featured = featured
            self.save()

    def forget_proposer(self):
        """Takes away the name of whoever proposed it, for good: history never held it."""
        with Edition.act(why="whoever proposed it is no longer named") as act:
            act.hold(self)
            self.credited, self.proposed_by = False, ""
            self.save()

    def withhold_versions(self, first: int, *, by=None, why: str = ""):
        """Takes the versions before the `first` from readers, who are told that they are gone; a lower one gives back.

        For what should never have been said, such as a person's name: it is in every version until it was taken out.
        """
        with Edition.act(by=by, why=why or f"versions before {first} withheld") as act:
            act.hold(self)
            self._refuse_when_gone()
            last = type(self).objects.numbered().get(pk=self.pk).version
            if not 1 <= first <= last:
                sentence = _("Give a number from 1 to %(last)d, which is that of the present version.")
                raise ValidationError({"versions_from": sentence % {"last": last}})
            self.versions_from = first
            self.save()

    def merge_into(self, other, *, by=None, why: str = ""):
        """Says that another idea tells the same: this one's address leads there from now on.

        Both keep what they say. The other's title, texts, filing and dates stay as they are; added to it are the
        sources that it doesn't cite yet, the evidence that it doesn't hold word for word, and the transfer guide where
        it has none. This one keeps its own copies, so that nothing is lost should the two be parted again, and what its
        readers found, who read it and not the other. The journeys, old addresses and the ideas that had been merged
        into this one are the other's from now on. A journey that the other has in the same words already, and one
        between the two, stay with this one, out of sight.
        """
        self.refuse_nonsense(other)
        with Edition.act(by=by, why=why or f"merged into “{other}”") as act:
            self.hold_with(other, act)
            self._refuse_merging(other)
            merge_ideas(act, self, other)
            self.status, self.merged_into = self.Status.MERGED, other
            self.publish_at = self.withdrawn_at = None
            self.withdrawn_reason, self.featured = "", False
            self.save()

    # What stands in the way

    def missing(self) -> list[tuple[str, str]]:
        """What it lacks to be published, all at once, as (field, sentence). Prefetched rows are used."""
        checklist = [
            ("title", self.title.strip(), _("Give it a title.")),
            ("summary", self.summary.strip(), _("Give it a summary.")),
            ("body", self.body.strip(), _("Give it a text.")),
            (
                "city",
                self.city_id or self.placeless,
                _("Name the city where it happens, or say that it belongs to no one city."),
            ),
            ("organisation", self.organisation_id, _("Name the organisation that leads it.")),
            ("themes", self.themes.all(), _("Choose at least one theme.")),
            ("topics", self.topics.all(), _("Choose at least one topic.")),
            ("audiences", self.audiences.all(), _("Say for whom it is: choose at least one audience.")),
            ("citations", self.citations.all(), _("Name at least one source.")),
        ]
        return [(field, sentence) for field, given, sentence in checklist if not given]

    def wanting(self) -> list[tuple[str, str]]:
        """What would make it better though nothing stands in its way, as (field, sentence)."""
        held = {row.criterion for row in self.evidence.all()}
        advice = []
        if none := [str(criterion.label).lower() for criterion in Criterion if criterion not in held]:
            sentence = _("No evidence is recorded that it is %(criteria)s.")
            advice.append(("evidence", sentence % {"criteria": any_of(none)}))
        if not self.started:
            advice.append(("started", _("The year in which it began isn’t known.")))
        if not self.last_verified:
            advice.append(("last_verified", _("Nobody has verified it yet.")))
        elif timezone.localdate() - self.last_verified > VERIFIED_FOR:
            advice.append(("last_verified", _("Nobody has verified it for a year.")))
        return advice

    def publish_faults(self) -> dict[str, list[str]]:
        """Why it can't be published as it is, by field; empty when it can."""
        if self.status == self.Status.PUBLISHED:
            return {"status": [_("It is published already.")]}
        if self.status == self.Status.MERGED:
            sentence = _("It was merged into “%(other)s” and can’t be published.")
            return {"status": [sentence % {"other": self.merged_into}]}
        return {field: [sentence] for field, sentence in self.missing()}

    def _refuse_when_gone(self):
        if self.status == self.Status.WITHDRAWN:
            raise ValidationError({"status": _("It is withdrawn. Publish it first.")})
        if self.status == self.Status.MERGED:
            sentence = _("It was merged into “%(other)s”. Change that one.")
            raise ValidationError({"status": sentence % {"other": self.merged_into}})

    def _refuse_merging(self, other):
        if self.status == self.Status.MERGED:
            sentence = _("It has been merged into “%(other)s” already.") % {"other": self.merged_into}
            raise ValidationError({"status": sentence})
        if other.status == self.Status.MERGED:
            sentence = _("“%(other)s” was itself merged into “%(third)s”. Choose that one.")
            raise ValidationError({"merged_into": sentence % {"other": other, "third": other.merged_into}})
        if not other.is_published:
            sentence = _("“%(other)s” isn’t published; readers who are sent there would find nothing.")
            raise ValidationError({"merged_into": sentence % {"other": other}})


class Bulk(models.QuerySet):
    """The verbs of many ideas, each one act: all of them or, with a sentence for each that stands in the way, none."""

    def publish(self, *, by=None, why: str = ""):
        """Publishes them all."""
        return self._each(lambda idea: idea.publish(), by=by, why=why or "published")

    def verify(self, *, on: date | None = None, by=None):
        """Says of each that somebody made sure of it."""
        return self._each(lambda idea: idea.verify(on=on), by=by, why="verified")

    def feature(self, featured: bool = True, *, by=None):
        """Puts them among the featured ideas, or takes them from there."""
        why = "featured" if featured else "no longer featured"
        return self._each(lambda idea: idea.feature(featured), by=by, why=why)

    def tag(self, *, add=(), remove=(), by=None, why: str = ""):
        """Files them under themes, topics and audiences, and takes others away; each term knows its field.

        A published idea keeps at least one of each kind.
        """
        add, remove = list(add), list(remove)
        names = [f"+{term}" for term in add] + [f"−{term}" for term in remove]
        return self._each(lambda idea: _tag(idea, add, remove), by=by, why=why or f"filed {', '.join(names)}")

    # Not on the manager, where one slip would publish everything there is.
    publish.queryset_only = verify.queryset_only = feature.queryset_only = tag.queryset_only = True

    def _each(self, verb, *, by, why) -> int:
        """Does one thing to each, in one act; says how many there were."""
        refused = []
        # Atomic once more: inside another act, too, it is all or none.
        with Edition.act(by=by, why=why) as act, transaction.atomic():
            # In one order, so that two acts never wait for each other.
            ideas = list(self.model._base_manager.filter(pk__in=set(self.values_list("pk", flat=True))).order_by("pk"))
            act.watch_all(ideas)
            for idea in ideas:
                try:
                    verb(idea)
                except ValidationError as fault:
                    refused += [_told(idea, sentence) for sentence in fault.messages]
            if refused:
                raise ValidationError(refused)
        return len(ideas)


def _told(idea, sentence: str) -> str:
    return _("“%(idea)s”: %(sentence)s") % {"idea": idea, "sentence": sentence}


def _tag(idea, add, remove) -> None:
    for terms, change in ((add, "add"), (remove, "remove")):
        for term in terms:
            getattr(getattr(idea, f"{term._meta.model_name}s"), change)(term)
    if idea.is_published:
        kinds = {f"{term._meta.model_name}s" for term in remove}
        if faults := {field: sentence for field, sentence in idea.missing() if field in kinds}:
            raise ValidationError(faults)
