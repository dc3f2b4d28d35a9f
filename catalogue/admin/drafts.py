"""A change kept beside the live page: saved from the change form, compared, previewed, published or thrown away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.admin import carried, conflict, preview, sheets, versions
from catalogue.admin.sending import Sending
from catalogue.admin.verbs import VerbForm
from catalogue.models import Draft


class DraftViews:
    """The drafts beside a noun's live page."""

    keeps_drafts = True

    def own_urls(self, wrap, name):
        return [
            path("<int:object_id>/preview/", wrap(self.preview_view), name=f"{name}_preview"),
            path("<int:object_id>/drafts/<int:draft_id>/", wrap(self.draft_view), name=f"{name}_draft"),
            path(
                "<int:object_id>/drafts/<int:draft_id>/preview/",
                wrap(self.preview_view),
                name=f"{name}_draft_preview",
            ),
            *super().own_urls(wrap, name),
        ]

    def _noun(self, request, object_id):
        noun = self.get_object(request, str(object_id))
        if noun is None:
            raise Http404
        if not self.has_view_or_change_permission(request, noun):
            raise PermissionDenied
        return noun

    def _draft(self, request, object_id, draft_id) -> tuple:
        noun = self._noun(request, object_id)
        if not self.has_change_permission(request, noun):
            raise PermissionDenied
        draft = Draft.objects.beside(noun).filter(pk=draft_id).first()
        if draft is None:
            raise Http404
        return noun, draft

    def keep_draft(self, request, object_id):
        """Keeps what was sent beside the live page. It isn't judged: a draft may be half done."""
        noun = self._noun(request, object_id)
        if not self.has_change_permission(request, noun):
            raise PermissionDenied
        sending = Sending(self, request)
        sheet = sheets.sent(request.POST, self.prefixes(request, noun))
        kept = {
            "label": str(noun)[:300],
            "fields": sheet.to_json(),
            "why": sending.why[:300],
            "by": request.user,
            "by_name": str(request.user),
            "at": timezone.now(),
        }
        draft = self._write_over(request, noun, kept) or self._make_draft(request, noun, sending, kept)
        self.message_user(request, _("Kept as a draft beside the live page. Readers don’t see it."), messages.SUCCESS)
        carried.forget(request)
        return HttpResponseRedirect(self.address_of("draft", noun.pk, draft.pk))

    def _write_over(self, request, noun, kept: dict) -> Draft | None:
        """Saves the draft that the form came from, unless somebody else saved that one meanwhile."""
        if not (came_from := Sending(self, request).draft):
            return None
        pk, number = came_from
        mine = Draft.objects.beside(noun).filter(pk=pk, number=number)
        if not mine.update(**kept, number=int(number) + 1):
            return None
        return Draft.objects.get(pk=pk)

    @staticmethod
    def _make_draft(request, noun, sending, kept: dict) -> Draft:
        made = {"kind": noun.kind, "object_id": noun.pk, "version": request.POST.get("version", ""), **kept}
        if earlier := Draft.objects.beside(noun).filter(key=sending.key, fields=kept["fields"]).first():
            return earlier
        fresh = sending.key and not Draft.objects.filter(key=sending.key).exists()
        try:
            with transaction.atomic():
                return Draft.objects.create(key=sending.key if fresh else None, **made)
        except IntegrityError:
            # The same form, sent twice at one moment.
            return Draft.objects.get(key=sending.key)

    def post_of(self, draft: Draft) -> QueryDict:
        """The form as it was when the draft was kept."""
        about = {"version": draft.version, "why": draft.why, "draft": draft.pk, "draft_number": draft.number}
        return sheets.Sheet.from_json(draft.fields).to_post(**about)

    def forget_draft(self, request) -> None:
        """Called in the act that published it; one that somebody saved again meanwhile stays."""
        if came_from := Sending(self, request).draft:
            pk, number = came_from
            Draft.objects.filter(pk=pk, number=number, kind=self.model.kind).delete()

    def draft_view(self, request, object_id, draft_id):
        """Compares a draft with the live page; publishes it or throws it away."""
        noun, draft = self._draft(request, object_id, draft_id)
        if request.method == "POST" and "_discard" in request.POST:
            draft.delete()
            self.message_user(request, _("The draft is thrown away. The live page is as it was."), messages.SUCCESS)
            return HttpResponseRedirect(self.address_of("change", noun.pk))
        if request.method == "POST":
            key, why = request.POST.get("key", ""), request.POST.get("why", "")
            post = self.post_of(draft)
            post["key"], post["why"] = key, why
            return self.send_form(request, noun, post)
        request.sending = Sending(self, request)
        live = sheets.filled_in(self, request, noun, versions.state_of(self, noun))
        kept = sheets.Sheet.from_json(draft.fields)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Draft beside “%(noun)s”") % {"noun": noun},
            "opts": self.opts,
            "original": noun,
            "draft": draft,
            "lines": conflict.Shown(self, request, noun).compare(live, kept),
            "since": conflict.since(self, noun, versions.read(draft.version)),
            "form": self.reason_form(noun, draft),
            "edit_url": f"{self.address_of('change', noun.pk)}?draft={draft.pk}",
            "preview_url": self.address_of("draft_preview", noun.pk, draft.pk),
        }
        return TemplateResponse(request, "admin/catalogue/draft.html", context)

    def reason_form(self, noun, draft):
        form = VerbForm(initial={"why": draft.why}, admin=self, noun=noun)
        form.fields["why"].required = self.needs_reason(noun)
        return form

    def preview_view(self, request, object_id, draft_id=None):
        """The public page as it will be, of the noun as it is saved or of a draft beside it."""
        draft = None
        if draft_id is None:
            noun = self._noun(request, object_id)
            back = self.address_of("change", noun.pk)
        else:
            noun, draft = self._draft(request, object_id, draft_id)
            back = self.address_of("draft", noun.pk, draft.pk)
        notice = {"back_url": back, "text": _("A preview: this is how readers will see it.")}
        fault = _Fault()
        change = (lambda: self._apply(request, noun, draft, fault)) if draft else None
        try:
            return HttpResponse(preview.preview_of(request, noun, notice, change))
        except _Fault:
            self.message_user(
                request, _("It can’t be shown yet: something in it has to be mended first."), messages.WARNING
            )
            return HttpResponseRedirect(f"{self.address_of('change', noun.pk)}?draft={draft.pk}")

    def _apply(self, request, noun, draft, fault) -> None:
        """Saves a draft through its form, for the length of a look."""
        request.sending = None
        post = self.post_of(draft)
        fields = self.flat_fields(request, noun)
        form = self.get_form(request, noun, change=True, fields=fields)(post, instance=noun)
        formsets = [
            formset(
                post, instance=form.instance, prefix=formset.get_default_prefix(), queryset=inline.get_queryset(request)
            )
            for formset, inline in self.get_formsets_with_inlines(request, noun)
        ]
        if not (form.is_valid() and all(formset.is_valid() for formset in formsets)):
            raise fault
        self.save_model(request, form.save(commit=False), form, True)
        self.save_related(request, form, formsets, True)


class _Fault(Exception):
    """A draft that its own form would refuse."""
