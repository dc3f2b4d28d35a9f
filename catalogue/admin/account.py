"""Accounts and groups on the desk, for administrators: invited by mail, helped when a device is lost, looked after."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from catalogue import accounts, second_factor
from catalogue.admin.desk import desk
from catalogue.admin.verbs import PlainForm, Verb, VerbForm, VerbViews
from catalogue.mail import can_send


class InviteForm(forms.ModelForm):
    """Whom, under which name, and what they may do."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    groups = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        label=gettext_lazy("Role"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one role.")},
    )

    class Meta:
        model = User
        fields = ["email", "username", "groups"]
        labels = {"username": gettext_lazy("Name to log in with")}
        help_texts = {"username": gettext_lazy("Letters, digits and @ . + - _ without blanks, such as mira.schmidt.")}


def _take_away(user, told, by):
    if not second_factor.take_away(user):
        raise ValidationError(_("There is no second factor to take away any more."))


VERBS = (
    Verb(
        "invite-again",
        gettext_lazy("Send the invitation again"),
        gettext_lazy("Another letter goes to the address of the account, with a link that holds for seven days."),
        PlainForm,
        lambda user, told, by: accounts.invite_again(user),
        applies=lambda user: bool(user.email) and accounts.is_waiting(user),
        done=gettext_lazy("Another invitation for “{noun}” is in the outbox."),
        reason=False,
    ),
    Verb(
        "withdraw-invitation",
        gettext_lazy("Withdraw the invitation"),
        gettext_lazy("The account is deleted, and the link in the letter opens nothing any more."),
        PlainForm,
        lambda user, told, by: accounts.withdraw(user),
        applies=accounts.is_waiting,
        done=gettext_lazy("The invitation of “{noun}” is withdrawn."),
        reason=False,
        then="changelist",
    ),
    Verb(
        "take-second-factor-away",
        gettext_lazy("Take the second factor away"),
        gettext_lazy(
            "For somebody whose device and recovery codes are lost. Be sure that it is they who ask: speak to them. "
            "Until they set up another, the password alone lets in whoever knows it; their open sessions end now."
        ),
        VerbForm,
        _take_away,
        applies=lambda user: second_factor.device_of(user) is not None,
        done=gettext_lazy("“{noun}” has no second factor any more."),
    ),
)


class AccountAdmin(VerbViews, UserAdmin):
    """Accounts. security: nobody makes a superuser, or takes over one's account, but a superuser."""

    verbs = VERBS
    list_display = ["username", "email", "first_name", "last_name", "is_staff", "second_factor", "state"]

    def get_queryset(self, request):
        device = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(has_device=Exists(device))

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def second_factor(self, user):
        return user.has_device

    @admin.display(description=gettext_lazy("state"))
    def state(self, user):
        if accounts.is_waiting(user):
            return _("Invited")
        return _("In use") if user.is_active else _("Closed")

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser", "user_permissions")

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or request.user.is_superuser or not obj.is_superuser)

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or request.user.is_superuser or not obj.is_superuser)

    def get_deleted_objects(self, objs, request):
        deleted, count, _needed, protected = super().get_deleted_objects(objs, request)
        # An invitation and codes go with the account; they have no permissions of their own to ask for.
        return deleted, count, set(), protected

    # Verbs: what is done to an account is no part of the catalogue's history, so its own log has it.

    def needs_reason(self, noun) -> bool:
        return True

    def own_urls(self, wrap, name) -> list:
        return [path("invite/", wrap(self.invite_view), name=f"{name}_invite")]

    def do(self, verb, noun, form, request) -> bool:
        """Does it, and notes who did: an account may be gone afterwards, so first. Either both happen or neither."""
        if verb.then == "changelist":
            self.log_deletions(request, [noun])
        else:
            why = form.cleaned_data["why"]
            self.log_change(request, noun, f"{verb.label}: {why}" if why else str(verb.label))
        return super().do(verb, noun, form, request)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        works = obj is not None and self.has_change_permission(request, obj)
        context |= {"verbs": self.verbs_for(request, obj) if works else []}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def invite_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InviteForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            told = form.cleaned_data
            try:
                user = accounts.invite(told["username"], told["email"], told["groups"])
            except ValidationError as fault:
                form.add_error(None, fault)
            else:
                self.log_addition(request, user, "Invited")
                self.message_user(request, _invited(user), messages.SUCCESS)
                return HttpResponseRedirect(self.address_of("change", user.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invite somebody"),
            "opts": self.opts,
            "form": form,
            "can_send": can_send(),
            "days": accounts.INVITED_FOR.days,
        }
        return TemplateResponse(request, "admin/invite.html", context)


def _invited(user) -> str:
    if can_send():
        return _("“%(name)s” is invited: the letter leaves within a minute or two.") % {"name": user}
    return _("“%(name)s” is invited, but no mail server is named: the letter waits in the outbox.") % {"name": user}


desk.register(User, AccountAdmin)
desk.register(Group, GroupAdmin)
