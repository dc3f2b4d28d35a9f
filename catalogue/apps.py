"""Starts the catalogue: puts the guard of the one door round every connection."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "catalogue"
    verbose_name = _("Catalogue")

    def ready(self):
        from catalogue.models.guard import guard

        def put_guard(connection, **kwargs):
            if guard not in connection.execute_wrappers:
                connection.execute_wrappers.append(guard)

        # Django's own hook for "every connection, in every thread"; there is no setting for execute wrappers.
        connection_created.connect(put_guard, weak=False, dispatch_uid="catalogue.guard")
