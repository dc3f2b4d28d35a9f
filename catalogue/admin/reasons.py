"""What editors write most when they send something back or decline it: put into the form by a button, then edited."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Ready:
    """A text that is ready: what its button says, and what it puts into the form.

    They are here and not in a table, since they are sent: in the language in which their reader proposed something,
    from the same translations as the letter round them. An editor changes every one of them before it goes.
    """

    label: str | Promise
    text: str | Promise


CHANGES = {
    "results": Ready(
        _("Results"),
        _("Please say what came of it and how that is known: a figure, an observation, somebody outside who saw it."),
    ),
    "how": Ready(
        _("How it is done"),
        _("Please say how it is done, step by step, so that somebody in another city could begin."),
    ),
    "source": Ready(
        _("A source"),
        _("Please name a report, a news story or a page on the web where others can check this."),
    ),
    "words": Ready(
        _("Own words"),
        _("Part of the text is taken from elsewhere. Please say it in your own words."),
    ),
}

DECLINED = {
    "scope": Ready(
        _("Out of scope"),
        _(
            "The catalogue collects what cities, and people in them, do so that newcomers can find their feet. What "
            "you describe is a good thing, but another one."
        ),
    ),
    "known": Ready(
        _("Known already"),
        _("The catalogue tells of this already. If something on that page is out of date, tell us there."),
    ),
    "plan": Ready(
        _("Still a plan"),
        _("This is still a plan. Propose it again when it has run for some time and you can say what came of it."),
    ),
    "unshown": Ready(
        _("Not shown"),
        _(
            "Our readers didn’t find enough to show that it is practical, innovative, successful and transferable. "
            "Propose it again when there is more to show."
        ),
    ),
}
