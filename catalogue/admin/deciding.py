"""The verbs of a submission as buttons: what each needs to be told, and when it is offered."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.admin.accepting import DraftForm
from catalogue.admin.verbs import PlainForm, Verb
from catalogue.admin.writing import ChangesForm, DeclineForm, WordForm
from catalogue.models import Submission
from catalogue.models.deciding import Question, people_who_read

Kind, State = Submission.Kind, Submission.State


class NoteForm(PlainForm):
    """What stays among editors."""

    PLACES = {"message": "note"}
    note = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        max_length=5_000,
        help_text=_("Never sent, and never shown to its submitter or its readers."),
        error_messages={"required": _("Write the note.")},
    )


class ScreenForm(PlainForm):
    """The answer to one of the three questions."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=lambda: [
            (f"{question}-{name}", question.answered(answer))
            for question in Question
            for name, answer in (("yes", True), ("no", False))
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )

    def clean_answer(self) -> tuple[str, bool]:
        question, _dash, answer = self.cleaned_data["answer"].partition("-")
        return question, answer == "yes"


class AssignForm(PlainForm):
    """Who is asked to read it."""

    reader = forms.ModelChoiceField(
        None,
        label=_("Reader"),
        help_text=_("Whoever is in the group Readers. They are asked first whether they have a conflict of interest."),
        error_messages={"required": _("Choose one."), "invalid_choice": _("They can’t be asked. Choose another.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = self.noun.reviews.filter(Q(round=self.noun.round) | Q(conflict=True)).exclude(reader=None)
        people = people_who_read().exclude(pk__in=asked.values("reader"))
        if self.noun.email:
            people = people.exclude(email__iexact=self.noun.email)
        self.fields["reader"].queryset = people


def may_decide(submission) -> bool:
    return submission.state in (State.SCREENING, State.IN_REVIEW)


def verb(name, label, explanation, form, run, applies, done) -> Verb:
    """A verb of a submission: none needs a reason for history, since readers don't see it."""
    return Verb(name, label, explanation, form, run, applies, done, reason=False)


SUBMISSION_VERBS = (
    verb(
        "claim",
        _("Take it in hand"),
        _("It is on your list from then on, and its submitter sees that an editor has it."),
        PlainForm,
        lambda submission, told, by: submission.claim(by=by),
        lambda submission: submission.state == State.RECEIVED and not submission.held_back,
        _("“{noun}” is yours now."),
    ),
    verb(
        "screen",
        _("Screen"),
        _("Before readers give their time to it, an editor answers three questions."),
        ScreenForm,
        lambda submission, told, by: submission.screen(*told["answer"], by=by),
        lambda submission: submission.state == State.SCREENING,
        _("“{noun}”: noted."),
    ),
    verb(
        "open-review",
        _("Give it to readers"),
        _("Two readers are asked for. Its submitter is told that it is being read."),
        PlainForm,
        lambda submission, told, by: submission.open_review(by=by),
        lambda submission: submission.state == State.SCREENING and submission.kind == Kind.IDEA,
        _("“{noun}” waits for its readers."),
    ),
    verb(
        "assign",
        _("Ask a reader"),
        _("They are written to, and find it on their desk."),
        AssignForm,
        lambda submission, told, by: submission.assign(told["reader"], by=by),
        lambda submission: submission.state == State.IN_REVIEW and submission.readers_lacking > 0,
        _("“{noun}”: the reader is asked."),
    ),
    verb(
        "draft",
        _("Accept it as a draft idea"),
        _("Every answer finds its place in a draft, and its submitter is told that it is accepted."),
        DraftForm,
        lambda submission, told, by: submission.make_draft(told["message"], by=by, **told["chosen"]),
        lambda submission: submission.state == State.IN_REVIEW and submission.is_read,
        _("“{noun}” is a draft idea now."),
    ),
    verb(
        "publish",
        _("Publish it as a journey"),
        _("Readers of the idea see at once that it was tried there, and its submitter is told."),
        WordForm,
        lambda submission, told, by: submission.publish_adaptation(told["message"], by=by),
        lambda submission: submission.state == State.SCREENING and submission.kind == Kind.ADAPTATION,
        _("“{noun}” is published."),
    ),
    verb(
        "accept",
        _("Say that it is corrected"),
        _("Correct the idea first. Then its submitter is thanked."),
        WordForm,
        lambda submission, told, by: submission.accept(told["message"], by=by),
        lambda submission: submission.state == State.SCREENING and submission.kind == Kind.CORRECTION,
        _("“{noun}”: done, and its submitter is thanked."),
    ),
    verb(
        "ask",
        _("Ask for changes"),
        _("The message is mailed. Its submitter can answer, change it and send it again; then it is screened again."),
        ChangesForm,
        lambda submission, told, by: submission.ask_for_changes(told["message"], by=by),
        may_decide,
        _("“{noun}”: asked."),
    ),
    verb(
        "decline",
        _("Decline"),
        _("The reason is mailed to its submitter."),
        DeclineForm,
        lambda submission, told, by: submission.decline(told["message"], by=by),
        may_decide,
        _("“{noun}” is declined."),
    ),
    verb(
        "note",
        _("Add a note"),
        _("It stays among editors."),
        NoteForm,
        lambda submission, told, by: submission.note(told["note"], by=by),
        lambda submission: True,
        _("“{noun}”: the note is kept."),
    ),
    verb(
        "take-over",
        _("Take it over"),
        _("It is on your list from then on, and no longer on another editor’s."),
        PlainForm,
        lambda submission, told, by: submission.take_over(by=by),
        lambda submission: may_decide(submission) or submission.state == State.NEEDS_CHANGES,
        _("“{noun}” is yours now."),
    ),
    verb(
        "hold-back",
        _("Hold back as spam"),
        _("It leaves the list of what waits. Nothing is said to its submitter."),
        PlainForm,
        lambda submission, told, by: submission.hold_back(by=by),
        lambda submission: submission.state == State.RECEIVED and not submission.held_back,
        _("“{noun}” is held back."),
    ),
    verb(
        "release",
        _("It is no spam"),
        _("It waits like any other, and its submitter is written to."),
        PlainForm,
        lambda submission, told, by: submission.release(by=by),
        lambda submission: submission.state == State.RECEIVED and submission.held_back,
        _("“{noun}” waits like any other now."),
    ),
)
