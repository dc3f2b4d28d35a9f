"""Counts the addresses that nothing answered, for administrators to lead on."""

from django.db import migrations, models

from catalogue import roles


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_search_pairs")]
    operations = [
        migrations.CreateModel(
            name="Miss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=300, unique=True, verbose_name="path")),
                ("count", models.PositiveBigIntegerField(default=1, verbose_name="asked for")),
                ("first_day", models.DateField(verbose_name="first asked for")),
                ("last_day", models.DateField(verbose_name="last asked for")),
            ],
            options={
                "verbose_name": "address not found",
                "verbose_name_plural": "addresses not found",
                "ordering": ["-count", "-last_day", "path"],
            },
        ),
        migrations.RunPython(roles.apply, migrations.RunPython.noop, elidable=False),
    ]
