"""One's own second factor on the desk: set up, replaced, and recovery codes made anew, each only with the password."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from catalogue import second_factor
from catalogue.admin.signing_in import remember_device, too_many
from catalogue.models import RecoveryCode

#: Where a session keeps the key that its owner's app is being told.
_KEY = "second_factor_key"


class OwnForm(forms.Form):
    """What only the owner of an account may do, and not whoever finds their browser open."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Give your password.")},
    )

    def __init__(self, request, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self):
        password = self.cleaned_data["password"]
        # By the same door as at the login, so that wrong ones are counted together.
        if authenticate(self.request, username=self.request.user.get_username(), password=password):
            return password
        if getattr(self.request, "axes_locked_out", False):
            raise too_many()
        raise ValidationError(_("That isn’t your password."))


class DeviceForm(OwnForm):
    """The first code of a device that is being set up."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
        ),
        help_text=gettext_lazy("The six digits that the app shows now."),
        error_messages={"required": gettext_lazy("Give the code.")},
    )

    def __init__(self, request, device, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.device, self.codes = device, []
        self.order_fields(["code", "password"])

    def clean(self):
        if not self.errors:
            self.codes = second_factor.set_up(self.request.user, self.device, self.cleaned_data["code"])
            if self.codes is None:
                self.add_error(
                    "code",
                    _("That isn’t the code of this key. Is the clock of your device right? Try the next code."),
                )


def device_view(site, request):
    """Sets up the first device, or another in its place."""
    key = request.session.get(_KEY)
    if key is None:
        key = request.session[_KEY] = default_key()
    device = TOTPDevice(user=request.user, name="", key=key)
    form = DeviceForm(request, device, request.POST if request.method == "POST" else None)
    if form.is_valid():
        del request.session[_KEY]
        request.session.cycle_key()
        remember_device(request, device)
        return _codes_page(site, request, form.codes, _next(request))
    there = second_factor.device_of(request.user)
    context = {
        **site.each_context(request),
        "title": _("Another device") if there else _("Set up the second factor"),
        "form": form,
        "there": there,
        "key": second_factor.in_groups(device),
        "drawn": second_factor.drawn(device),
        "next": _next(request),
    }
    return TemplateResponse(request, "admin/second_factor_device.html", context)


def codes_view(site, request):
    """Ten new recovery codes in the place of what is left of the old ones."""
    if second_factor.device_of(request.user) is None:
        return HttpResponseRedirect(reverse("admin:second-factor"))
    form = OwnForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _codes_page(site, request, RecoveryCode.objects.renew(request.user))
    context = {**site.each_context(request), "title": _("New recovery codes"), "form": form}
    return TemplateResponse(request, "admin/second_factor_renew.html", context)


def overview(site, request):
    """Whether one has a second factor, since when, and how many recovery codes are left."""
    device = second_factor.device_of(request.user)
    context = {
        **site.each_context(request),
        "title": _("Your second factor"),
        "device": device,
        "left": RecoveryCode.objects.filter(user=request.user).count(),
    }
    return TemplateResponse(request, "admin/second_factor.html", context)


def lead_to_set_up(request):
    """To the page where it is set up, and from there to where one was going."""
    messages.warning(request, _("Everybody who works here has a second factor. Set yours up; it takes two minutes."))
    there = reverse("admin:second-factor-device")
    return HttpResponseRedirect(f"{there}?{urlencode({'next': request.get_full_path()})}")


def _next(request) -> str:
    """Where somebody was on their way to. security: on this site."""
    address = request.POST.get("next") or request.GET.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, None) else reverse("admin:index")


def _codes_page(site, request, codes: list[str], next_address=""):
    context = {
        **site.each_context(request),
        "title": _("Your recovery codes"),
        "codes": codes,
        "next": next_address or reverse("admin:index"),
    }
    return TemplateResponse(request, "admin/second_factor_codes.html", context)
