"""The form of a translation, with each claim of the original beside the field in which it is translated."""

import hashlib
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.admin.forms import DeskForm, LinesField
from catalogue.models import Evidence


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the original, what is written of it in the other language, and the field in which that is written."""

    evidence: Evidence
    told: str
    field: forms.BoundField | None


class TranslationForm(DeskForm):
    """The texts, and a field for each claim of the original; an empty one leaves that claim as it was told."""

    claims_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    #: The claims of the original, and whether they can be written. The admin sets both.
    evidence: tuple[Evidence, ...] = ()
    writes_claims = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # What the state of an earlier moment says of them comes as a value; else they are as they are now.
        rows = self.initial.pop("claims", None)
        if rows is None:
            rows = self.instance.claims.values("evidence_id", "text") if self.instance.pk else ()
        self.told = {row["evidence_id"]: row["text"] for row in rows}
        self.fields["claims_seen"].initial = " ".join(self._seen())
        for number, evidence in enumerate(self.evidence if self.writes_claims else (), 1):
            name, there = self.name_of(evidence), evidence.pk in self.told
            described = f"original_{name}" if there else f"original_{name} id_{name}_helptext"
            attributes = {"rows": 3, "class": "vLargeTextField", "aria-describedby": described}
            self.initial[name] = self.told.get(evidence.pk, "")
            self.fields[name] = LinesField(
                label=f"{number}. {evidence.get_criterion_display()}",
                required=False,
                widget=forms.Textarea(attrs=attributes),
                help_text="" if there else _("Not translated: readers see the original."),
            )

    @staticmethod
    def name_of(evidence: Evidence) -> str:
        return f"claim_{evidence.pk}"

    def _seen(self) -> dict[str, Evidence]:
        """The claims by what names each with its words: what somebody translates who has this form before them."""
        return {f"{row.pk}:{hashlib.sha256(row.claim.encode()).hexdigest()[:16]}": row for row in self.evidence}

    @property
    def claims(self) -> list[Claim]:
        return [
            Claim(row, self.told.get(row.pk, ""), self[name] if (name := self.name_of(row)) in self.fields else None)
            for row in self.evidence
        ]

    def clean(self):
        cleaned = super().clean()
        for name, text in self.data.items() if self.writes_claims else ():
            if name.startswith("claim_") and name not in self.fields and text.strip():
                gone = _("The claim that you translated as “%(text)s” was taken away. Save again without it.")
                self.add_error(None, gone % {"text": text.strip()})
        self._look_again(cleaned)
        return cleaned

    def _look_again(self, cleaned: dict) -> None:
        """Refuses the translation of a claim that was another when this form was opened, and shows it as it is."""
        now, seen = self._seen(), cleaned.get("claims_seen", "").split()
        for word in now.keys() - set(seen) if seen else ():
            row = now[word]
            if row.pk not in self.told and cleaned.get(self.name_of(row)):
                changed = _("The original of this has changed while you were writing. Compare, and save again.")
                self.add_error(self.name_of(row), changed)
        # Saved once more, it rests on what is shown now.
        self.data = self.data.copy()
        self.data["claims_seen"] = " ".join(now)

    def tell_claims(self) -> bool:
        """Writes the claims that were changed into the translation; whether there were any."""
        changed = [row for row in self.evidence if self.name_of(row) in self.changed_data]
        for row in changed:
            self.instance.tell(row, self.cleaned_data[self.name_of(row)])
        return bool(changed)
