"""The editors' desk: Django's admin, a file for each noun."""

from catalogue.admin import (  # noqa: F401 - each registers its nouns
    account,
    act,
    adaptation,
    idea,
    mail,
    miss,
    organisation,
    page,
    place,
    redirect,
    resource,
    submission,
    synonym,
    viewing,
    vocabulary,
)
