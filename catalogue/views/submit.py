"""Proposing an idea, telling that one was tried elsewhere, correcting one: short steps, each stored at once."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue import index as indexes
from catalogue.asking import StepForm
from catalogue.cards import Ref
from catalogue.languages import foreign
from catalogue.likeness import ideas_like, submissions_like
from catalogue.models import Idea, Submission, Tally
from catalogue.questions import LinkForm
from catalogue.screening import LETTERS, STARTS, Stamp, is_suspect, screened
from catalogue.steps import STEPS, Step, next_step, step_of, stored_form, told
from catalogue.views.errors import gone
from catalogue.views.private import network_of, private
from catalogue.views.redirects import idea_at, permanent
from catalogue.views.site import head

Kind = Submission.Kind


@private
def submit(request):
    """The first step of a new proposal."""
    return first_step(request, Kind.IDEA)


@private
def submit_about(request, slug, kind):
    """The first step of what is told about one idea: that it was tried elsewhere, or that something is wrong."""
    idea = idea_at(slug)
    if idea is None:
        raise Http404
    if not idea.is_published:
        return gone(request, idea)
    if idea.slug != slug:
        return permanent(request, reverse(f"submit-{kind}", args=[idea.slug]))
    return first_step(request, kind, idea)


def first_step(request, kind: str, idea: Idea | None = None):
    step = STEPS[kind][0]
    if request.method != "POST":
        return step_page(request, kind, step, step.form(), idea, stamp=Stamp.fresh())
    typed = step.form.typed(request.POST)
    form, stamp = step.form(typed), request.POST.get("stamp", "")
    if form.is_valid():
        submission = begun(request, kind, idea, Stamp.read(stamp))
        if submission is not None:
            return kept(request, submission, step, form, typed)
        sentence = _(
            "From your network %(number)d proposals were begun today, which is as many as we take in a day. What you "
            "typed is below: copy it, and send it tomorrow."
        )
        form.add_error(None, sentence % {"number": STARTS})
        return step_page(request, kind, step, form, idea, stamp=stamp, status=429)
    return step_page(request, kind, step, form, idea, stamp=stamp, status=400)


def begun(request, kind: str, idea: Idea | None, stamp: Stamp) -> Submission | None:
    """The submission of a form: made once, however often the form is sent; None where today's limit is reached."""
    if known := Submission.objects.filter(key=stamp.key, kind=kind, idea=idea).first():
        return known
    if Tally.objects.count_one("begun", network_of(request)) > STARTS:
        return None
    fresh = {"kind": kind, "idea": idea, "language": get_language(), "opened_at": stamp.opened_at}
    fresh["trapped"] = bool(request.POST.get("website"))
    return Submission.objects.get_or_create(key=stamp.key, defaults=fresh)[0]


@private
def submit_step(request, token, name):
    """One step of a submission that is under way."""
    submission = submission_at(token)
    step = step_of(submission, name)
    if step is None:
        raise Http404
    if request.method == "POST":
        typed = step.form.typed(request.POST)
        return kept(request, submission, step, step.form(typed), typed)
    if not submission.is_editable:
        return lead("submission-detail", token)
    return step_page(request, submission.kind, step, stored_form(submission, step), submission.idea, submission)


def kept(request, submission: Submission, step: Step, form: StepForm, typed: dict):
    """Stores a step and leads on; one that lacks something is stored, too, and shown with what it lacks."""
    valid = form.is_valid()
    try:
        submission.keep(step.name, typed, form.columns if valid else None)
    except ValidationError as fault:
        form.add_error(None, fault)
        return step_page(request, submission.kind, step, form, submission.idea, submission, status=409)
    if "later" in request.POST:
        return lead("submit-later", submission.token)
    if not valid:
        return step_page(request, submission.kind, step, form, submission.idea, submission, status=400)
    following = next_step(submission, step.name)
    if following is None:
        return lead("submit-check", submission.token)
    return lead("submit-step", submission.token, following.name)


