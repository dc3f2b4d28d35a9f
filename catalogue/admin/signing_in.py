"""Signing in to the desk: slowed after ten failures in five minutes, by name and by network, whoever the name is.

django-axes counts in the database, so that all servers count together; while it is away nobody gets in (503). Further
tries while one waits don't prolong it: whoever guesses at a name locks nobody out for good. Who has a second factor is
asked for a code on a page of its own, once the password was right; a wrong code counts as a wrong password does.
"""

import time
from dataclasses import asdict, dataclass

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate
from django.contrib.auth import login as log_in
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_otp import login as log_in_with_device

from catalogue.models import RecoveryCode
from catalogue.second_factor import device_of, is_from_device, seconds_to_wait

#: So long after the password the code may be given.
PATIENCE = 600  # seconds
#: What a session remembers: between password and code who it is; and from then on that there was a code.
_WAITING, _WITH_CODE = "waiting_for_code", "signed_in_with_code"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def too_many() -> ValidationError:
    return ValidationError(
        _("There were too many tries with this name or from your network. Wait five minutes, then try again."),
        code="wait",
    )


class Tries(AxesDatabaseHandler):
    """As axes counts, but for tries of a time to come: the clock was wrong then, and would keep somebody out for days.

    Two servers may well be some minutes apart; so far ahead, a try counts.
    """

    def get_user_attempts(self, request, credentials=None):
        return [tries.filter(attempt_time__lte=_latest()) for tries in super().get_user_attempts(request, credentials)]

    def clean_expired_user_attempts(self, request=None, credentials=None):
        AccessAttempt.objects.filter(attempt_time__gt=_latest()).delete()
        return super().clean_expired_user_attempts(request, credentials)


def _latest():
    return timezone.now() + settings.AXES_COOLOFF_TIME


class LoginForm(AdminAuthenticationForm):
    """Says what to do when it is refused. security: the same for a name that there is and one that there isn't."""

    def get_invalid_login_error(self):
        if getattr(self.request, "axes_locked_out", False):
            return too_many()
        return super().get_invalid_login_error()


def wait(request, response, credentials):
    """The login page as it is, with what was typed before the session's end, under the status of who is too quick."""
    response.status_code = 429
    response.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return response


class SignIn(LoginView):
    """Django's own, but that the right password of somebody with a second factor opens nothing yet."""

    next_page = reverse_lazy("admin:index")

    def form_valid(self, form):
        user = form.get_user()
        if device_of(user) is None:
            return super().form_valid(form)
        _Waiting.begin(self.request, user, self.get_success_url(), self.request.POST.get("carried", ""))
        return HttpResponseRedirect(reverse("admin:code"))


@dataclass(frozen=True)
class _Waiting:
    """Somebody whose password was right, and where they are on their way to."""

    user: int
    #: Changes with the password.
    password: str
    at: float
    next: str
    carried: str

    @classmethod
    def begin(cls, request, user, next_address, carried) -> None:
        # security: another name for the session, as at the login itself; and nobody's else to begin with.
        request.session.flush() if request.user.is_authenticated else request.session.cycle_key()
        request.session[_WAITING] = asdict(
            cls(user.pk, user.get_session_auth_hash(), time.time(), next_address, carried)
        )

    @classmethod
    def of(cls, request) -> "tuple[_Waiting, User] | None":
        if not (kept := request.session.get(_WAITING)):
            return None
        waiting = cls(**kept)
        user = User.objects.filter(pk=waiting.user, is_active=True, is_staff=True).first()
        in_time = 0 <= time.time() - waiting.at < PATIENCE
        if user is None or not in_time or not constant_time_compare(waiting.password, user.get_session_auth_hash()):
            del request.session[_WAITING]
            return None
        return waiting, user


class CodeForm(forms.Form):
    """The code of a device, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
        help_text=gettext_lazy("The six digits that your app shows now, or one of your recovery codes."),
        error_messages={"required": gettext_lazy("Give the code.")},
    )

    def __init__(self, request, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean_code(self):
        typed = self.cleaned_data["code"]
        if seconds := seconds_to_wait(self.user):
            raise ValidationError(
                ngettext(
                    "After a wrong code the next one has to wait: try again in %(seconds)d second.",
                    "After a wrong code the next one has to wait: try again in %(seconds)d seconds.",
                    seconds,
                )
                % {"seconds": seconds}
            )
        if authenticate(self.request, username=self.user.get_username(), token=typed):
            return typed
        if getattr(self.request, "axes_locked_out", False):
            raise too_many()
        raise ValidationError(
            _(
                "That isn’t the code, or it was used before. Wait for the next one, and see that your device’s clock "
                "is right."
            )
        )


def code_page(site, request):
    """The second page of signing in. Gives back an answer, and what was carried when it lets somebody in."""
    found = _Waiting.of(request)
    if found is None:
        messages.info(request, _("Give your name and your password first; then the code is asked for."))
        return HttpResponseRedirect(reverse("admin:login")), ""
    waiting, user = found
    form = CodeForm(request, user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        log_in(request, user, backend=_BACKEND)
        del request.session[_WAITING]
        remember_device(request, device_of(user))
        if not is_from_device(form.cleaned_data["code"]):
            left = RecoveryCode.objects.filter(user=user).count()
            messages.warning(
                request,
                ngettext(
                    "You used up a recovery code; %(left)d is left. Under “Second factor” you can have new ones, and "
                    "set up another device.",
                    "You used up a recovery code; %(left)d are left. Under “Second factor” you can have new ones, and "
                    "set up another device.",
                    left,
                )
                % {"left": left},
            )
        return HttpResponseRedirect(waiting.next), waiting.carried
    context = {**site.each_context(request), "title": _("The code"), "subtitle": None, "form": form}
    return TemplateResponse(request, "admin/code.html", context), ""


def remember_device(request, device) -> None:
    """From now on this session is that of somebody who gave a code of this device."""
    log_in_with_device(request, device)
    request.session[_WITH_CODE] = True


def is_verified(request) -> bool:
    """Whether this session gave a code of the device that its owner has."""
    return getattr(request.user, "otp_device", None) is not None


def lacks_code(request) -> bool:
    """Whether this session was opened without the code that its owner has to give: before they had a device, or with
    one that was taken away."""
    if is_verified(request):
        return False
    if request.session.get(_WITH_CODE):
        return True
    user = request.user
    # Several ask in one request.
    if not hasattr(user, "has_device"):
        user.has_device = device_of(user) is not None
    return user.has_device
