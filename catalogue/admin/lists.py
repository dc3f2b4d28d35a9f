"""Rows that are edited in a list: one act for all of them, for one reason."""

import uuid

from django.contrib import messages
from django.http import HttpResponseRedirect

from catalogue.admin.forms import REASONS, ListForm, ListFormSet, is_number
from catalogue.admin.sending import Sending


class ListViews:
    """The list of a noun on the desk."""

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, **{"form": ListForm} | kwargs)

    def get_changelist_formset(self, request, **kwargs):
        formset = super().get_changelist_formset(request, **{"formset": ListFormSet} | kwargs)
        formset.sending = request.sending
        return formset

    def changelist_view(self, request, extra_context=None):
        request.sending = sending = Sending(self, request)
        context = {"reasons": REASONS, "why": sending.why, "key": uuid.uuid4(), "exported_as": self.exported_as}
        context |= extra_context or {}

        def show():
            return super(ListViews, self).changelist_view(request, context)

        if request.method == "POST" and "_save" in request.POST and self.list_editable:
            if (earlier := sending.earlier()) and earlier.digest == sending.digest:
                return HttpResponseRedirect(request.get_full_path())

            def work(act):
                ids = [int(pk) for pk in self._get_edited_object_pks(request, "form") if is_number(pk)]
                for noun in self.model.objects.filter(pk__in=ids).order_by("pk"):
                    act.watch(noun)
                return show()

            response = sending.write(work)
            if response is None:
                self.message_user(
                    request, " ".join(str(sentence) for _field, sentence in sending.refusals), messages.ERROR
                )
                return HttpResponseRedirect(request.get_full_path())
            return response
        return show()
