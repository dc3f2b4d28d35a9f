"""A picture on the desk: judged and kept the moment it is sent, so that the form holds a number in its place.

Conflicts, drafts, history and a form that comes back with a fault know nothing of files: they carry that number as
they carry a city's.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from catalogue import failing
from catalogue.admin.forms import is_number
from catalogue.models import Picture


class PictureInput(forms.Widget):
    """The picture that an idea has, a file to take its place, and a box that takes it away."""

    needs_multipart_form = True

    def render(self, name, value, attrs=None, renderer=None):
        kept = Picture.objects.filter(pk=value).first() if is_number(str(value or "")) else None
        return render_to_string("admin/catalogue/_picture.html", {"name": name, "picture": kept, "attrs": attrs or {}})

    def value_from_datadict(self, data, files, name):
        return "" if f"{name}_off" in data else data.get(name, "")


def take_in(sending) -> None:
    """Puts the number of the picture that was sent into the form; one that can't be taken is refused at its field."""
    file = sending.request.FILES.get("picture_file")
    post = sending.post.copy()
    if post.pop("picture_off", None):
        post["picture"] = ""
    try:
        if file:
            post["picture"] = str(Picture.take_in(file).pk)
    except ValidationError as fault:
        sending.refusals += [("picture", sentence) for sentence in fault.messages]
    except Exception as fault:
        if not failing.is_away(fault):
            raise
        sending.request.not_stored = True
        sentence = _("Too many are saving at this moment. Nothing else is lost: choose the picture again, and save.")
        sending.refusals.append(("picture", sentence))
    sending.request.POST = post
