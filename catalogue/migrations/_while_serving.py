"""An index that is made while the site serves: for tables that are large by now, in a migration of its own."""

from django.db.migrations import AddIndex


class AddIndexWhileServing(AddIndex):
    """On PostgreSQL concurrently, so that nobody waits for it; its migration says `atomic = False`."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            if beside := _beside_readers(schema_editor):
                # One that was broken off is there, unusable, and in the way.
                schema_editor.remove_index(model, self.index, **beside)
            schema_editor.add_index(model, self.index, **beside)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, **_beside_readers(schema_editor))


def _beside_readers(schema_editor) -> dict:
    return {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
