"""Signing in to the desk: slowed after ten failures in five minutes, by name and by network, whoever the name is.

django-axes counts in the database, so that all servers count together; while it is away nobody gets in (503). Further
tries while one waits don't prolong it: whoever guesses at a name locks nobody out for good.
"""

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


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
