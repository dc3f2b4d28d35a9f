"""How a submission stands, for whoever knows its secret address: its story, and what its submitter can do."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.cards import Ref
from catalogue.models import Submission, Tally
from catalogue.questions import AnswerForm
from catalogue.screening import MESSAGES
from catalogue.steps import next_step
from catalogue.views.private import private
from catalogue.views.submit import answers, lead, step_ref, submission_at, token_head

State = Submission.State

#: The state in words: what it is, and what happens next.
STANDS = {
    State.STARTED: (
        gettext_lazy("Not sent yet"),
        gettext_lazy("What you typed is stored. Go on whenever you like; what is never sent is deleted after 90 days."),
    ),
    State.RECEIVED: (
        gettext_lazy("Thank you. It is stored, and the editors have it"),
        gettext_lazy(
            "An editor reads it, checks what can be checked and may write to you. Look here to see how it stands."
        ),
    ),
    State.SCREENING: (
        gettext_lazy("An editor has it in hand"),
        gettext_lazy(
            "They see whether it is for this catalogue, whether it is new here, and whether it says enough. They may "
            "write to you. Look here to see how it stands."
        ),
    ),
    State.IN_REVIEW: (
        gettext_lazy("Readers have it"),
        gettext_lazy(
            "Two people read it and judge it by four criteria; when they disagree, a third does. Then an editor "
            "decides, and you hear of it. This takes some weeks."
        ),
    ),
    State.NEEDS_CHANGES: (
        gettext_lazy("The editors ask you something"),
        gettext_lazy("Read their message below, change what is needed, and send it again."),
    ),
    State.ACCEPTED: (
        gettext_lazy("Accepted"),
        gettext_lazy("Thank you: it helps the next city. Nothing more is needed from you."),
    ),
    State.DECLINED: (gettext_lazy("Not accepted"), gettext_lazy("The editors give their reason below.")),
    State.WITHDRAWN: (
        gettext_lazy("Withdrawn"),
        gettext_lazy("You took it back, and nobody works on it. Your name and address are deleted after a year."),
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the story, as its submitter reads it."""

    what: str
    at: object
    text: str


@private
def submission_detail(request, token):
    """How it stands; a message sent from here goes to the editors."""
    submission = submission_at(token)
    form, status = AnswerForm(), 200
    if request.method == "POST":
        typed = AnswerForm.typed(request.POST)
        form = AnswerForm(typed)
        status = told_the_editors(submission, form)
        if status == 200:
            return lead("submission-detail", token)
    return render(request, "catalogue/submission_detail.html", detail_of(submission, form), status=status)


def told_the_editors(submission: Submission, form: AnswerForm) -> int:
    """Passes a message on, and says how that went; what is wrong stands in the form, below what was typed."""
    if not form.is_valid():
        return 400
    if Tally.objects.count_one("message", str(submission.pk)) > MESSAGES:
        sentence = _("%(number)d messages were sent today. Keep this one, and send it tomorrow.")
        form.add_error("text", sentence % {"number": MESSAGES})
        return 429
    try:
        submission.answer(form.cleaned_data["text"])
    except ValidationError as fault:
        form.add_error(None, fault)
        return 409
    return 200


def detail_of(submission: Submission, form: AnswerForm) -> dict:
    heading, lead_words = STANDS[submission.state]
    started = submission.state == State.STARTED
    lacking = next_step(submission) if submission.is_editable else None
    context = {
        "heading": heading,
        "lead": lead_words,
        "submission": submission,
        "what": str(submission),
        "story": story(submission),
        "answers": answers(submission),
        "form": None if started or submission.is_decided else form,
        "unconfirmed": bool(submission.email)
        and not submission.confirmed_at
        and submission.sent_at
        and not submission.is_decided,
        "on": step_ref(submission, lacking) if lacking else None,
        "check_url": reverse("submit-check", args=[submission.token]),
        "later_url": reverse("submit-later", args=[submission.token]),
        "withdraw_url": reverse("submission-withdraw", args=[submission.token]),
        "page": published_at(submission),
    }
    title = _("%(step)s: %(title)s") % {"step": heading, "title": context["what"]}
    return context | token_head(title, form)


def story(submission: Submission) -> list[Line]:
    events = submission.events.for_submitter()
    return [Line(event.get_what_display(), event.at, event.text) for event in events]


def published_at(submission: Submission) -> Ref | None:
    """Where readers see what became of it."""
    idea = submission.idea_made or (submission.idea if submission.adaptation_made_id else None)
    return Ref(idea.title, idea.get_absolute_url()) if idea and idea.is_published else None


@private
def submission_withdraw(request, token):
    """Asks once, then takes it back."""
    submission = submission_at(token)
    if request.method == "POST":
        try:
            submission.withdraw()
        except ValidationError as fault:
            return asked(request, submission, WITHDRAW, fault.messages[0], status=409)
        return lead("submission-detail", token)
    return asked(request, submission, WITHDRAW)


@private
def submission_confirm(request, token, code):
    """Where the letter to its address leads. A button, since programs that look for viruses follow links."""
    submission = submission_at(token)
    if not submission.confirms(code):
        raise Http404
    if request.method == "POST":
        submission.confirm(code)
        return lead("submission-detail", token)
    return asked(request, submission, CONFIRM)


WITHDRAW = (
    gettext_lazy("Withdraw it?"),
    gettext_lazy("The editors stop working on it. What you wrote stays readable here until you ask us to delete it."),
    gettext_lazy("Yes, withdraw it"),
)
CONFIRM = (
    gettext_lazy("Is this your address?"),
    gettext_lazy("Then the editors know that their letters reach you."),
    gettext_lazy("Yes, it is mine"),
)


def asked(request, submission: Submission, question: tuple, fault: str = "", status: int = 200):
    """A page with one question and one button."""
    heading, explanation, button = question
    context = {
        "heading": heading,
        "lead": explanation,
        "button": button,
        "fault": fault,
        "what": str(submission),
        "back_url": submission.get_absolute_url(),
    }
    return render(request, "catalogue/submission_verb.html", context | token_head(heading), status=status)
