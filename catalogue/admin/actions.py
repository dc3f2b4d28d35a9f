"""What is done to many ideas at once: a page that says what and asks why, then one act for all of them or none."""

import uuid

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.admin import carried
from catalogue.admin.forms import KnownSelectMultiple, ReasonField
from catalogue.admin.sending import Sending
from catalogue.models import Idea, Topic

#: So many at once: more belongs into a command, which can be tried first.
MOST = 2_000
#: So many are named on the page that asks.
NAMED = 20


class ManyForm(forms.Form):
    """The reason for what is done to many."""

    why = ReasonField(required=True)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, site=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4()


class TagForm(ManyForm):
    """Topics to add and to take away."""

    field_order = ["add", "remove", "why"]

    def __init__(self, *args, site=None, **kwargs):
        super().__init__(*args, site=site, **kwargs)
        for name, label in (("add", gettext_lazy("Add topics")), ("remove", gettext_lazy("Take topics away"))):
            widget = KnownSelectMultiple(Idea._meta.get_field("topics"), site)
            self.fields[name] = forms.ModelMultipleChoiceField(
                Topic.objects.all(), label=label, required=False, widget=widget
            )
        self.order_fields(self.field_order)

    def clean(self):
        cleaned = super().clean()
        add, remove = cleaned.get("add"), cleaned.get("remove")
        if "add" in cleaned and "remove" in cleaned:
            if not add and not remove:
                self.add_error("add", _("Choose at least one topic to add or to take away."))
            elif both := set(add) & set(remove):
                self.add_error("remove", _("“%(topic)s” is to be added, too.") % {"topic": next(iter(both))})
        return cleaned


def many(name: str, label, explanation, form, run):
    """An action: asks on a page of its own, then calls a verb of the queryset."""

    @admin.action(description=label, permissions=["change"])
    def action(modeladmin, request, queryset):
        request.sending = sending = Sending(modeladmin, request)
        chosen = modeladmin.model.objects.filter(pk__in=queryset.order_by().values("pk"))
        count = chosen.count()
        asked = "_do" in request.POST
        told = form(request.POST if asked else None, site=modeladmin.admin_site)
        done = ngettext("Done for %(count)d idea.", "Done for %(count)d ideas.", count) % {"count": count}
        if asked and (earlier := sending.earlier()) and earlier.digest == sending.digest:
            modeladmin.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(request.get_full_path())
        if asked and told.is_valid():
            if count > MOST:
                told.add_error(None, _("These are too many at once: choose at most %(most)d.") % {"most": MOST})
            elif sending.write(lambda act: (run(chosen, told.cleaned_data, request.user), True)) is not None:
                carried.forget(request)
                modeladmin.message_user(request, done, messages.SUCCESS)
                return HttpResponseRedirect(request.get_full_path())
            for field, sentence in sending.refusals:
                told.add_error(field if field in told.fields else None, sentence)
        context = {
            **modeladmin.admin_site.each_context(request),
            "title": label,
            "explanation": explanation,
            "opts": modeladmin.opts,
            "form": told,
            "count": count,
            "nouns": chosen[:NAMED],
            "more": max(0, count - NAMED),
            "action": name,
            "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "select_across": request.POST.get("select_across", "0"),
            "media": modeladmin.media + told.media,
        }
        return TemplateResponse(request, "admin/catalogue/action.html", context)

    action.__name__ = name
    return action


IDEA_ACTIONS = [
    many(
        "publish_ideas",
        gettext_lazy("Publish"),
        gettext_lazy("They are shown to readers at once. One that lacks something holds all of them back."),
        ManyForm,
        lambda ideas, told, by: ideas.publish(by=by, why=told["why"]),
    ),
    many(
        "verify_ideas",
        gettext_lazy("Mark as verified today"),
        gettext_lazy("Somebody made sure that what they say still holds."),
        ManyForm,
        lambda ideas, told, by: ideas.verify(by=by),
    ),
    many(
        "feature_ideas",
        gettext_lazy("Feature"),
        gettext_lazy("They are put among the featured ideas."),
        ManyForm,
        lambda ideas, told, by: ideas.feature(by=by),
    ),
    many(
        "unfeature_ideas",
        gettext_lazy("No longer feature"),
        gettext_lazy("They are taken from the featured ideas."),
        ManyForm,
        lambda ideas, told, by: ideas.feature(False, by=by),
    ),
    many(
        "tag_ideas",
        gettext_lazy("Add or take away topics"),
        gettext_lazy("A published idea keeps at least one topic."),
        TagForm,
        lambda ideas, told, by: ideas.tag(add=told["add"], remove=told["remove"], by=by, why=told["why"]),
    ),
]
