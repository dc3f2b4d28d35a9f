"""What makes a Good Idea: the four criteria, with the question that each asks, in every language we have."""

import json
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _


class Criterion(models.TextChoices):
    """One of the four; the values are those of the public filter, the order that of every page."""

    PRACTICAL = "practical", _("Practical")
    INNOVATIVE = "innovative", _("Innovative")
    SUCCESSFUL = "successful", _("Successful")
    TRANSFERABLE = "transferable", _("Transferable")


@cache
def criterion_texts() -> dict[str, dict[str, dict[str, str]]]:
    """For each criterion `name`, `question` and `explanation`, each as `{language: text}`."""
    rows = json.loads((Path(__file__).parent / "criteria.json").read_text(encoding="utf-8"))
    return {row["slug"]: {key: row[key] for key in ("name", "question", "explanation")} for row in rows}
