"""The steps of a proposal: which there are for each kind, what each asks, with guidance and a real example."""

import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.countries import CODES, country_name
from catalogue.criteria import Criterion, criterion_texts
from catalogue.folding import sort_key
from catalogue.models import Adaptation, Audience, Submission, Theme
from catalogue.models.taking_up import lines
from catalogue.models.vocabulary import in_language

SUMMARY, PARAGRAPHS, LINE = 450, 5_000, 200
LINKS, THEMES = 20, 3
FIRST_YEAR = 1800
#: What a browser, or whoever stands between, puts where letters arrived that were none.
BROKEN = "\ufffd"
_YEAR = re.compile(r"\d{4}")
Kind = Submission.Kind


class Text(forms.CharField):
    """Words, of one line or of several. Each fault says what to do."""

    def __init__(self, label, *, most, rows=0, required="", example="", **options):
        widget = forms.Textarea(attrs={"class": "input", "rows": rows}) if rows else forms.TextInput
        super().__init__(label=label, required=bool(required), widget=options.pop("widget", widget), **options)
        self.widget.attrs.setdefault("class", "input")
        self.most, self.example, self.is_line = most, example, not rows
        self.error_messages["required"] = required

    def clean(self, value):
        text = super().clean(value)
        if self.is_line:
            text = " ".join(text.split())
        if BROKEN in text:
            raise ValidationError(
                _("Some letters didn’t arrive as you typed them and are shown as %(sign)s. Type them again.")
                % {"sign": BROKEN}
            )
        if len(text) > self.most:
            sentence = _("Shorten it to at most %(most)d characters; it has %(count)d.")
            raise ValidationError(sentence % {"most": self.most, "count": len(text)})
        return text


class Year(Text):
    """A year of four digits, up to next year; empty where nobody knows."""

    def __init__(self, label, **options):
        widget = forms.TextInput(attrs={"class": "input w-s", "inputmode": "numeric"})
        super().__init__(label, most=LINE, widget=widget, **options)

    def clean(self, value):
        text = super().clean(value)
        if text and not (_YEAR.fullmatch(text) and FIRST_YEAR <= int(text) <= timezone.localdate().year + 1):
            raise ValidationError(_("Give a year in four digits, such as 2016, or leave it empty."))
        return text


class Links(Text):
    """Web addresses, one a line."""

    def clean(self, value):
        text = super().clean(value)
        found = lines(text)
        if len(found) > LINKS:
            sentence = _("Keep the %(most)d that tell most; there are %(count)d.")
            raise ValidationError(sentence % {"most": LINKS, "count": len(found)})
        check = URLValidator(schemes=["http", "https"])
        for address in found:
            try:
                check(address)
                fault = len(address) > 500
            except ValidationError:
                fault = True
            if fault:
                sentence = _("“%(address)s” is no web address. One looks like https://example.org/report; one a line.")
                raise ValidationError(sentence % {"address": address[:80]})
        return text


class Choice(forms.ChoiceField):
    """One of a list, or of a few."""

    example = ""

    def __init__(self, label, *, choices, required="", widget=None, **options):
        super().__init__(
            label=label,
            choices=choices,
            required=bool(required),
            widget=widget or forms.Select(attrs={"class": "input w-m"}),
            **options,
        )
        self.error_messages |= {"required": required, "invalid_choice": gettext_lazy("Choose one from the list.")}


class Choices(forms.MultipleChoiceField):
    """Some of a few."""

    example = ""

    def __init__(self, label, *, choices, required="", most=0, has_marks=False, **options):
        super().__init__(
            label=label, choices=choices, required=bool(required), widget=forms.CheckboxSelectMultiple, **options
        )
        #: Whether each value has a mark of its own, as themes have.
        self.most, self.has_marks = most, has_marks
        self.error_messages |= {"required": required, "invalid_choice": gettext_lazy("Choose from the list.")}

    def clean(self, value):
        chosen = super().clean(value)
        if self.most and len(chosen) > self.most:
            raise ValidationError(_("Choose at most %(most)d.") % {"most": self.most})
        return chosen


