"""What the editors' desk keeps: drafts beside live pages, and the keys of forms."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_roles"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AlterModelOptions(
            name="act",
            options={"ordering": ["-id"], "verbose_name_plural": "history"},
        ),
        migrations.AddField(
            model_name="act",
            name="key",
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="act",
            name="digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.PositiveSmallIntegerField(choices=[(0, "everything"), (1, "idea"), (2, "city"), (3, "organisation"), (4, "theme"), (5, "topic"), (6, "audience"), (7, "resource"), (8, "adaptation"), (9, "redirect"), (10, "page")])),
                ("object_id", models.PositiveBigIntegerField()),
                ("label", models.CharField(max_length=300)),
                ("fields", models.JSONField(help_text="What the form held, as it was sent.")),
                ("version", models.TextField(blank=True, help_text="The version of the live page that the change began from.")),
                ("why", models.CharField(blank=True, max_length=300)),
                ("by_name", models.CharField(blank=True, max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("number", models.PositiveIntegerField(default=1)),
                ("key", models.UUIDField(editable=False, help_text="Of the form that made it.", null=True, unique=True)),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "draft beside a live page",
                "verbose_name_plural": "drafts beside live pages",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["kind", "object_id"], name="draft_by_object")],
            },
        ),
    ]
