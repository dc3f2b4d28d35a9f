"""The verbs of an idea's life as buttons: what each needs to be told, and when it is offered."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.admin.forms import YearField
from catalogue.admin.verbs import Verb, VerbForm
from catalogue.models import Idea

Status = Idea.Status


class PublishForm(VerbForm):
    """Nothing but the reason."""


class ScheduleForm(VerbForm):
    PLACES = {"publish_at": "at"}
    at = forms.DateTimeField(
        label=_("Publish at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In UTC."),
    )


class WithholdForm(VerbForm):
    PLACES = {"versions_from": "first"}
    first = forms.IntegerField(
        label=_("First version that readers may see"),
        min_value=1,
        help_text=_("The list at the foot of its page has the numbers. Lower it to give versions back."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first"].initial = self.noun.versions_from


class WithdrawForm(VerbForm):
    PLACES = {"withdrawn_reason": "reason"}
    reason = forms.CharField(
        label=_("Reason, for readers"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("Whoever follows a link to this idea reads it."),
        error_messages={"required": _("Say why; readers who follow a link are told.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The reason that readers are told is the reason that history keeps.
        self.fields["why"].widget = forms.HiddenInput()

    def clean(self):
        cleaned = super().clean()
        self.errors.pop("why", None)
        return cleaned


class EndForm(VerbForm):
    PLACES = {"ended": "year", "ended_why": "reason"}
    year = YearField(label=_("Year in which it ended"))
    reason = forms.CharField(
        label=_("Why it ended, for readers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("They learn from that, too. Leave it empty if nobody knows."),
    )


class VerifyForm(VerbForm):
    PLACES = {"last_verified": "on"}
    on = forms.DateField(
        label=_("Verified on"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"})
    )


IDEA_VERBS = (
    Verb(
        "publish",
        _("Publish"),
        _("Readers see it at once."),
        PublishForm,
        lambda idea, told, by: idea.publish(by=by, why=told["why"]),
        lambda idea: idea.status in (Status.DRAFT, Status.SCHEDULED, Status.WITHDRAWN),
        _("“{noun}” is published."),
        reason=False,
    ),
    Verb(
        "schedule",
        _("Schedule"),
        _("It is published by itself at that time."),
        ScheduleForm,
        lambda idea, told, by: idea.schedule(told["at"], by=by, why=told["why"]),
        lambda idea: idea.status in (Status.DRAFT, Status.SCHEDULED),
        _("“{noun}” is scheduled."),
        reason=False,
    ),
    Verb(
        "unschedule",
        _("Don’t publish yet"),
        _("It is a draft again."),
        PublishForm,
        lambda idea, told, by: idea.unschedule(by=by, why=told["why"]),
        lambda idea: idea.status == Status.SCHEDULED,
        _("“{noun}” is a draft again."),
        reason=False,
    ),
    Verb(
        "verify",
        _("Verify"),
        _("Somebody made sure that what it says still holds."),
        VerifyForm,
        lambda idea, told, by: idea.verify(on=told["on"], by=by),
        lambda idea: idea.status not in (Status.WITHDRAWN, Status.MERGED),
        _("“{noun}” is marked as verified."),
    ),
    Verb(
        "feature",
        _("Feature"),
        _("It is put among the featured ideas."),
        PublishForm,
        lambda idea, told, by: idea.feature(by=by),
        lambda idea: idea.is_published and not idea.featured,
        _("“{noun}” is featured."),
    ),
    Verb(
        "unfeature",
        _("No longer feature"),
        _("It is taken from the featured ideas."),
        PublishForm,
        lambda idea, told, by: idea.feature(False, by=by),
        lambda idea: idea.featured,
        _("“{noun}” is no longer featured."),
    ),
    Verb(
        "end",
        _("Say that it ended"),
        _("It stays public, and says in which year it ended, and why."),
        EndForm,
        lambda idea, told, by: idea.end(told["year"], reason=told["reason"], by=by, why=told["why"]),
        lambda idea: idea.ended is None and idea.status not in (Status.WITHDRAWN, Status.MERGED),
        _("“{noun}” says when it ended."),
    ),
    Verb(
        "withhold",
        _("Take versions away"),
        _(
            "Readers no longer see earlier versions of its page. For what should never have been said: take it out of "
            "the page first, then take away the versions before."
        ),
        WithholdForm,
        lambda idea, told, by: idea.withhold_versions(told["first"], by=by, why=told["why"]),
        lambda idea: idea.is_published,
        _("“{noun}” shows readers its versions from that one on."),
    ),
    Verb(
        "withdraw",
        _("Withdraw"),
        _("Readers no longer see it. At its address they read the reason."),
        WithdrawForm,
        lambda idea, told, by: idea.withdraw(reason=told["reason"], by=by),
        lambda idea: idea.is_published,
        _("“{noun}” is withdrawn."),
    ),
)
