"""The editors' desk: Django's admin with the site's name, a front that says what is to be done, and a way back."""

from functools import update_wrapper

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from catalogue.admin import carried, coverage, front, passwords, second_factor, signing_in
from catalogue.models import Act

ORDER = (
    "Idea Translation Submission Review Inquiry Draft Adaptation Resource Link City Organisation Contact Theme Topic "
    "Audience Page Redirect Miss Wanted Synonym Import Mail Popularity Act"
).split()


#: Where somebody may go who has to set up a second factor first.
WITHOUT_SECOND_FACTOR = ("second-factor-device", "logout", "jsi18n")


class _Choices(AutocompleteJsonView):
    """What an autocomplete field offers: each noun as its admin tells it from its namesakes."""

    def get_queryset(self):
        return super().get_queryset().select_related(*(self.model_admin.list_select_related or ()))

    def serialize_result(self, obj, to_field_name):
        label = getattr(self.model_admin, "choice_label", str)
        return super().serialize_result(obj, to_field_name) | {"text": label(obj)}


class Desk(admin.AdminSite):
    site_title = _("Good Ideas")
    site_header = _("Good Ideas")
    index_title = _("The desk")
    index_template = "admin/desk.html"
    login_form = signing_in.LoginForm
    # Every page has the way to every list in its head; a second list beside each would leave a phone no room.
    enable_nav_sidebar = False

    def admin_view(self, view, cacheable=False):
        """Django's own; but a form sent after the session's end isn't lost, and a refusal is a page of the desk."""

        def kind(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except PermissionDenied as refusal:
                context = self.each_context(request) | {"title": _("Not open to you"), "why": str(refusal)}
                return TemplateResponse(request, "admin/403.html", context, status=403)

        inner = super().admin_view(kind, cacheable)

        @never_cache
        def outer(request, *args, **kwargs):
            if request.method == "POST" and not self.has_permission(request) and self._is_a_form(request):
                return carried.login_page(self, request)
            if self._has_to_set_up(request):
                if request.method == "POST" and self._is_a_form(request):
                    carried.keep(request)
                return second_factor.lead_to_set_up(request)
            return inner(request, *args, **kwargs)

        return update_wrapper(outer, inner)

    def _is_a_form(self, request) -> bool:
        # The view is reached only past the middleware, which has looked at the token: it came from this site.
        return request.resolver_match.url_name not in carried.WITH_SECRETS and bool(request.POST)

    def has_permission(self, request):
        """Django's own; and whoever has a second factor has given it."""
        return super().has_permission(request) and not signing_in.lacks_code(request)

    def _has_to_set_up(self, request) -> bool:
        """Whether somebody may do nothing on this page before they have a second factor."""
        if not settings.REQUIRE_SECOND_FACTOR or request.resolver_match.url_name in WITHOUT_SECOND_FACTOR:
            return False
        return self.has_permission(request) and not signing_in.is_verified(request)

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """Django's own, whose way of signing in can't be replaced alone: ours may lead on to the page of the code."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            "carried": request.POST.get("carried", ""),
            "next": reverse("admin:index"),
        }
        request.current_app = self.name
        sign_in = signing_in.SignIn.as_view(
            extra_context=context, authentication_form=self.login_form, template_name="admin/login.html"
        )
        response = sign_in(request)
        if request.method == "POST" and response.status_code == 302 and self.has_permission(request):
            return carried.bring_back(request, response, context["carried"])
        return response

    @method_decorator(never_cache)
    def code(self, request):
        response, token = signing_in.code_page(self, request)
        return carried.bring_back(request, response, token) if token else response

    @method_decorator(never_cache)
    def forgotten(self, request):
        return passwords.forgotten(self, request)

    def set_password(self, request, **kwargs):
        answer = passwords.SetPassword.as_view(extra_context=self.each_context(request))(request, **kwargs)
        # security: the link is in the address until it is taken from there.
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    def get_urls(self):
        def inside(view):
            return self.admin_view(lambda request: view(self, request))

        return [
            path("login/code/", self.code, name="code"),
            path("forgotten/", self.forgotten, name="forgotten"),
            path("password/<slug:uidb64>/<slug:token>/", self.set_password, name="set-password"),
            path("second-factor/", inside(second_factor.overview), name="second-factor"),
            path("second-factor/device/", inside(second_factor.device_view), name="second-factor-device"),
            path("second-factor/codes/", inside(second_factor.codes_view), name="second-factor-codes"),
            path("coverage/", inside(coverage.coverage_view), name="coverage"),
            *super().get_urls(),
        ]

    def get_app_list(self, request, app_label=None):
        """The nouns in the order in which editors need them, not of the alphabet."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: ORDER.index(name) if (name := model["object_name"]) in ORDER else 99)
        return sorted(apps, key=lambda app: app["app_label"] != "catalogue")

    def autocomplete_view(self, request):
        return _Choices.as_view(admin_site=self)(request)

    def index(self, request, extra_context=None):
        return super().index(request, front.context(request) | (extra_context or {}))

    def get_log_entries(self, request):
        # Django's template tag for its own log; the desk shows acts.
        return Act.objects.none()


desk = Desk(name="admin")
