"""What is asked of whoever proposes something: each form one step, with guidance and a real example."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.asking import LINE, Choice, Choices, Email, Links, StepForm, Text, Year
from catalogue.countries import CODES, country_name
from catalogue.criteria import Criterion, criterion_texts
from catalogue.folding import sort_key
from catalogue.models import Adaptation, Audience, Theme
from catalogue.models.vocabulary import in_language

SUMMARY, PARAGRAPHS, THEMES = 450, 5_000, 3


def terms(model) -> list[tuple[str, str]]:
    return [(term.slug, str(term)) for term in model.objects.all()]


def countries() -> list[tuple[str, str]]:
    named = sorted(((code, country_name(code)) for code in CODES), key=lambda pair: sort_key(pair[1]))
    return [("", _("Choose a country")), *named]


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
        choices=lambda: terms(Theme),
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
    country = Choice(gettext_lazy("Country"), choices=countries, required=gettext_lazy("Choose the country."))
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
        choices=lambda: terms(Audience),
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
        example="https://ec.europa.eu/regional_policy/en/projects/germany/neighbourhood-mothers-neukolln-stadtteilmutter-"
        "neukolln-integrating-immigrant-mothers-via-local-women",
    )


class YouForm(StepForm):
    COLUMNS = {"name": "name", "email": "email"}
    name = Text(
        gettext_lazy("Your name"),
        most=100,
        help_text=gettext_lazy("For the editors. Leave it empty if you would rather not say."),
        widget=forms.TextInput(attrs={"class": "input w-m", "autocomplete": "name"}),
    )
    email = Email(
        gettext_lazy("Your e-mail"),
        help_text=gettext_lazy(
            "Only the editors see it, to ask you questions and to tell you how it ends. It is deleted a year after the "
            "decision, or as soon as you ask. Without it, keep the private link that you get."
        ),
    )


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
    country = Choice(gettext_lazy("Country"), choices=countries, required=gettext_lazy("Choose the country."))
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
        example=gettext_lazy("The second link under the sources leads nowhere."),
    )
    right = Text(
        gettext_lazy("What would be right, and how do you know?"),
        most=PARAGRAPHS,
        rows=4,
        help_text=gettext_lazy("If you know it. A web address helps."),
    )


class LinkForm(StepForm):
    """Where to mail the link to go on with."""

    email = Email(
        gettext_lazy("Your e-mail"),
        required=gettext_lazy("Give the address to which the link is mailed."),
        help_text=gettext_lazy("Used for this, and to write to you about your proposal. Never for anything else."),
    )


class AnswerForm(StepForm):
    """A message to the editors."""

    text = Text(
        gettext_lazy("Your message to the editors"),
        most=PARAGRAPHS,
        rows=5,
        required=gettext_lazy("Write what you want to tell the editors."),
    )


class StillForm(StepForm):
    """That an idea is still so: there is nothing more to say."""


class DifferentForm(StepForm):
    """What has changed."""

    words = Text(
        gettext_lazy("What is different now?"),
        most=PARAGRAPHS,
        rows=6,
        required=gettext_lazy("Say what is different now, so that the editors can correct the page."),
        help_text=gettext_lazy("An editor reads it, corrects the page and may write back to you."),
    )


class EndedForm(StepForm):
    """That it ended, when and why."""

    year = Year(
        gettext_lazy("In which year did it end?"),
        required=gettext_lazy("Give the year in which it ended, in four digits."),
        example="2024",
    )
    words = Text(
        gettext_lazy("Why did it end?"),
        most=PARAGRAPHS,
        rows=6,
        required=gettext_lazy("Say in a sentence why it ended: others learn from that, too."),
        help_text=gettext_lazy(
            "The page stays in the catalogue and says why it ended. An editor reads your words first and may shorten "
            "them."
        ),
    )
