"""The forms by which editors write to a submitter: a message of their own, or one that is ready and then edited."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from catalogue.admin import reasons
from catalogue.admin.verbs import PlainForm


class MessageForm(PlainForm):
    """What is mailed to the submitter, and stands on their page."""

    message = forms.CharField(
        label=_("Message to the submitter"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        max_length=5_000,
        error_messages={"required": _("Write what the submitter should know.")},
    )

    def insert(self, name: str) -> None:
        """Puts a ready-made text after what was typed, in the language of whoever gets it."""
        with override(self.noun.language):
            text = str(self.ready[name].text)
        self.initial["message"] = "\n\n".join(filter(None, [self.initial.get("message", "").strip(), text]))


class ChangesForm(MessageForm):
    ready = reasons.CHANGES


class DeclineForm(MessageForm):
    ready = reasons.DECLINED


class WordForm(MessageForm):
    """The same, where nothing has to be said."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["message"].required = False
