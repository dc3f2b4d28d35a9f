"""Translations on the desk: written beside their original, offered, reviewed by another; and what there is to do."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from catalogue import index as indexes
from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.claims import TranslationForm
from catalogue.admin.desk import desk
from catalogue.admin.difference import difference
from catalogue.admin.forms import is_number
from catalogue.admin.rendered import rendered
from catalogue.admin.verbs import Verb
from catalogue.admin.writing import PlainForm
from catalogue.models import Idea, Translation
from catalogue.models.translation import PUBLISHES, TEXTS, WRITES, State
from catalogue.translating import work_in


class BackForm(PlainForm):
    """What the translator should know."""

    reason = forms.CharField(
        label=_("For the translator"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        max_length=5_000,
        error_messages={"required": _("Write what the translator should know.")},
    )


class EndForm(PlainForm):
    """Why readers don't see it any more."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": _("Say why; history keeps it.")},
    )


def verb(name, label, explanation, form, run, applies, done, then="change") -> Verb:
    """A verb of a translation; what history has to know is in the verb itself."""
    return Verb(name, label, explanation, form, run, applies, done, reason=False, then=then)


CATCH_UP = verb(
    "catch-up",
    _("It is up to date"),
    _("Say so when all that changed in the original is in the translation, too, and saved."),
    PlainForm,
    lambda translation, told, by: translation.catch_up(by=by),
    lambda translation: translation.state == State.DRAFT and translation.is_out_of_date,
    _("“{noun}” tells what the original says now."),
)
OFFER = verb(
    "offer",
    _("Offer it for review"),
    _("An editor reads it and publishes it, or sends it back to you with a reason. Save it first."),
    PlainForm,
    lambda translation, told, by: translation.offer(by=by),
    lambda translation: translation.state == State.DRAFT,
    _("“{noun}” waits for an editor."),
)
PUBLISH = verb(
    "publish",
    _("Publish"),
    _("Readers of this language see it from then on, in the place of the original."),
    PlainForm,
    lambda translation, told, by: translation.publish(by=by),
    lambda translation: translation.state == State.OFFERED,
    _("“{noun}” is published."),
)
SEND_BACK = verb(
    "send-back",
    _("Send it back"),
    _("It is a draft again, and its translator finds there what you write."),
    BackForm,
    lambda translation, told, by: translation.send_back(told["reason"], by=by),
    lambda translation: translation.state == State.OFFERED,
    _("“{noun}” is a draft again."),
)
RENEW = verb(
    "renew",
    _("Begin a new one"),
    _("It begins with the words of this one, which readers see until the new one is published."),
    PlainForm,
    lambda translation, told, by: Translation.objects.start(translation.idea, translation.language, by=by),
    lambda translation: translation.state == State.PUBLISHED,
    _("A new translation is begun with the words of “{noun}”."),
    then="changelist",
)
WITHDRAW = verb(
    "withdraw",
    _("Withdraw"),
    _("Readers see the original again."),
    EndForm,
    lambda translation, told, by: translation.withdraw(told["reason"], by=by),
    lambda translation: translation.state == State.PUBLISHED,
    _("“{noun}” is withdrawn."),
)
#: What only an editor does.
REVIEWING = (PUBLISH, SEND_BACK, WITHDRAW)


class Waits(admin.SimpleListFilter):
    """What a number on the desk's front counts."""

    title = _("what it waits for")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [("me", _("me")), ("review", _("a review")), ("original", _("what changed in the original"))]

    def queryset(self, request, queryset):
        found = {
            "me": lambda: queryset.drafts().filter(translator=request.user),
            "review": queryset.offered,
            "original": queryset.to_renew,
        }
        return found.get(self.value(), lambda: queryset)()


