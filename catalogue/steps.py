"""The steps of a proposal: which there are for each kind, in their order, and which of them lack something."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from catalogue.asking import StepForm
from catalogue.models import Submission
from catalogue.questions import (
    ChangedForm,
    CreditForm,
    DoneForm,
    LinksForm,
    ResultsForm,
    ThereForm,
    WhatForm,
    WhereForm,
    WrongForm,
    YouForm,
)

Kind = Submission.Kind


@dataclass(frozen=True)
class Step:
    """One page of a proposal."""

    name: str
    title: str | Promise
    form: type[StepForm]
    lead: str | Promise = ""


_YOU = gettext_lazy("About you")
#: In their order. The last page, which shows everything and sends it, is none of them.
STEPS: dict[str, tuple[Step, ...]] = {
    Kind.IDEA: (
        Step(
            "what",
            gettext_lazy("What it is"),
            WhatForm,
            gettext_lazy(
                "Tell us about something that a city, or people in one, already do. It takes about fifteen minutes, "
                "and you can go on later at any step. An editor reads every proposal."
            ),
        ),
        Step("where", gettext_lazy("Where and who"), WhereForm),
        Step("done", gettext_lazy("What was done"), DoneForm),
        Step(
            "results",
            gettext_lazy("How we know it is good"),
            ResultsForm,
            gettext_lazy("Write what you can, and how it is known. A blank is better than a guess."),
        ),
        Step("links", gettext_lazy("Links"), LinksForm),
        Step("you", _YOU, CreditForm),
    ),
    Kind.ADAPTATION: (
        Step("there", gettext_lazy("Where you tried it"), ThereForm),
        Step("changed", gettext_lazy("What you kept and changed"), ChangedForm),
        Step("you", _YOU, CreditForm),
    ),
    Kind.CORRECTION: (
        Step("wrong", gettext_lazy("What is wrong"), WrongForm),
        Step("you", _YOU, YouForm),
    ),
}


def step_of(submission: Submission, name: str) -> Step | None:
    return next((step for step in STEPS[submission.kind] if step.name == name), None)


def next_step(submission: Submission, after: str = "") -> Step | None:
    """The first step that lacks something: of those after one, else of all; None when nothing does."""
    steps = STEPS[submission.kind]
    names = [step.name for step in steps]
    later = steps[names.index(after) + 1 :] if after in names else ()
    return next((step for step in (*later, *steps) if step.name not in submission.complete), None)


def stored_form(submission: Submission, step: Step) -> StepForm:
    """A step's form with what was typed into it before; an address that is known already stands in it."""
    known = {"email": submission.email} if step.name == "you" else {}
    return step.form(initial=known | submission.answers.get(step.name, {}))


def told(submission: Submission) -> list[tuple[Step, list[tuple[str, str]]]]:
    """Every step with what was answered there, in words."""
    return [(step, stored_form(submission, step).told()) for step in STEPS[submission.kind]]
