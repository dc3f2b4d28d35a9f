"""The guard of the one door: refuses every statement that would write a public table outside an act."""

import re
from contextlib import contextmanager
from contextvars import ContextVar

from catalogue.models.edition import OpenAct
from catalogue.models.noun import CatalogueModel, OutsideAct

_unguarded: ContextVar[bool] = ContextVar("unguarded", default=False)


def guard(execute, sql, params, many, context):
    """Refuses a statement that writes a public table outside an act, whichever way it came.

    Saving and deleting refuse by themselves; this stands behind `update()`, bulk writes, many-to-many changes and
    SQL typed by hand. It is wrapped round every connection.
    """
    if OpenAct.now() is None and not _unguarded.get() and (match := _WRITES.match(sql)):
        if match["table"] in public_tables():
            raise OutsideAct(match["table"])
    return execute(sql, params, many, context)


_WRITES = re.compile(
    r'\s*(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"?(?P<table>\w+)', re.IGNORECASE
)
_tables: frozenset[str] = frozenset()


def public_tables() -> frozenset[str]:
    """The tables of every public noun, with those that join two of them."""
    global _tables
    if not _tables:
        from django.apps import apps

        nouns = [model for model in apps.get_app_config("catalogue").get_models() if issubclass(model, CatalogueModel)]
        joins = [field.remote_field.through for model in nouns for field in model._meta.local_many_to_many]
        _tables = frozenset(model._meta.db_table for model in [*nouns, *joins])
    return _tables


@contextmanager
def unguarded():
    """Goes round the door. For what isn't an act: emptying a database whole, or a migration that moves values."""
    token = _unguarded.set(True)
    try:
        yield
    finally:
        _unguarded.reset(token)
