"""What people proposed, on the desk: read, asked about, taken up, declined; what may be spam, apart."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from catalogue import index as indexes
from catalogue.admin.desk import desk
from catalogue.admin.verbs import Verb, VerbForm, VerbViews
from catalogue.likeness import ideas_like, submissions_like
from catalogue.models import Submission
from catalogue.screening import Suspicion
from catalogue.steps import told

Kind, State = Submission.Kind, Submission.State


class PlainForm(VerbForm):
    """Nothing to be told: the submission's own story says who did it and when."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].widget = forms.HiddenInput()


class MessageForm(PlainForm):
    """What is mailed to the submitter, and stands on their page."""

    message = forms.CharField(
        label=_("Message to the submitter"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        max_length=5_000,
        error_messages={"required": _("Write what the submitter should know.")},
    )


class WordForm(MessageForm):
    """The same, where nothing has to be said."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["message"].required = False


def waits(submission, *kinds) -> bool:
    return submission.state == State.RECEIVED and (not kinds or submission.kind in kinds)


def verb(name, label, explanation, form, run, applies, done) -> Verb:
    """A verb of a submission: none needs a reason for history, since readers don't see it."""
    return Verb(name, label, explanation, form, run, applies, done, reason=False)


SUBMISSION_VERBS = (
    verb(
        "ask",
        _("Ask for changes"),
        _("The message is mailed. Its submitter can answer, change it and send it again."),
        MessageForm,
        lambda submission, told, by: submission.ask_for_changes(told["message"], by=by),
        waits,
        _("“{noun}”: asked."),
    ),
    verb(
        "draft",
        _("Make a draft idea"),
        _("Every answer finds its place in a draft, and its submitter is told that it is accepted."),
        PlainForm,
        lambda submission, told, by: submission.make_draft(by=by),
        lambda submission: waits(submission, Kind.IDEA),
        _("“{noun}” is a draft idea now."),
    ),
    verb(
        "publish",
        _("Publish it as a journey"),
        _("Readers of the idea see at once that it was tried there, and its submitter is told."),
        PlainForm,
        lambda submission, told, by: submission.publish_adaptation(by=by),
        lambda submission: waits(submission, Kind.ADAPTATION),
        _("“{noun}” is published."),
    ),
    verb(
        "accept",
        _("Say that it is corrected"),
        _("Correct the idea first. Then its submitter is thanked."),
        WordForm,
        lambda submission, told, by: submission.accept(told["message"], by=by),
        lambda submission: waits(submission, Kind.CORRECTION),
        _("“{noun}”: done, and its submitter is thanked."),
    ),
    verb(
        "decline",
        _("Decline"),
        _("The reason is mailed to its submitter."),
        MessageForm,
        lambda submission, told, by: submission.decline(told["message"], by=by),
        waits,
        _("“{noun}” is declined."),
    ),
    verb(
        "hold-back",
        _("Hold back as spam"),
        _("It leaves the list of what waits. Nothing is said to its submitter."),
        PlainForm,
        lambda submission, told, by: submission.hold_back(by=by),
        lambda submission: waits(submission) and not submission.held_back,
        _("“{noun}” is held back."),
    ),
    verb(
        "release",
        _("It is no spam"),
        _("It waits like any other, and its submitter is written to."),
        PlainForm,
        lambda submission, told, by: submission.release(by=by),
        lambda submission: waits(submission) and submission.held_back,
        _("“{noun}” waits like any other now."),
    ),
)


@admin.register(Submission, site=desk)
class SubmissionAdmin(VerbViews, admin.ModelAdmin):
    """Read and answered here, never edited: what it says is its submitter's."""

    verbs = SUBMISSION_VERBS
    change_form_template = "admin/catalogue/submission.html"
    list_display = ["what", "kind", "state", "where", "sent_at", "held_back"]
    list_filter = ["state", "kind", "held_back"]
    list_per_page = 50
    list_select_related = ["idea"]
    show_full_result_count = False
    search_fields = ["title", "city", "organisation", "idea__title"]
    ordering = ["-sent_at", "-id"]
    fields = []

    def get_queryset(self, request):
        # What wasn't sent is nobody's business yet.
        return super().get_queryset(request).exclude(sent_at__isnull=True)

    def has_add_permission(self, request):
        return False

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
        context |= {
            "verbs": self.verbs_for(request, obj) if works else [],
            # Who made it is for those who write to them.
            "answers": [(step.title, words) for step, words in told(obj) if works or step.name != "you"],
            "story": obj.events.all(),
            "letters": obj.mails.all() if works else [],
            "suspicions": [Suspicion(name).label for name in obj.suspicions],
            "ideas_like": ideas_like(obj, indexes.current()) if obj.kind == Kind.IDEA else [],
            "submissions_like": submissions_like(obj),
            "show_save": False,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_deleted_objects(self, objs, request):
        deleted, count, _needed, protected = super().get_deleted_objects(objs, request)
        # Its story and its letters go with it; they have no permissions of their own to ask for.
        return deleted, count, set(), protected

    def log_deletions(self, request, queryset):
        # Whoever asked to be forgotten is forgotten in every log.
        return None
