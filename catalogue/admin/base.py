"""The base of every noun on the desk: each writing view is one act with its reason, and nobody's work is lost."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext as _

from catalogue.admin import carried, conflict, sheets, versions
from catalogue.admin.forms import (
    REASONS,
    DeskForm,
    KnownSelect,
    KnownSelectMultiple,
    LinesField,
    RowsFormSet,
    SeveralOf,
)
from catalogue.admin.history import HistoryViews
from catalogue.admin.lists import ListViews
from catalogue.admin.sending import Sending
from catalogue.admin.verbs import VerbViews
from catalogue.models import Kind, Revision

#: How texts of several lines and web addresses are typed, on every form of the desk.
FIELDS = {
    models.TextField: {
        "form_class": LinesField,
        "widget": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    },
    models.URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"},
}


class RowsInline(admin.StackedInline):
    """Rows that belong to a noun: evidence, sources, journeys."""

    extra = 0
    formset = RowsFormSet
    formfield_overrides = FIELDS

    @property
    def prefix(self) -> str:
        """The prefix of its forms, which is the name of the rows in a snapshot, too."""
        field = self.opts.get_field(self.fk_name)
        return field.remote_field.get_accessor_name(model=self.opts.model)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_delete_related"):
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field


class CatalogueAdmin(VerbViews, HistoryViews, ListViews, admin.ModelAdmin):
    """A noun of the catalogue."""

    form = DeskForm
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False
    change_form_template = "admin/catalogue/change_form.html"
    change_list_template = "admin/catalogue/change_list.html"
    delete_confirmation_template = "admin/catalogue/delete_confirmation.html"
    formfield_overrides = FIELDS

    #: Whether readers see it from the moment that it is made.
    always_public = False
    #: Where an idea's snapshot names it: what a published idea once pointed to was public, too.
    named_in = ""
    #: What the export calls all of its kind, where it is exported.
    exported_as = ""
    #: Whether a change can be kept as a draft beside the live page.
    keeps_drafts = False

    # What may be done

    def needs_reason(self, noun) -> bool:
        """Whether a change of it has to say why: whenever readers see it."""
        return self.always_public or (noun is not None and noun.pk is not None and noun.is_public)

    def was_ever_public(self, noun) -> bool:
        """What readers once saw is withdrawn or merged, never deleted."""
        if self.always_public or noun.is_public:
            return True
        return Revision.objects.filter(kind=noun.kind, object_id=noun.pk, act__edition__isnull=False).exists()

    def was_ever_named(self, noun) -> bool:
        """Whether readers once saw an idea that pointed to it. Asked of history, so only where it is to be deleted."""
        if not self.named_in:
            return False
        seen = Revision.objects.filter(kind=Kind.IDEA, act__edition__isnull=False)
        return any(noun.pk in _keys(row.get(self.named_in)) for row in seen.values_list("after", flat=True) if row)

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not isinstance(obj, self.model) or not self.was_ever_public(obj))

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def view_on_site(self, noun):
        """Its public page, while it has one. Read again: a form that was refused has left its own words in the noun."""
        saved = self.model._base_manager.filter(pk=noun.pk).first()
        return saved.get_absolute_url() if saved and saved.is_public else None

    @property
    def noun_inlines(self):
        """Inlines whose rows are nouns of their own, with a history of their own."""
        made = [inline(self.model, self.admin_site) for inline in self.inlines]
        return [inline for inline in made if getattr(inline.model, "kind", None) is not None]

    def prefixes(self, request, noun) -> list[str]:
        return [formset.get_default_prefix() for formset, _inline in self.get_formsets_with_inlines(request, noun)]

    # The change form

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_delete_related"):
            # Taking something from a list is one click away from deleting it for all: not from here.
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownSelectMultiple(db_field, self.admin_site, using=kwargs.get("using"))
        kwargs.setdefault("form_class", SeveralOf)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"sending": getattr(request, "sending", None)})

    def take_in_files(self, sending: Sending) -> None:
        """Makes of each file that was sent what the form can hold in its place. Nothing, where a form has none."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        request.sending = sending = Sending(self, request)
        if request.method == "POST":
            self.take_in_files(sending)
        context = {"sending": sending, "reasons": REASONS} | (extra_context or {})

        def show():
            if sending.refusals:
                # Nothing will be saved: so without the transaction that Django puts round every form that is sent,
                # which on SQLite would wait for whoever is writing.
                return self._changeform_view(request, object_id, form_url, context)
            return super(CatalogueAdmin, self).changeform_view(request, object_id, form_url, context)

        if request.method == "POST":
            response = self._send(sending, object_id, show)
            return response if response is not None else show()
        noun = self.get_object(request, unquote(object_id)) if object_id else None
        if noun is not None:
            sending.version = versions.spell(versions.version_of(versions.nouns_of(self, noun)))
        if kept := carried.kept_for(self, request, noun):
            # As though it had been sent, but for one thing: the form is refused with a sentence, so nothing is saved.
            # Its files come first: asked for them later, a POST would read its empty body again.
            request.FILES.clear()
            request.method, request.POST = "POST", kept.post
            sending.note = kept.note
            sending.refusals.append((None, kept.note))
            sending.version = kept.post.get("version", "")
        return show()

    def _send(self, sending: Sending, object_id, show):
        """Answers a form that was sent; None when it has to be shown again."""
        request = sending.request
        if earlier := sending.earlier():
            if answer := self._answer_again(sending, earlier, object_id):
                return answer
        if "_keep" in request.POST and self.keeps_drafts and object_id and not sending.refusals:
            return self.keep_draft(request, object_id)

        def work(act):
            if object_id:
                self.look_for_conflict(sending, object_id, act)
            response = show()
            if response.status_code == 302:
                self.after_saving(request)
            return response

        if object_id:
            # A look without a lock first: a form that is stale already holds up nobody who writes.
            try:
                self.look_for_conflict(sending, object_id)
            except ValidationError as fault:
                sending.refuse(fault)
                return None
        response = sending.write(work)
        if response is None and (earlier := sending.earlier()):
            return self._answer_again(sending, earlier, object_id)
        return response

    def look_for_conflict(self, sending: Sending, object_id, act=None) -> None:
        """Refuses a form whose noun somebody saved since it was opened. In an act, the noun is locked from here on."""
        request = sending.request
        noun = self.get_object(request, unquote(object_id))
        if noun is None or not self.has_change_permission(request, noun):
            return
        nouns = versions.nouns_of(self, noun)
        if act:
            for one in nouns:
                act.watch(one)
            # Read again: another may have held the lock until a moment ago.
            noun.refresh_from_db()
        began, now = versions.read(request.POST.get("version", "")), versions.version_of(nouns)
        if all(began.get(key) == number for key, number in now.items() if key in began or key[0] == noun.kind):
            return
        mine = sheets.sent(request.POST, self.prefixes(request, noun))
        found = conflict.compare(self, request, noun, mine, began)
        if found is None:
            return
        joined, sending.conflict = found
        about = {name: request.POST[name] for name in sheets.ABOUT if name in request.POST}
        request.POST = joined.to_post(**about | {"version": versions.spell(now)})
        raise ValidationError(
            _("Somebody saved this while you were writing. Nothing is lost: compare, and save again.")
        )

    def _answer_again(self, sending: Sending, earlier, object_id):
        """The answer to a form that was sent twice; None when the second says something else than the first."""
        made = earlier.revisions.filter(kind=self.model.kind).order_by("pk").first()
        if earlier.digest == sending.digest or sending.digest == "":
            noun = self.model.objects.filter(pk=made.object_id).first() if made else None
            self.message_user(sending.request, _("It was sent twice and is saved once."))
            return self.response_post_save_change(sending.request, noun)
        if object_id is None and made:
            sentence = _(
                "This form was saved already, as <a href='{}'>{}</a>. What you sent now differs: change it there."
            )
            address = self.address_of("change", made.object_id)
            sending.refusals.append((None, format_html(sentence, address, made.label)))
        return None

    def after_saving(self, request) -> None:
        """What a saved form makes superfluous: the draft that it came from, a text that was carried over a login."""
        carried.forget(request)
        self.forget_draft(request)

    def forget_draft(self, request) -> None:
        """Nothing, where no drafts are kept."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        for inline in context["inline_admin_formsets"]:
            if isinstance(inline.formset, RowsFormSet):
                inline.formset.know_labels()
        if not add and obj is not None and self.has_change_permission(request, obj):
            context |= self.desk_context(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def desk_context(self, request, noun) -> dict:
        """What the change form shows besides the form."""
        return {"verbs": self.verbs_for(request, noun)}

    # Django's log of its own would say less than an act does.

    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None

    # Deletion

    def delete_view(self, request, object_id, extra_context=None):
        request.sending = sending = Sending(self, request)
        context = {"reasons": REASONS} | (extra_context or {})

        def show():
            return super(CatalogueAdmin, self).delete_view(request, object_id, context)

        noun = self.get_object(request, unquote(object_id))
        if noun is not None and self.has_delete_permission(request, noun) and self.was_ever_named(noun):
            raise PermissionDenied(_("Readers once saw this. It can be merged into another, not deleted."))
        if request.method != "POST":
            return show()
        response = sending.write(lambda act: show())
        if response is None:
            raise PermissionDenied(" ".join(sentence for _field, sentence in sending.refusals))
        return response

    def get_deleted_objects(self, objs, request):
        deleted, count, _needed, protected = super().get_deleted_objects(objs, request)
        # Parts go with their whole; they have no permissions of their own to ask for.
        return deleted, count, set(), protected


def _keys(value) -> list:
    """The keys that a value of a snapshot holds: of a noun, of several, or of the sources among rows."""
    values = value if isinstance(value, list) else [value]
    return [row.get("resource_id") if isinstance(row, dict) else row for row in values]