class StepForm(forms.Form):
    """What one step asks. It reads and gives back what was typed as plain values, so that nothing typed is lost."""

    #: Answers that a submission also keeps as columns: the column's name by the field's.
    COLUMNS: dict[str, str] = {}

    @classmethod
    def typed(cls, post) -> dict:
        """What was typed, as it can be stored by any database: no NUL, one kind of line end."""
        found = {}
        for name, field in cls.base_fields.items():
            value = field.widget.value_from_datadict(post, {}, name)
            found[name] = [_storable(one) for one in value] if isinstance(value, list) else _storable(value)
        return found

    @property
    def columns(self) -> dict:
        """The columns, once it is valid."""
        return {column: self.cleaned_data[name] for name, column in self.COLUMNS.items()}

    @property
    def faults(self) -> list[dict]:
        """Every fault with the field that it is about, for the summary above the form."""
        return [
            {"anchor": self[name].id_for_label or f"id_{name}_0" if name in self.fields else "main", "message": message}
            for name, messages in self.errors.items()
            for message in messages
        ]

    def told(self) -> list[tuple[str, str]]:
        """What was answered, in words: label and value of each field that holds something."""
        return [(str(bound.label), value) for bound in self if (value := _in_words(bound))]


class WhatForm(StepForm):
    COLUMNS = {"title": "title"}
    title = Text(
        gettext_lazy("What is it called?"),
        most=LINE,
        required=gettext_lazy("Say what it is called, or describe it in a few words."),
        help_text=gettext_lazy("The name that people use, or a plain description."),
        example=gettext_lazy("Neighbourhood Mothers Leading the Way in Neukölln"),
    )
    summary = Text(
        gettext_lazy("What happens, in three or four sentences?"),
        most=SUMMARY,
        rows=6,
        required=gettext_lazy("Say in a few sentences what happens."),
        help_text=gettext_lazy("Who does what, with whom, how often. Up to 450 characters."),
        example=gettext_lazy(
            "Unemployed women from immigrant families are trained and employed to visit other immigrant mothers at "
            "home. Over a cup of tea and about ten visits they talk through schooling, health, language learning and "
            "local services."
        ),
    )
    themes = Choices(
        gettext_lazy("Which part of settling in does it help with?"),
        choices=lambda: _terms(Theme),
        most=THEMES,
        has_marks=True,
        required=gettext_lazy("Choose at least one theme."),
        help_text=gettext_lazy("Choose up to three."),
    )


class WhereForm(StepForm):
    COLUMNS = {"city": "city", "country": "country", "organisation": "organisation"}
    city = Text(
        gettext_lazy("City"),
        most=100,
        required=gettext_lazy("Name the city where it happens."),
        help_text=gettext_lazy("If it happens in several, the one where it began."),
        example=gettext_lazy("Berlin"),
    )
    country = Choice(
        gettext_lazy("Country"), choices=lambda: _countries(), required=gettext_lazy("Choose the country.")
    )
    organisation = Text(
        gettext_lazy("Who leads it?"),
        most=LINE,
        required=gettext_lazy("Name the organisation or the group that leads it."),
        help_text=gettext_lazy("One organisation or group. Name the others below."),
        example=gettext_lazy("District Office of Neukölln"),
    )
    partners = Text(
        gettext_lazy("Who else takes part?"),
        most=PARAGRAPHS,
        rows=3,
        help_text=gettext_lazy("One a line. Organisations, not private persons. Leave it empty if there is nobody."),
    )
    audiences = Choices(
        gettext_lazy("For whom is it?"),
        choices=lambda: _terms(Audience),
        help_text=gettext_lazy("Choose all that fit, or none."),
    )
    started = Year(
        gettext_lazy("Since which year?"),
        help_text=gettext_lazy("Leave it empty if you don’t know."),
        example="2004",
    )


