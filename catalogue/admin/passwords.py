"""Passwords that are set by a letter's link: an invited editor's first, and one in the place of a forgotten one."""

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue import accounts
from catalogue.models import Mail, Tally
from catalogue.screening import LETTERS
from catalogue.views.private import network_of

#: Asked for from one network a day; a whole office, behind one address, stays below it.
ASKED = 20


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        error_messages={"required": gettext_lazy("Give the address of your account.")},
    )


def forgotten(site, request):
    """Asks for the address of an account. security: the same words, and the same work, for every address."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        address = form.cleaned_data["email"]
        if Tally.objects.count_one("forgotten", network_of(request)) > ASKED:
            form.add_error(None, _("From your network this was asked too often today. Ask an administrator, or wait."))
            status = 429
        else:
            if Tally.objects.count_one("forgotten to", address.casefold()) <= LETTERS:
                Mail.objects.post_to_forgetful(address)
            return HttpResponseRedirect(f"{reverse('admin:forgotten')}?sent=1")
    sent = "sent" in request.GET and not form.is_bound
    context = {
        **site.each_context(request),
        "title": _("A forgotten password"),
        "subtitle": None,
        "form": None if sent else form,
        "sent": sent,
        "hours": accounts.FORGOTTEN_FOR.seconds // 3600,
    }
    return TemplateResponse(request, "admin/forgotten.html", context, status=status)


class SetPassword(PasswordResetConfirmView):
    """The page behind the link. It opens nothing by itself: whoever has set the password signs in with it."""

    template_name = "admin/set_password.html"
    form_class = SetPasswordForm
    success_url = reverse_lazy("admin:login")
    token_generator = accounts.tokens

    def get_user(self, uidb64):
        return accounts.owner_of(uidb64)

    def form_valid(self, form):
        answer = super().form_valid(form)
        messages.success(self.request, _("The password is set. Log in with it."))
        return answer

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        title = _("Set your password") if context["validlink"] else _("This link no longer holds")
        return context | {"title": title, "subtitle": None, "name": self.user.get_username() if self.user else ""}