@admin.register(Translation, site=desk)
class TranslationAdmin(CatalogueAdmin):
    """Begun from the work list, written while it is a draft, and moved on by its buttons."""

    form = TranslationForm
    verbs = (CATCH_UP, OFFER, PUBLISH, SEND_BACK, RENEW, WITHDRAW)
    change_form_template = "admin/catalogue/translation.html"
    change_list_template = "admin/catalogue/translation_list.html"
    list_display = ["__str__", "language", "state", "translator_name", "up_to_date"]
    list_filter = [Waits, "language", "state"]
    list_select_related = ["idea__story"]
    search_fields = ["title", "source_title"]
    ordering = ["-id"]
    fields = ["title", "summary", "body", "credit"]

    def own_urls(self, wrap, name):
        return [path("work/", wrap(self.work_view), name=f"{name}_work")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("idea__story").with_claims()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj:
            form.evidence, form.writes_claims = tuple(obj.idea.evidence.all()), obj.state == State.DRAFT
        return form

    def has_add_permission(self, request):
        # One is begun for an idea, from the work list.
        return False

    def get_readonly_fields(self, request, translation=None):
        return [] if translation and translation.state == State.DRAFT else self.fields

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ("summary", "body"):
            rows = {"summary": 4, "body": 24}[db_field.name]
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request, translation, form, change):
        if form.tell_claims() or set(TEXTS) & set(form.changed_data):
            translation.write(by=request.user)
        super().save_model(request, translation, form, change)

    def look_for_conflict(self, sending, object_id, act=None):
        if act and (translation := self.get_object(sending.request, unquote(object_id))):
            # The idea first, like every verb: no two acts wait for each other.
            act.watch(translation.idea)
        super().look_for_conflict(sending, object_id, act)

    @admin.display(description=_("up to date"), boolean=True)
    def up_to_date(self, translation):
        return not translation.is_out_of_date

    def view_on_site(self, translation):
        if not translation.is_public:
            return None
        with override(translation.language):
            return translation.idea.get_absolute_url()

    def verbs_for(self, request, translation):
        reviews = request.user.has_perm(PUBLISHES)
        verbs = [verb for verb in self.verbs if verb.applies(translation) and (reviews or verb not in REVIEWING)]
        return [(verb.label, self.address_of(verb.name, translation.pk)) for verb in verbs]

    def desk_context(self, request, translation) -> dict:
        idea, editable = translation.idea, translation.state == State.DRAFT
        return super().desk_context(request, translation) | {
            "idea": idea,
            "original_body": rendered(idea.body),
            "rendered_body": rendered(translation.body),
            "lines": changes_of(translation) if translation.is_out_of_date else [],
            "show_save": editable,
            "show_save_and_continue": editable,
            "show_save_and_add_another": False,
        }

    def work_view(self, request):
        """What there is to translate into a language, and a button that begins it."""
        if not request.user.has_perm(WRITES):
            raise PermissionDenied
        languages = dict(settings.LANGUAGES)
        asked = request.POST.get("language") or request.GET.get("language", "")
        language = asked if asked in languages else self._language_of(request.user)
        if request.method == "POST":
            key = request.POST.get("idea", "")
            idea = get_object_or_404(Idea.objects.published(), pk=key if is_number(key) else None)
            try:
                translation = Translation.objects.start(idea, language, by=request.user)
            except ValidationError as fault:
                self.message_user(request, " ".join(fault.messages), messages.ERROR)
                return HttpResponseRedirect(f"{self.address_of('work')}?language={language}")
            return HttpResponseRedirect(self.address_of("change", translation.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": _("What there is to translate"),
            "opts": self.opts,
            "languages": languages,
            "work": work_in(language, indexes.current()),
        }
        return TemplateResponse(request, "admin/catalogue/translation_work.html", context)

    @staticmethod
    def _language_of(person) -> str:
        """The language that somebody translated into last; the first that isn't the catalogue's own, for a beginner."""
        last = Translation.objects.filter(translator=person).order_by("-pk").first()
        others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        return last.language if last else others[0]


def changes_of(translation: Translation) -> list[tuple]:
    """What of the original differs from what the translation was made from, marked."""
    field = Translation._meta.get_field
    pairs = [
        (capfirst(field(name).verbose_name), getattr(translation, f"source_{name}"), getattr(translation.idea, name))
        for name in TEXTS
    ]
    pairs += [
        (claim.evidence.get_criterion_display(), claim.source_text, claim.evidence.claim)
        for claim in translation.claims.all()
    ]
    return [(label, difference(before, after)) for label, before, after in pairs if before != after]
