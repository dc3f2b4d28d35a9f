from django.db import migrations, models

from benchmarks.ahead.migrations import LATEST


class Migration(migrations.Migration):
    dependencies = [("catalogue", LATEST)]
    operations = [migrations.AddField("idea", "made_for_a_drill", models.IntegerField(null=True))]
