"""The front of the desk: what is new, what is to be done, and numbers that lead to the lists behind them."""

from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.models import (
    Act,
    DailyViews,
    Draft,
    Evidence,
    Idea,
    Inquiry,
    Link,
    Mail,
    Review,
    Revision,
    Submission,
    Translation,
)
from catalogue.models.deciding import READS
from catalogue.models.life import VERIFIED_FOR
from catalogue.models.translation import PUBLISHES, WRITES, State

NEWEST, LATEST = 6, 8


@dataclass(frozen=True)
class Duty:
    """Something that waits: how many, in words, and the list of them."""

    count: int
    label: str
    note: str
    url: str


def context(request) -> dict:
    """What the front shows to this editor; the same number of queries however large the catalogue is."""
    sees, works = (request.user.has_perm(f"catalogue.{action}_idea") for action in ("view", "change"))
    return {
        "duties": (to_read(request.user) if request.user.has_perm(READS) else [])
        + (to_decide(request.user) + duties() if works else [])
        + (to_translate(request.user) if request.user.has_perm(WRITES) else []),
        "newest": newest() if sees else [],
        "waiting": waiting() if works else [],
        "drafts": Draft.objects.order_by("-at", "-id")[:LATEST] if works else [],
        "latest": latest() if sees else [],
        "may_add": request.user.has_perm("catalogue.add_idea"),
        "add_url": reverse("admin:catalogue_idea_add"),
        "coverage_url": reverse("admin:coverage") if works else "",
        "translating_url": reverse("admin:catalogue_translation_work") if request.user.has_perm(WRITES) else "",
        "ideas_url": reverse("admin:catalogue_idea_changelist"),
    }


def to_read(reader) -> list[Duty]:
    """What a reader is asked for, and what they may take."""
    reviews = reverse("admin:catalogue_review_changelist")
    mine, open_ones = Review.objects.open().filter(reader=reader), Submission.objects.open_to(reader)
    return [
        Duty(mine.count(), _("To read"), _("you are asked for it"), f"{reviews}?standing=mine"),
        Duty(open_ones.count(), _("Open to readers"), _("take what you like"), reverse("admin:catalogue_review_open")),
    ]


def to_decide(editor) -> list[Duty]:
    """What was proposed, by what it waits for."""
    submissions = Submission.objects
    listed = reverse("admin:catalogue_submission_changelist") + "?waits="
    reviews = reverse("admin:catalogue_review_changelist")
    return [
        Duty(submissions.waiting().count(), _("Proposed"), _("and nobody has it yet"), f"{listed}anybody"),
        Duty(submissions.in_hand(editor).count(), _("In your hand"), _("to screen, or in review"), f"{listed}me"),
        Duty(submissions.lacking_readers().count(), _("Without a reader"), _("ask somebody"), f"{listed}readers"),
        Duty(submissions.read().count(), _("To decide"), _("all readers have advised"), f"{listed}decision"),
        Duty(
            Review.objects.overdue(timezone.now()).count(),
            _("Overdue reviews"),
            _("reminded twice"),
            f"{reviews}?standing=overdue",
        ),
        Duty(submissions.suspected().count(), _("Held back"), _("perhaps spam: look"), f"{listed}spam"),
    ]


def to_translate(person) -> list[Duty]:
    """Translations that wait: for whoever reviews them what is offered, for everybody what is theirs or nobody’s."""
    listed = reverse("admin:catalogue_translation_changelist") + "?waits="
    count = Translation.objects.aggregate(
        offered=Count("pk", filter=Q(state=State.OFFERED)),
        mine=Count("pk", filter=Q(state=State.DRAFT, translator=person)),
    )
    offered = Duty(count["offered"], _("Translations offered"), _("read and publish them"), f"{listed}review")
    return [
        *([offered] if person.has_perm(PUBLISHES) else []),
        Duty(count["mine"], _("Translations in your hand"), _("begun, or sent back"), f"{listed}me"),
        Duty(
            Translation.objects.to_renew().count(),
            _("Translations out of date"),
            _("the original changed"),
            f"{listed}original",
        ),
    ]


