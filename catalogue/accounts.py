"""Accounts that wait for their owner, and passwords that were forgotten: for either a letter, whose link holds once."""

import unicodedata
from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from catalogue.models import Mail

#: How long the link of an invitation holds, and that of a forgotten password. The first is Django's own limit, too.
INVITED_FOR, FORGOTTEN_FOR = timedelta(days=7), timedelta(hours=3)


class _Tokens(PasswordResetTokenGenerator):
    """Django's: signed over the password, the address and the last login, so that each of these uses a link up."""

    key_salt = "catalogue.accounts"

    def check_token(self, user, token):
        if not super().check_token(user, token):
            return False
        holds = INVITED_FOR if is_waiting(user) else FORGOTTEN_FOR
        age = self._num_seconds(self._now()) - base36_to_int(token.partition("-")[0])
        return age <= holds.total_seconds()


tokens = _Tokens()


def is_waiting(user: User) -> bool:
    """Whether somebody was invited and hasn't set a password yet."""
    return user.is_active and user.last_login is None and not user.has_usable_password()


def invite(username: str, address: str, roles: list[Group]) -> User:
    """Makes an account that opens the desk once its owner has set a password, and puts the letter into the outbox."""
    if accounts_at(address):
        raise ValidationError({"email": _("Somebody with this address has an account already.")})
    user = User(username=username, email=address, is_staff=True)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    with transaction.atomic():
        user.save()
        user.groups.set(roles)
        Mail.objects.post_to_account(user)
    return user


def invite_again(user: User) -> None:
    """Another letter, whose link holds from when it is sent; what still waits in the outbox goes."""
    with transaction.atomic():
        _still_waiting(user)
        user.mails.waiting().delete()
        Mail.objects.post_to_account(user)


def withdraw(user: User) -> None:
    """The account is gone as though it had never been, and so is every link to it."""
    with transaction.atomic():
        _still_waiting(user)
        user.delete()


def _still_waiting(user: User) -> None:
    """Refuses, and locks the row: its owner may be setting the password at this moment."""
    now = User.objects.select_for_update().filter(pk=user.pk).first()
    if now is None or not is_waiting(now):
        raise ValidationError(_("Nobody is waited for any more: the invitation was taken up, or withdrawn."))


def accounts_at(address: str) -> list[User]:
    """Whose desk a letter to this address may open: accounts in use with that very address, whatever its case."""
    found = User.objects.filter(email__iexact=address.strip(), is_active=True, is_staff=True).order_by("pk")
    # security: a database may take "ı" for "i", and then a letter would go to another mailbox than the account's.
    return [user for user in found if _folded(user.email) == _folded(address)]


def _folded(address: str) -> str:
    return unicodedata.normalize("NFKC", address.strip()).casefold()


def link_for(user: User) -> str:
    """Where whoever has this account sets a password. security: only its owner may see it, in a letter to them."""
    return reverse("admin:set-password", args=[urlsafe_base64_encode(force_bytes(user.pk)), tokens.make_token(user)])


def owner_of(code: str) -> User | None:
    """The account that a link names, if it is one that may be used."""
    try:
        pk = int(urlsafe_base64_decode(code))
    except ValueError:
        return None
    return User.objects.filter(pk=pk, is_active=True, is_staff=True).first() if pk < 2**63 else None
