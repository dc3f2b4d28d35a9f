"""A text that was sent when its editor was no longer logged in: kept over the login, and shown again unsaved.

security: only what came from this site's own pages is kept (the middleware checked the token, or the Origin header
named this site), it is signed on its way through the login page, and it is never saved by itself: its editor sees it
in the form, with a sentence, and has to press Save on a page with a fresh token.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core import signing
from django.http import HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from catalogue.admin.forms import is_number
from catalogue.models import Draft

_SALT = "catalogue.carried"
_SESSION = "carried"
#: Pages with secrets and no text. security: nothing of what is sent there is kept, or goes through the login page.
WITH_SECRETS = (
    *("login", "logout", "code", "forgotten", "set-password", "second-factor-device", "second-factor-codes"),
    *("password_change", "auth_user_password_change", "auth_user_add"),
)
#: Longer than any form of the desk; a browser sends no more without somebody meaning mischief.
MOST = 1_000_000  # characters
#: How long a login page may lie open before what it carries is worthless.
HOLDS = 24 * 3600  # seconds


@dataclass(frozen=True)
class Kept:
    """A form's fields from another moment, and the sentence that says from which."""

    post: QueryDict
    note: str
    draft: Draft | None = None


def kept_for(admin, request, noun) -> Kept | None:
    """What the form of this address is to be filled in with, if not with what the database has."""
    if noun is not None and not admin.has_change_permission(request, noun):
        return None
    if noun is not None and is_number(number := request.GET.get("draft", "")) and admin.keeps_drafts:
        if draft := Draft.objects.beside(noun).filter(pk=number).first():
            return Kept(admin.post_of(draft), _("This is the draft beside the live page. Readers don’t see it."), draft)
    carried = request.session.get(_SESSION)
    if not carried or carried["path"] != request.path:
        return None
    if "discard" in request.GET:
        forget(request)
        return None
    post = QueryDict(mutable=True)
    for name, values in carried["fields"]:
        post.setlist(name, values)
    return Kept(post, _("You weren’t logged in when you sent this. Your text is below; it is not saved yet."))


def keep(request) -> None:
    """Keeps what was sent until its form is opened again."""
    fields = [(name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]
    request.session[_SESSION] = {"path": request.path, "fields": fields}


def forget(request) -> None:
    request.session.pop(_SESSION, None)


def token_for(request) -> str:
    """What was sent, signed; empty when it is too much."""
    fields = [(name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]
    if sum(len(value) for _name, values in fields for value in values) > MOST:
        return ""
    return signing.dumps({"path": request.path, "fields": fields}, salt=_SALT, compress=True)


def login_page(site, request, token=""):
    """The login page in answer to a form: it carries what was sent, or what a login page before it carried."""
    next_address = request.POST.get("next", "") if token else request.get_full_path()
    token = token or token_for(request)
    context = {
        **site.each_context(request),
        "title": _("Log in"),
        "subtitle": None,
        "form": AdminAuthenticationForm(request),
        "app_path": reverse("admin:login"),
        "next": next_address,
        "carried": token,
        "too_long": not token,
        "username": request.user.get_username(),
    }
    return TemplateResponse(request, "admin/login.html", context)


def bring_back(request, response, token: str):
    """After a login that carried a text: leads to the form, which will show it."""
    try:
        carried = signing.loads(token, salt=_SALT, max_age=HOLDS)
    except signing.BadSignature:
        return response
    request.session[_SESSION] = carried
    return HttpResponseRedirect(carried["path"])


def token_refused(request, reason=""):
    """A form whose token is no longer good, because its editor logged in again meanwhile: the text comes back."""
    if request.method != "POST" or not request.path.startswith(reverse("admin:index")) or not _is_own(request):
        return csrf_failure(request, reason)
    from catalogue.admin.desk import desk

    if request.path == reverse("admin:login"):
        return _login_refused(desk, request, reason)
    if request.resolver_match.url_name in WITH_SECRETS:
        return csrf_failure(request, reason)
    if not desk.has_permission(request):
        return login_page(desk, request)
    keep(request)
    return HttpResponseRedirect(request.path)


def _login_refused(site, request, reason):
    """The same for a login page that carries a text, and whose editor logged in elsewhere meanwhile."""
    if not request.POST.get("carried"):
        return csrf_failure(request, reason)
    if site.has_permission(request):
        return bring_back(request, HttpResponseRedirect(reverse("admin:index")), request.POST["carried"])
    return login_page(site, request, request.POST["carried"])


def _is_own(request) -> bool:
    # security: a browser sets Origin on every POST and no page can forge it; without one nothing is carried.
    origin = request.headers.get("Origin", "")
    own = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return origin in own and bool(urlsplit(origin).hostname)
