"""Reading what was proposed, on the desk: what a reader is asked for or may take, and the form of their judgement."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from catalogue.admin.desk import desk
from catalogue.admin.forms import is_number
from catalogue.admin.verbs import PlainForm, Verb, VerbViews
from catalogue.criteria import Criterion, criterion_texts
from catalogue.models import Judgement, Review, Submission
from catalogue.models.assessment import Finding
from catalogue.models.deciding import READS
from catalogue.models.taking_up import lines
from catalogue.models.vocabulary import in_language
from catalogue.steps import STEPS, stored_form, told

#: The steps whose answers can be a ground; who made it is none of its readers' business.
GROUNDS, HIDDEN = ("what", "done", "results"), "you"


class DeclareForm(PlainForm):
    """Whether the reader has an interest in the matter."""

    conflict = forms.ChoiceField(
        label=_("Do you have a conflict of interest?"),
        choices=[
            ("no", _("No: I can judge it freely")),
            ("yes", _("Yes: somebody else should read it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )


class FinishForm(PlainForm):
    """A judgement on each criterion, and what the editors are advised to do."""

    recommendation = forms.ChoiceField(
        label=_("What do you advise?"),
        choices=Review.Recommendation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what you advise.")},
    )
    words = forms.CharField(
        label=_("For the editors"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text=_("What the submitter should change, say. Editors alone read it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "---------"), *grounds(self.noun.submission)]
        for criterion in Criterion:
            facts = {"criterion": criterion.label}
            self.fields[f"{criterion}-finding"] = forms.ChoiceField(
                label=criterion.label,
                choices=Finding.choices,
                widget=forms.RadioSelect,
                help_text=in_language(criterion_texts()[criterion.value]["question"]),
                error_messages={"required": _("Judge it.")},
            )
            self.fields[f"{criterion}-ground"] = forms.ChoiceField(
                label=_now("%(criterion)s: where it is shown") % facts, choices=choices, required=False
            )
            self.fields[f"{criterion}-note"] = forms.CharField(
                label=_now("%(criterion)s: note") % facts,
                required=False,
                max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            )
        self.order_fields([*(name for name in self.fields if "-" in name), "recommendation", "words"])

    def clean(self):
        typed = super().clean()
        for criterion in Criterion:
            finding, ground = f"{criterion}-finding", f"{criterion}-ground"
            if typed.get(finding) in (Finding.MET, Finding.PARTLY) and not typed.get(ground, "x"):
                self.add_error(ground, _("Say where it is shown, or judge that it isn’t."))
        typed["judgements"] = [
            Judgement(
                criterion=criterion,
                **{name: typed.get(f"{criterion}-{name}", "") for name in ("finding", "ground", "note")},
            )
            for criterion in Criterion.values
        ]
        return typed


def grounds(submission) -> list[tuple[str, str]]:
    """What a reader can point to: each answer in words, and each link."""
    found = []
    for step in STEPS[submission.kind]:
        if step.name in GROUNDS:
            for name, field in stored_form(submission, step).fields.items():
                text = submission.said(step.name, name)
                if isinstance(text, str) and text.strip():
                    found.append((f"{step.name}.{name}", f"{field.label} {Truncator(text).chars(60)}"))
    return found + [(address, address) for address in lines(submission.said("links", "links"))]


def judged(review) -> list[tuple[Judgement, str]]:
    """Its judgements, each with its ground in words."""
    words = dict(grounds(review.submission))
    return [(judgement, words.get(judgement.ground, judgement.ground)) for judgement in review.in_order()]


def readable(submission) -> list[tuple]:
    """What was proposed, without who proposed it."""
    return [(step.title, words) for step, words in told(submission) if step.name != HIDDEN]


DECLARE = Verb(
    "declare",
    _("Declare your interest"),
    _("Whoever knows those who lead it well, works with them, or competes with them has a conflict of interest."),
    DeclareForm,
    lambda review, told, by: review.declare(told["conflict"] == "yes", by=by),
    lambda review: review.is_open and review.conflict is None,
    _("“{noun}”: noted. Thank you."),
    reason=False,
)
FINISH = Verb(
    "finish",
    _("Write the review"),
    _("Judge each criterion by what is said here and behind the links. You advise; an editor decides."),
    FinishForm,
    lambda review, told, by: review.finish(told["judgements"], told["recommendation"], told["words"], by=by),
    lambda review: review.is_open and review.conflict is False,
    _("“{noun}”: thank you. The editors have your advice."),
    reason=False,
    template="admin/catalogue/review_finish.html",
)
TAKE_OFF = Verb(
    "take-off",
    _("Ask somebody else"),
    _("They are told that it is no longer needed, and another reader is asked for."),
    PlainForm,
    lambda review, told, by: review.take_off(by=by),
    lambda review: review.is_open,
    _("“{noun}”: another reader is asked for."),
    reason=False,
)


class Standing(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [("open", _("to be read")), ("overdue", _("overdue")), ("done", _("done")), ("mine", _("mine to read"))]

    def queryset(self, request, queryset):
        found = {
            "open": queryset.open,
            "overdue": lambda: queryset.overdue(timezone.now()),
            "done": lambda: queryset.filter(done_at__isnull=False),
            "mine": lambda: queryset.open().filter(reader=request.user),
        }
        return found.get(self.value(), lambda: queryset)()


@admin.register(Review, site=desk)
class ReviewAdmin(VerbViews, admin.ModelAdmin):
    """A reader sees what they are asked to read, and nothing of anybody else's; an editor sees every review."""

    verbs = (DECLARE, FINISH, TAKE_OFF)
    change_form_template = "admin/catalogue/review.html"
    list_display = ["what", "reader_name", "asked_at", "how"]
    list_filter = [Standing]
    list_per_page = 50
    list_select_related = ["submission__idea"]
    show_full_result_count = False
    ordering = ["-asked_at", "-id"]
    fields = []

    def own_urls(self, wrap, name):
        return [path("open/", wrap(self.open_view), name=f"{name}_open")]

    # Who sees what

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        if not isinstance(obj, Review):
            return super().has_view_permission(request)
        return super().has_view_permission(request, obj) and (is_mine(request, obj) or may_decide(request, obj))

    def has_change_permission(self, request, obj=None):
        if not isinstance(obj, Review):
            return request.user.has_perm(READS) or request.user.has_perm("catalogue.change_submission")
        return is_mine(request, obj) or may_decide(request, obj)

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found if request.user.has_perm("catalogue.change_submission") else found.filter(reader=request.user)

    def get_object(self, request, object_id, from_field=None):
        # Whoever opens what isn't theirs is told so, and not that it isn't there.
        return (
            Review.objects.select_related("submission").filter(pk=object_id).first() if is_number(object_id) else None
        )

    def verb_view(self, request, object_id, verb):
        review = self.get_object(request, str(object_id))
        if review is not None and not self._may(request, review, verb):
            raise PermissionDenied
        if review is not None and verb is FINISH and review.conflict is not False:
            # security: the form itself quotes what was proposed.
            raise PermissionDenied(_("Say first whether you have a conflict of interest."))
        return super().verb_view(request, object_id, verb)

    @staticmethod
    def _may(request, review, verb) -> bool:
        """Whether a verb is theirs: a reader's own, or an editor's."""
        return may_decide(request, review) if verb is TAKE_OFF else is_mine(request, review)

    def needs_reason(self, review) -> bool:
        return False

    # What they see

    @admin.display(description=_("what"), ordering="submission__title")
    def what(self, review):
        return str(review.submission)

    @admin.display(description=_("standing"))
    def how(self, review):
        return review.standing

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            raise PermissionDenied(_("A review is written by its button."))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        mine, works = is_mine(request, obj), may_decide(request, obj)
        verbs = [verb for verb in self.verbs if self._may(request, obj, verb) and verb.applies(obj)]
        context |= {
            "title": str(obj.submission),
            "subtitle": "",
            "verbs": [(verb.label, self.address_of(verb.name, obj.pk)) for verb in verbs if verb is not DECLARE],
            "declare_url": self.address_of("declare", obj.pk) if DECLARE in verbs else "",
            "declare": DECLARE,
            "answers": readable(obj.submission) if (mine and obj.may_read) or works else [],
            "judged": judged(obj) if obj.done_at else [],
            "show_submission": works,
            "show_save": False,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def verb_context(self, request, review, verb):
        # security: nothing of it before its reader has declared that there is no conflict.
        return {"answers": readable(review.submission) if verb is FINISH and review.may_read else []}

    def open_view(self, request):
        """What lacks a reader, by its title alone; one button takes it."""
        if not request.user.has_perm(READS):
            raise PermissionDenied
        if request.method == "POST":
            key = request.POST.get("submission", "")
            submission = get_object_or_404(Submission, pk=key if is_number(key) else None)
            try:
                review = submission.assign(request.user, by=request.user)
            except ValidationError as fault:
                self.message_user(request, " ".join(fault.messages), messages.ERROR)
                return HttpResponseRedirect(self.address_of("open"))
            return HttpResponseRedirect(self.address_of("change", review.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Open to readers"),
            "opts": self.opts,
            "submissions": Submission.objects.open_to(request.user).order_by("sent_at"),
        }
        return TemplateResponse(request, "admin/catalogue/review_open.html", context)


def is_mine(request, review) -> bool:
    return review.reader_id == request.user.pk and request.user.has_perm(READS)


def may_decide(request, review) -> bool:
    return request.user.has_perm("catalogue.change_submission") and not review.submission.is_by(request.user)