class DoneForm(StepForm):
    challenge = Text(
        gettext_lazy("What was difficult before?"),
        most=PARAGRAPHS,
        rows=4,
        help_text=gettext_lazy("Whose need was it, and what stood in the way? Leave it empty if you can’t say."),
        example=gettext_lazy("Officials found it hard to win the trust of immigrant families."),
    )
    done = Text(
        gettext_lazy("What was done?"),
        most=PARAGRAPHS,
        rows=8,
        required=gettext_lazy("Say what was done: somebody in another city should be able to picture it."),
        help_text=gettext_lazy("Step by step, in your own words. Who began, who does the work, what does it need?"),
        example=gettext_lazy(
            "Since 2004 unemployed women from such families have been trained and paid to visit other mothers at home. "
            "A family has about ten visits. The visitor has the same background as the family."
        ),
    )


class ResultsForm(StepForm):
    """What came of it, criterion by criterion."""

    practical = Text("", most=PARAGRAPHS, rows=3)
    innovative = Text("", most=PARAGRAPHS, rows=3)
    successful = Text("", most=PARAGRAPHS, rows=3)
    transferable = Text("", most=PARAGRAPHS, rows=3)

    EXAMPLES = {
        Criterion.PRACTICAL: gettext_lazy(
            "Each family receives around ten visits with information on childcare, school, health and German classes."
        ),
        Criterion.INNOVATIVE: gettext_lazy(
            "It treats immigrant mothers as trained, paid experts in outreach instead of as recipients of help."
        ),
        Criterion.SUCCESSFUL: gettext_lazy(
            "It started with twelve Turkish mothers and became a network of over 70 women of many nationalities."
        ),
        Criterion.TRANSFERABLE: gettext_lazy(
            "A 2017 publication describes the model’s use in other districts of Berlin and in Finland."
        ),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for criterion in Criterion:
            field, question = self.fields[criterion.value], criterion_texts()[criterion.value]["question"]
            field.label, field.help_text = criterion.label, in_language(question)
            field.mark, field.example = criterion.value, self.EXAMPLES[criterion]


class LinksForm(StepForm):
    links = Links(
        gettext_lazy("Where can others check this?"),
        most=PARAGRAPHS * 2,
        rows=5,
        help_text=gettext_lazy(
            "A report, a news story, a page of the city. One web address a line. Leave it empty if there is nothing "
            "on the web: an editor will ask."
        ),
        example="https://ec.europa.eu/regional_policy/en/projects/germany",
    )


class YouForm(StepForm):
    COLUMNS = {"name": "name", "email": "email"}
    name = Text(
        gettext_lazy("Your name"),
        most=100,
        help_text=gettext_lazy("For the editors. Leave it empty if you would rather not say."),
        widget=forms.TextInput(attrs={"class": "input w-m", "autocomplete": "name"}),
    )
    email = Text(
        gettext_lazy("Your e-mail"),
        most=254,
        help_text=gettext_lazy(
            "Only the editors see it, to ask you questions and to tell you how it ends. It is deleted a year after the "
            "decision, or as soon as you ask. Without it, keep the private link that you get."
        ),
        widget=forms.EmailInput(attrs={"class": "input w-m", "autocomplete": "email"}),
    )

    def clean_email(self):
        return email_of(self.cleaned_data["email"])


class CreditForm(YouForm):
    """Who proposes, and on which terms."""

    named = Choice(
        gettext_lazy("May we name you when it is published?"),
        choices=[("no", gettext_lazy("No")), ("yes", gettext_lazy("Yes"))],
        required=gettext_lazy("Choose yes or no."),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Your organisation is named in any case."),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I agree that this text is published under the licence CC BY 4.0"),
        help_text=gettext_lazy(
            "Anybody may then use it, if they say where it is from. Send only what is yours to give."
        ),
        error_messages={"required": gettext_lazy("Tick the box, or we can’t publish it.")},
    )


