"""The second factor of those who work on the desk: a code of their device, or a recovery code, each good once."""

import re
import time
from base64 import b32encode
from math import ceil

import segno
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import now
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from catalogue.models import RecoveryCode

#: After so many wrong codes the wait no longer doubles: it is four minutes. So nobody is locked out for good, and
#: whoever has the password has some 340 tries a day, each of them three in a million.
MOST_COUNTED = 9
_CODE = re.compile(r"\d{6}")


def device_of(user) -> TOTPDevice | None:
    """The device that somebody signs in with; one who has none signs in by the password alone."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def in_groups(device: TOTPDevice) -> str:
    """Its key as people type it into an app: base 32, four by four."""
    letters = b32encode(device.bin_key).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def drawn(device: TOTPDevice) -> SafeString:
    """Its key as a QR code for the app's camera: dark on light by day and by night, as cameras want it.

    security: drawn here, by attributes alone. No other site hears of the key, and the page needs no inline style.
    """
    code = segno.make(device.config_url, error="m", micro=False)
    # It holds nothing that anybody typed but as black and white squares.
    return mark_safe(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))


def set_up(user, device: TOTPDevice, typed: str) -> list[str] | None:
    """Makes it this person's only device if it makes this code, and gives their recovery codes; else None."""
    totp = TOTP(device.bin_key)
    totp.time = time.time()
    if not is_from_device(typed) or not totp.verify(int(_without_blanks(typed)), device.tolerance):
        return None
    # This code is used up, and what the device's clock is wrong by is known.
    device.last_t, device.drift, device.confirmed = totp.t(), totp.drift, True
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        device.save()
        return RecoveryCode.objects.renew(user)


def take_away(user) -> bool:
    """Takes away somebody's device and codes: they sign in by the password alone, and no session of theirs goes on."""
    with transaction.atomic():
        deleted, _models = TOTPDevice.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
    return deleted > 0


def is_from_device(typed: str) -> bool:
    """Whether it looks like what a device makes, and not like a recovery code."""
    return bool(_CODE.fullmatch(_without_blanks(typed)))


def seconds_to_wait(user) -> int:
    """How long until the next code of this person's device is looked at; 0 for at once."""
    device = device_of(user)
    if device is None:
        return 0
    _hold_the_wait(device)
    allowed, why = device.verify_is_allowed()
    return 0 if allowed else max(1, ceil((why["locked_until"] - now()).total_seconds()))


class Backend:
    """Takes a code for what it is among Django's ways to sign in, so that wrong ones count like wrong passwords."""

    def authenticate(self, request, *, username, token):
        user = get_user_model().objects.filter(username=username, is_active=True).first()
        return user if user is not None and _is_right(user, token) else None


def _is_right(user, typed: str) -> bool:
    if not is_from_device(typed):
        return device_of(user) is not None and RecoveryCode.objects.use(user, typed)
    with transaction.atomic():
        # Locked: of two who send one code at the same time, one is too late.
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return False
        _hold_the_wait(device)
        return device.verify_token(_without_blanks(typed))


def _hold_the_wait(device: TOTPDevice) -> None:
    device.throttling_failure_count = min(device.throttling_failure_count, MOST_COUNTED)


def _without_blanks(typed: str) -> str:
    return "".join(typed.split())
