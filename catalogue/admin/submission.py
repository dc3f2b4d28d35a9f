"""What people proposed, on the desk: taken in hand, screened, read, answered, decided; what may be spam, apart."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from catalogue import index as indexes
from catalogue.admin.deciding import SUBMISSION_VERBS
from catalogue.admin.desk import desk
from catalogue.admin.review import judged, readable
from catalogue.admin.verbs import VerbViews
from catalogue.likeness import ideas_like, submissions_like
from catalogue.models import Event, Submission
from catalogue.models.deciding import Question
from catalogue.screening import Suspicion
from catalogue.steps import told

Kind, State = Submission.Kind, Submission.State
#: Verbs that need no word: one press of a button on the submission's own page does them.
AT_ONCE = ("claim", "open-review", "take-over", "hold-back", "release")
#: The keys that answer the questions of screening with yes and with no. Digits, D, E and F are a browser's own.
KEYS = ("qa", "ws", "tg")


class Waits(admin.SimpleListFilter):
    """What a number on the desk's front counts."""

    title = _("what it waits for")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [
            ("anybody", _("any editor")),
            ("me", _("me")),
            ("readers", _("a reader")),
            ("decision", _("a decision: it is read")),
            ("submitter", _("its submitter")),
            ("spam", _("a look: perhaps spam")),
        ]

    def queryset(self, request, queryset):
        found = {
            "anybody": queryset.waiting,
            "me": lambda: queryset.in_hand(request.user),
            "readers": queryset.lacking_readers,
            "decision": queryset.read,
            "submitter": lambda: queryset.filter(state=State.NEEDS_CHANGES),
            "spam": queryset.suspected,
        }
        return found.get(self.value(), lambda: queryset)()


@admin.register(Submission, site=desk)
class SubmissionAdmin(VerbViews, admin.ModelAdmin):
    """Read and answered here, never edited: what it says is its submitter's."""

    verbs = SUBMISSION_VERBS
    change_form_template = "admin/catalogue/submission.html"
    list_display = ["what", "kind", "state", "where", "sent_at", "editor"]
    list_filter = [Waits, "state", "kind"]
    list_per_page = 50
    list_select_related = ["idea", "editor"]
    show_full_result_count = False
    search_fields = ["title", "city", "organisation", "idea__title"]
    ordering = ["-sent_at", "-id"]
    fields = []

    def get_queryset(self, request):
        # What wasn't sent is nobody's business yet.
        return super().get_queryset(request).exclude(sent_at__isnull=True)

    def has_add_permission(self, request):
        return False

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and not self._is_own(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not self._is_own(request, obj)

    @staticmethod
    def _is_own(request, obj) -> bool:
        """Whoever submitted it sees of it what every submitter sees, at their own link."""
        return isinstance(obj, Submission) and obj.is_by(request.user)

    def needs_reason(self, submission) -> bool:
        return False

    @admin.display(description=_("what"), ordering="title")
    def what(self, submission):
        return str(submission)

    @admin.display(description=_("where"), ordering="city")
    def where(self, submission):
        return submission.where

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            raise PermissionDenied(_("A submission isn’t edited here. Ask its submitter, or make a draft of it."))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        works = self.has_change_permission(request, obj)
        verbs = [verb for verb in self.verbs if works and self.offers(request, obj, verb)]
        events = obj.events.all()
        context |= {
            "verbs": [(verb.label, self.address_of(verb.name, obj.pk)) for verb in verbs if verb.name not in AT_ONCE],
            "at_once": [(verb.label, self.address_of(verb.name, obj.pk)) for verb in verbs if verb.name in AT_ONCE],
            "questions": questions(obj) if works and obj.state == State.SCREENING else [],
            "screen_url": self.address_of("screen", obj.pk),
            "reviews": [(review, judged(review)) for review in obj.reviews.with_judgements()] if works else [],
            "readers_lacking": obj.readers_lacking if works and obj.state == State.IN_REVIEW else 0,
            "notes": events.notes() if works else [],
            # Who made it is for those who write to them.
            "answers": [(step.title, words) for step, words in told(obj)] if works else readable(obj),
            "story": events.exclude(what=Event.What.NOTED) if works else events.for_submitter(),
            "letters": obj.mails.all() if works else [],
            "suspicions": [Suspicion(name).label for name in obj.suspicions],
            "ideas_like": ideas_like(obj, indexes.current()) if obj.kind == Kind.IDEA else [],
            "submissions_like": submissions_like(obj),
            "show_save": False,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def offers(self, request, submission, verb) -> bool:
        """Whether a verb has its place on the page: screening has buttons of its own, and what is mine stays mine."""
        if verb.name == "screen" or (verb.name == "take-over" and submission.editor_id == request.user.pk):
            return False
        return verb.applies(submission)

    def get_deleted_objects(self, objs, request):
        deleted, count, _needed, protected = super().get_deleted_objects(objs, request)
        # Its story and its letters go with it; they have no permissions of their own to ask for.
        return deleted, count, set(), protected

    def log_deletions(self, request, queryset):
        # Whoever asked to be forgotten is forgotten in every log.
        return None


def questions(submission) -> list[dict]:
    """The questions of screening, what was answered, and the keys that answer them."""
    return [
        {
            "name": question.value,
            "label": question.label,
            "answered": submission.screened.get(question.value),
            "yes_key": keys[0],
            "no_key": keys[1],
        }
        for question, keys in zip(Question, KEYS, strict=True)
    ]
