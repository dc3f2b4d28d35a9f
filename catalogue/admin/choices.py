"""Fields that choose from long lists: nothing on the desk is a select with a hundred thousand options."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.admin.forms import KnownSelect


def one_of(model, name: str, site, *, label, but=None) -> forms.ModelChoiceField:
    """One noun of those that a field of a model points to, by autocomplete."""
    column = model._meta.get_field(name)
    nouns = column.remote_field.model._default_manager.all()
    return forms.ModelChoiceField(
        nouns,
        label=label,
        widget=KnownSelect(column, site),
        error_messages={
            "required": _("Choose one."),
            "invalid_choice": _("There is no such thing any more. Choose another."),
        },
    )


def one_of_few(nouns, *, label) -> forms.ModelChoiceField:
    """One of a short list, such as the five themes."""
    return forms.ModelChoiceField(nouns, label=label, error_messages={"required": _("Choose one.")})