class ThereForm(StepForm):
    COLUMNS = WhereForm.COLUMNS
    city = Text(
        gettext_lazy("City"), most=100, required=gettext_lazy("Name the city where you tried it."), example="Helsinki"
    )
    country = Choice(
        gettext_lazy("Country"), choices=lambda: _countries(), required=gettext_lazy("Choose the country.")
    )
    organisation = Text(
        gettext_lazy("Who tried it?"),
        most=LINE,
        required=gettext_lazy("Name the organisation or the group."),
        help_text=gettext_lazy("An organisation or a group, not a private person."),
    )
    year = Year(gettext_lazy("Since which year?"), help_text=gettext_lazy("Leave it empty if you don’t know."))
    state = Choice(
        gettext_lazy("How does it stand?"),
        choices=Adaptation.State.choices,
        required=gettext_lazy("Choose how it stands."),
        widget=forms.RadioSelect,
    )


class ChangedForm(StepForm):
    kept = Text(
        gettext_lazy("What did you keep?"),
        most=PARAGRAPHS,
        rows=4,
        required=gettext_lazy("Say what you took from the idea."),
        help_text=gettext_lazy("What is the same as in the idea that you read here?"),
        example=gettext_lazy("Mothers of the same background visit families at home, and are paid for it."),
    )
    changed = Text(
        gettext_lazy("What did you change, and why?"),
        most=PARAGRAPHS,
        rows=4,
        help_text=gettext_lazy("This helps the next city most. Leave it empty if nothing was changed."),
    )
    evidence = Text(
        gettext_lazy("What came of it, and how do you know?"),
        most=PARAGRAPHS,
        rows=4,
        help_text=gettext_lazy("What went wrong is as useful as what went well. A web address, if there is one."),
    )


class WrongForm(StepForm):
    wrong = Text(
        gettext_lazy("What is wrong on this page?"),
        most=PARAGRAPHS,
        rows=5,
        required=gettext_lazy("Say what is wrong, so that an editor finds it."),
        help_text=gettext_lazy("Which sentence, name, figure or link?"),
        example=gettext_lazy("“Since 2004”: the programme began in another year."),
    )
    right = Text(
        gettext_lazy("What would be right, and how do you know?"),
        most=PARAGRAPHS,
        rows=4,
        help_text=gettext_lazy("If you know it. A web address helps."),
    )


class LinkForm(StepForm):
    """Where to mail the link to go on with."""

    email = Text(
        gettext_lazy("Your e-mail"),
        most=254,
        required=gettext_lazy("Give the address to which the link is mailed."),
        help_text=gettext_lazy("Used for this, and to write to you about your proposal. Never for anything else."),
        widget=forms.EmailInput(attrs={"class": "input w-m", "autocomplete": "email"}),
    )

    def clean_email(self):
        return email_of(self.cleaned_data["email"])


class AnswerForm(StepForm):
    """A message to the editors."""

    text = Text(
        gettext_lazy("Your message to the editors"),
        most=PARAGRAPHS,
        rows=5,
        required=gettext_lazy("Write what you want to tell the editors."),
    )


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


def email_of(text: str) -> str:
    """security: an address and nothing else, so that it can be put into the head of a letter."""
    try:
        return forms.EmailField(required=False).clean(text)
    except ValidationError:
        raise ValidationError(_("Give an address such as name@example.org.")) from None


def _storable(value):
    if not isinstance(value, str):
        return value if isinstance(value, bool) else ""
    text = value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    # Half of a pair is no letter, and no database would store it.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _in_words(bound) -> str:
    value = bound.value()
    if isinstance(bound.field, Choice | Choices):
        labels = dict(bound.field.choices)
        return ", ".join(str(labels[one]) for one in (value if isinstance(value, list) else [value]) if one in labels)
    if isinstance(value, bool):
        return _("Yes") if value else ""
    return value or ""


def _terms(model) -> list[tuple[str, str]]:
    return [(term.slug, str(term)) for term in model.objects.all()]


def _countries() -> list[tuple[str, str]]:
    named = sorted(((code, country_name(code)) for code in CODES), key=lambda pair: sort_key(pair[1]))
    return [("", _("Choose a country")), *named]
