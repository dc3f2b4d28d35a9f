from django.db import migrations, models

from catalogue.migrations._while_serving import AddIndexWhileServing


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalogue", "9998_a_column")]
    operations = [
        AddIndexWhileServing("idea", models.Index(fields=["made_for_a_drill", "title"], name="made_for_a_drill")),
    ]