def step_page(request, kind, step: Step, form: StepForm, idea, submission=None, *, stamp="", status=200):
    steps = STEPS[kind]
    number, title = steps.index(step) + 1, title_of(kind, idea)
    context = {
        "heading": title,
        "step": step,
        "form": form,
        # One more than there are forms: the page that sends it.
        "progress": _("Step %(number)d of %(total)d") % {"number": number, "total": len(steps) + 1},
        "before": step_ref(submission, steps[number - 2]) if submission and number > 1 else None,
        "about": Ref(idea.title, idea.get_absolute_url(), lang=foreign(idea.language)) if idea else None,
        "stamp": stamp,
        "is_first": submission is None,
        "privacy_url": reverse("privacy"),
    }
    if submission:
        page_head = token_head(_("%(step)s: %(title)s") % {"step": step.title, "title": title}, form)
    else:
        # One door for search engines; the others are as many as there are ideas.
        page_head = head(worded(title, form), request.path, description=str(step.lead), noindex=idea is not None)
    return render(request, "catalogue/submit_step.html", context | page_head, status=status)


def title_of(kind: str, idea: Idea | None) -> str:
    if kind == Kind.ADAPTATION:
        return _("We tried this: %(idea)s") % {"idea": idea.title}
    if kind == Kind.CORRECTION:
        return _("Something is wrong: %(idea)s") % {"idea": idea.title}
    return _("Propose a Good Idea")


@private
def submit_check(request, token):
    """Everything once more, what is probably the same already, and the button that sends it."""
    submission = submission_at(token)
    if not submission.is_editable:
        return lead("submission-detail", token)
    lacking = next_step(submission)
    if request.method == "POST" and lacking is None:
        found = screened(submission, network_of(request)) if submission.sent_at is None else []
        submission.send(found, held_back=is_suspect(found))
        return lead("submission-detail", token)
    is_idea = submission.kind == Kind.IDEA
    context = {
        "heading": _("Look it over, and send it"),
        "submission": submission,
        "answers": answers(submission),
        "lacking": step_ref(submission, lacking) if lacking else None,
        "alike": ideas_like(submission, indexes.current()) if is_idea else [],
        "proposed_before": is_idea and bool(submissions_like(submission)),
        "later_url": reverse("submit-later", args=[token]),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "catalogue/submit_check.html", context | token_head(context["heading"]), status=status)


@private
def submit_later(request, token):
    """The private link to go on with, and a form that has it mailed."""
    submission = submission_at(token)
    form, status = LinkForm(initial={"email": submission.email}), 200
    if request.method == "POST":
        form = LinkForm(LinkForm.typed(request.POST))
        status = mail_link(submission, form)
    context = {
        "heading": _("Go on later, or on another device"),
        "form": form,
        "mailed": request.method == "POST" and status == 200,
        "link": f"{settings.SITE_URL}{submission.get_absolute_url()}",
        "submission": submission,
    }
    return render(request, "catalogue/submit_later.html", context | token_head(context["heading"], form), status=status)


def mail_link(submission: Submission, form: LinkForm) -> int:
    """Has the link mailed, and says how that went; what is wrong stands in the form."""
    if not form.is_valid():
        return 400
    address = form.cleaned_data["email"]
    if Tally.objects.count_one("letter", address.lower()) > LETTERS:
        sentence = _("%(number)d letters went to this address today. Copy the link instead; it is the same.")
        form.add_error("email", sentence % {"number": LETTERS})
        return 429
    submission.mail_link(address)
    return 200


def submission_at(token: str) -> Submission:
    """The submission of a secret address; 404 where there is none, whether it was forged or is gone."""
    submission = Submission.objects.select_related("idea").filter(token=token).first()
    if submission is None:
        raise Http404
    return submission


def answers(submission: Submission) -> list[dict]:
    """Every step with what was answered there, and where that is changed."""
    return [
        {"title": step.title, "told": words, "change": step_ref(submission, step)} for step, words in told(submission)
    ]


def step_ref(submission: Submission, step: Step) -> Ref:
    return Ref(str(step.title), reverse("submit-step", args=[submission.token, step.name]))


def lead(name: str, *args):
    """To the next page by GET (303), so that going back and reloading send nothing again."""
    response = HttpResponseRedirect(reverse(name, args=args))
    response.status_code = 303
    return response


def token_head(title: str, form: StepForm | None = None) -> dict:
    """The head of a page whose address is a secret."""
    return head(worded(title, form), "", noindex=True) | {"canonical": ""}


def worded(title: str, form: StepForm | None) -> str:
    """A title that says first when something is wrong: that is what a screen reader reads first."""
    return _("Error: %(title)s") % {"title": title} if form is not None and form.errors else title