def duties() -> list[Duty]:
    """The numbers, in one query for all that ideas tell of themselves."""
    a_year_ago = timezone.localdate() - VERIFIED_FOR
    published = Q(status=Idea.Status.PUBLISHED)
    unverified = published & (Q(last_verified__isnull=True) | Q(last_verified__lt=a_year_ago))
    count = Idea.objects.aggregate(
        drafts=Count("pk", filter=Q(status=Idea.Status.DRAFT)),
        scheduled=Count("pk", filter=Q(status=Idea.Status.SCHEDULED)),
        unverified=Count("pk", filter=unverified),
        published=Count("pk", filter=published),
    )
    without = Idea.objects.published().filter(~Exists(Evidence.objects.filter(idea=OuterRef("pk")))).count()
    month, _year = DailyViews.objects.totals(timezone.localdate())
    beside, dead = Draft.objects.count(), Link.objects.dead().count()
    listed = reverse("admin:catalogue_idea_changelist")
    return [
        Duty(
            Mail.objects.refused().count(),
            _("Letters refused"),
            _("by the mail server, for good"),
            reverse("admin:catalogue_mail_changelist") + "?refused_at__isempty=0",
        ),
        Duty(count["published"], _("Published"), _("what readers see"), f"{listed}?status__exact=published"),
        Duty(month, _("Views"), _("of ideas, in 30 days"), reverse("admin:catalogue_popularity_changelist")),
        Duty(count["drafts"], _("Drafts"), _("not yet seen by readers"), f"{listed}?status__exact=draft"),
        Duty(count["scheduled"], _("Scheduled"), _("published by themselves"), f"{listed}?status__exact=scheduled"),
        Duty(
            beside, _("Beside live pages"), _("changes not yet published"), reverse("admin:catalogue_draft_changelist")
        ),
        Duty(count["unverified"], _("Unverified"), _("for a year or ever"), f"{listed}?verified=no"),
        Duty(
            without, _("Without evidence"), _("no criterion is met"), f"{listed}?evidence=none&status__exact=published"
        ),
        Duty(
            dead,
            _("Dead links"),
            _("addresses that no longer answer"),
            reverse("admin:catalogue_link_changelist") + "?standing=dead",
        ),
        Duty(
            Inquiry.objects.for_desk().count(),
            _("Said to have ended"),
            _("or asked in vain"),
            reverse("admin:catalogue_inquiry_changelist") + "?waits=yes",
        ),
    ]


def newest() -> list[Idea]:
    return list(Idea.objects.published().newest_first().select_related("city")[:NEWEST])


def waiting() -> list[dict]:
    """Drafts and scheduled ideas, with everything that each still lacks."""
    ideas = (
        Idea.objects.filter(status__in=[Idea.Status.DRAFT, Idea.Status.SCHEDULED])
        .select_related("story", "city")
        .prefetch_related("themes", "topics", "audiences", "citations")
        .order_by("-pk")[:LATEST]
    )
    return [{"idea": idea, "missing": idea.missing()} for idea in ideas]


def latest() -> list[dict]:
    """The last acts, each with what it changed first and how many things besides."""
    acts = list(Act.objects.order_by("-pk")[:LATEST])
    found = Revision.objects.filter(act__in=acts).order_by().values("act_id")
    counted = {row["act_id"]: row for row in found.annotate(number=Count("pk"), first=Min("pk"))}
    firsts = [row["first"] for row in counted.values()]
    labels = dict(Revision.objects.filter(pk__in=firsts).values_list("act_id", "label"))
    return [
        {"act": act, "label": labels.get(act.pk, ""), "more": counted.get(act.pk, {"number": 1})["number"] - 1}
        for act in acts
    ]
