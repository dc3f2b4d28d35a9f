"""Django's `loaddata` as one act: what it loads reaches readers, and history says where it came from."""

from django.core.management.commands import loaddata

from catalogue.models import Edition
from catalogue.seeding import keep_numbers_free


class Command(loaddata.Command):
    def save_obj(self, obj):
        # Fixtures go round `save`, which would have set what follows from other fields.
        if hasattr(obj.object, "derive"):
            obj.object.derive()
        return super().save_obj(obj)

    def loaddata(self, fixture_labels):
        with Edition.act(why=f"loaddata {' '.join(fixture_labels)}") as act:
            super().loaddata(fixture_labels)
            if self.loaded_object_count:
                act.touch_everything()
                # Django has just set the numbers of new ideas back to the highest that it loaded.
                keep_numbers_free()
