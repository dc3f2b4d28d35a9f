"""Signing in to the desk: slowed after ten failures in five minutes, by name and by network, whoever the name is.

django-axes counts in the database, so that all servers count together; while it is away nobody gets in (503). Further
tries while one waits don't prolong it: whoever guesses at a name locks nobody out for good.
"""

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
            return ValidationError(
                _("There were too many tries with this name or from your network. Wait five minutes, then try again."),
                code="wait",
            )
        return super().get_invalid_login_error()


def wait(request, response, credentials):
    """The login page as it is, with what was typed before the session's end, under the status of who is too quick."""
    response.status_code = 429
    response.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return response
