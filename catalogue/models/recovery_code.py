"""Recovery codes: whoever has lost the device that makes their codes gets in by one of these, each good once."""

import hashlib
import secrets

from django.conf import settings
from django.db import models, transaction

NUMBER = 10
#: Letters and digits that nobody takes for one another, thirty-two of them: sixteen are eighty bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz234567890"
_LENGTH, _GROUP = 16, 4


class RecoveryCodeQuerySet(models.QuerySet):
    def renew(self, user) -> list[str]:
        """Ten new codes in the place of all earlier ones. They are told now and never again."""
        codes = [_new() for _ in range(NUMBER)]
        with transaction.atomic():
            self.filter(user=user).delete()
            self.bulk_create(self.model(user=user, digest=_digest(user, code)) for code in codes)
        return codes

    def use(self, user, typed: str) -> bool:
        """Whether it is one of this person's codes; from now on it no longer is."""
        deleted, _models = self.filter(user=user, digest=_digest(user, typed)).delete()
        return deleted == 1


class RecoveryCode(models.Model):
    """What is kept of a code: enough to know it again, and not enough to say it.

    security: a digest without a slow hash is safe here, and costs nothing: nobody thought the codes up. Eighty random
    bits can't be tried through, whatever a try costs.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="recovery_code_is_one", fields=["user", "digest"])]

    def __str__(self):
        return f"{self.user}: {self.digest[:6]}"


def _new() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def _digest(user, code: str) -> str:
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"{user.pk} {letters}".encode()).hexdigest()
