"""Markdown as readers will see it, beside the field in which it is written."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from catalogue.markdown import to_html


def rendered(text: str):
    """What is saved, as readers see it."""
    if not text.strip():
        return _("Nothing is written yet.")
    return format_html('<div class="rendered">{}</div>', to_html(text))
