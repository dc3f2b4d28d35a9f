"""The yearly question to those who lead an idea, at the secret address in their letter: still so, changed, or ended?"""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.asking import StepForm
from catalogue.cards import Ref
from catalogue.models import Inquiry
from catalogue.questions import DifferentForm, EndedForm, StillForm
from catalogue.views.private import private
from catalogue.views.submit import lead, token_head

State = Inquiry.State

#: Each answer: its form, what it is called, and the words on its button.
ANSWERS = {
    State.STILL: (StillForm, gettext_lazy("Yes, it is still so"), gettext_lazy("Send: it is still so")),
    State.CHANGED: (DifferentForm, gettext_lazy("Something has changed"), gettext_lazy("Send what has changed")),
    State.ENDED: (EndedForm, gettext_lazy("It has ended"), gettext_lazy("Send: it has ended")),
}


@private
def still(request, token):
    """Opening it changes nothing, since programs that look for viruses follow links: a press of a button sends it."""
    inquiry = inquiry_at(token)
    chosen = request.GET.get("answer", "")
    chosen = chosen if chosen in ANSWERS and not inquiry.closed_why else ""
    form, status = (ANSWERS[chosen][0]() if chosen else None), 200
    if request.method == "POST":
        if form is not None:
            form = type(form)(form.typed(request.POST))
            status = answered(inquiry, chosen, form)
            if status == 200:
                return lead("still", token)
        else:
            status = 409 if inquiry.closed_why else 400
    return render(request, "catalogue/still.html", page_of(inquiry, chosen, form), status=status)


def inquiry_at(token: str) -> Inquiry:
    """The question of a secret address; 404 where there is none, whether it was forged or is gone."""
    inquiry = Inquiry.objects.select_related("idea__city", "organisation").filter(token=token).first()
    if inquiry is None:
        raise Http404
    return inquiry


def answered(inquiry: Inquiry, answer: str, form: StepForm) -> int:
    """Passes an answer on, and says how that went; what is wrong stands in the form, below what was typed."""
    if not form.is_valid():
        return 400
    told = form.cleaned_data
    try:
        if answer == State.STILL:
            inquiry.say_still()
        elif answer == State.CHANGED:
            inquiry.say_changed(told["words"])
        else:
            inquiry.say_ended(int(told["year"]), told["words"])
    except ValidationError as fault:
        for name, sentences in (fault.message_dict if hasattr(fault, "error_dict") else {None: fault.messages}).items():
            form.add_error(name if name in form.fields else None, sentences)
        return 409
    return 200


def page_of(inquiry: Inquiry, chosen: str, form: StepForm | None) -> dict:
    idea, closed = inquiry.idea, inquiry.closed_why
    heading = _("Thank you") if inquiry.is_answered and not chosen else _("Is this still so?")
    context = {
        "heading": heading,
        "idea": {
            "title": idea.title,
            "where": idea.where,
            "summary": idea.summary,
            "language": idea.language,
            "url": idea.get_absolute_url(),
        }
        if idea.is_published
        else {"title": idea.title},
        "closed": closed,
        "answer": ANSWERS[inquiry.state][1] if inquiry.is_answered else "",
        "answered_at": inquiry.answered_at,
        "changeable_until": None if closed else inquiry.changeable_until,
        "corrected": Ref(_("See how your correction stands"), inquiry.submission.get_absolute_url())
        if inquiry.submission_id
        else None,
        "answers": [
            {"label": label, "url": f"?{urlencode({'answer': name})}", "is_chosen": name == chosen}
            for name, (_form, label, _button) in ANSWERS.items()
        ]
        if not closed
        else [],
        "form": form,
        "button": ANSWERS[chosen][2] if chosen else "",
        "correct_url": reverse("submit-correction", args=[idea.slug]) if closed and idea.is_published else "",
        "privacy_url": reverse("privacy"),
    }
    return context | token_head(f"{heading} {idea.title}", form)
