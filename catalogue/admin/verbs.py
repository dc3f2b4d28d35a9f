"""The verbs of a noun as buttons: each opens a small form where it needs a word, and calls the verb of the model."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy

from catalogue.admin import carried
from catalogue.admin.forms import ReasonField
from catalogue.admin.sending import Sending


class VerbForm(forms.Form):
    """What a verb needs to be told."""

    why = ReasonField(error_messages={"required": gettext_lazy("Say why, in a few words: history keeps it.")})
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    #: Texts that are ready, by the names of the buttons that put them into the form.
    ready: dict = {}
    #: Where a fault that the verb finds is shown, when its name there is another.
    PLACES: dict[str, str] = {}

    def __init__(self, *args, admin=None, noun=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.admin, self.noun = admin, noun
        self.fields["key"].initial = uuid.uuid4()
        # The reason comes last, after what it is the reason for.
        self.order_fields([*(name for name in self.fields if name != "why"), "why"])

    def put(self, refusals) -> None:
        """Puts what a verb found wrong at the field that it is about."""
        for name, sentence in refusals:
            place = self.PLACES.get(name, name)
            self.add_error(place if place in self.fields else None, sentence)


class PlainForm(VerbForm):
    """Nothing to be told: the noun's own story says who did it and when."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].widget = forms.HiddenInput()


@dataclass(frozen=True)
class Verb:
    """A button of the change form."""

    name: str
    label: str
    #: One sentence on what it does, for the page that asks.
    explanation: str
    form: type[VerbForm]
    #: Calls the verb of the model: `run(noun, cleaned, by)`.
    run: Callable
    #: Whether it makes sense for this noun now.
    applies: Callable = lambda noun: True
    #: Said when it is done; `{noun}` is its name.
    done: str = gettext_lazy("“{noun}”: done.")
    #: Whether readers see what it does, so that it needs a reason.
    reason: bool = True
    #: The page that asks.
    template: str = "admin/catalogue/verb.html"
    #: Where the editor is taken afterwards: "change", or "changelist" when the noun is no longer there.
    then: str = "change"


class MergeForm(VerbForm):
    """Into which other of its kind."""

    PLACES = {"merged_into": "other"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"] = self.admin.merge_field(self.noun)
        self.order_fields(["other", "why"])


MERGE = Verb(
    "merge",
    gettext_lazy("Merge"),
    gettext_lazy("Everything that points to it will point to the other, and its address will lead there."),
    MergeForm,
    lambda noun, told, by: noun.merge_into(told["other"], by=by, why=told["why"]),
    done=gettext_lazy("“{noun}” is merged; its address leads to the other."),
    then="changelist",
)


class VerbViews:
    """Buttons on the change form, and the page behind each."""

    verbs: tuple[Verb, ...] = ()

    def get_urls(self):
        wrap = self.admin_site.admin_view
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = self.own_urls(wrap, name) + [
            path(
                f"<int:object_id>/{verb.name}/",
                wrap(self._view_of(verb)),
                name=f"{name}_{verb.name}",
            )
            for verb in self.verbs
        ]
        return own + super().get_urls()

    def own_urls(self, wrap, name) -> list:
        return []

    def address_of(self, view: str, *args) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}", args=args)

    def verbs_for(self, request, noun) -> list[tuple[str, str]]:
        return [(verb.label, self.address_of(verb.name, noun.pk)) for verb in self.verbs if verb.applies(noun)]

    def _view_of(self, verb: Verb):
        def view(request, object_id):
            return self.verb_view(request, object_id, verb)

        return view

    def verb_view(self, request, object_id, verb: Verb):
        noun = self.get_object(request, str(object_id))
        if noun is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        if not self.has_change_permission(request, noun):
            raise PermissionDenied
        request.sending = sending = Sending(self, request)
        inserted = request.POST.get("insert", "")
        bound = request.method == "POST" and inserted not in verb.form.ready
        note = ""
        if request.method == "POST" and not bound:
            # Nothing is done yet: what was typed comes back, with a text that is ready.
            form = verb.form(initial=request.POST.dict(), admin=self, noun=noun)
            form.insert(inserted)
        elif not bound and (kept := carried.kept_for(self, request, None)):
            form, note = verb.form(kept.post, admin=self, noun=noun), kept.note
        else:
            form = verb.form(request.POST if bound else None, admin=self, noun=noun)
        form.fields["why"].required = verb.reason and self.needs_reason(noun)
        if bound:
            if (earlier := sending.earlier()) and earlier.digest == sending.digest:
                return self._verb_done(request, noun, verb)
            if form.is_valid():
                label = str(noun)
                if sending.write(lambda act: self.do(verb, noun, form, request)) is not None:
                    carried.forget(request)
                    return self._verb_done(request, noun, verb, label)
                form.put(sending.refusals)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{verb.label}: {noun}",
            "verb": verb,
            "form": form,
            "opts": self.opts,
            "original": noun,
            "note": note,
            "media": self.media + form.media,
            **self.verb_context(request, noun, verb),
        }
        return TemplateResponse(request, verb.template, context)

    def verb_context(self, request, noun, verb: Verb) -> dict:
        """What the page of a verb shows besides its form."""
        return {}

    def do(self, verb: Verb, noun, form, request) -> bool:
        verb.run(noun, form.cleaned_data, request.user)
        return True

    def _verb_done(self, request, noun, verb, label=""):
        self.message_user(request, str(verb.done).format(noun=label or noun), messages.SUCCESS)
        there = self.model._base_manager.filter(pk=noun.pk).exists()
        view, args = ("change", [noun.pk]) if verb.then == "change" and there else ("changelist", [])
        return HttpResponseRedirect(self.address_of(view, *args))

    def merge_field(self, noun) -> forms.Field:
        """Offers the others of its kind; long lists by an autocomplete."""
        raise NotImplementedError(f"{noun} has no merge.")


class OnlyVerbs(VerbViews, admin.ModelAdmin):
    """A noun that is looked at here and never edited: what is done to it is done by its verbs."""

    #: What to do instead, for whoever sends the form all the same.
    not_edited = ""
    change_form_template = "admin/catalogue/change_form_verbs.html"
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def needs_reason(self, noun) -> bool:
        return True

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            raise PermissionDenied(self.not_edited)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        works = self.has_change_permission(request, obj)
        context |= {
            "verbs": self.verbs_for(request, obj) if works else [],
            "show_save": False,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)
