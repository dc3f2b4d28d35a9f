"""Which lines of history say something new to readers: what feeds and sitemaps date an idea by."""

from django.db import migrations, models

IDEA = 1
#: As `Idea.news` had it when this was written.
NEWS = "title summary body language evidence citations city_id organisation_id partners web_address started ended status"


def find_news(apps, schema_editor):
    revisions = apps.get_model("catalogue", "Revision").objects
    news = []
    rows = revisions.filter(kind=IDEA, before__isnull=False).order_by("pk").values_list("pk", "before", "after")
    for pk, before, after in rows.iterator(500):
        after = after or {}
        if before.get("first_published") and any(before.get(name) != after.get(name) for name in NEWS.split()):
            news.append(pk)
    for start in range(0, len(news), 500):
        revisions.filter(pk__in=news[start : start + 500]).update(is_news=True)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0009_misses")]
    operations = [
        migrations.AddField(
            model_name="revision",
            name="is_news",
            field=models.BooleanField(default=False, help_text="It says something new to whoever had read it before."),
        ),
        migrations.RunPython(find_news, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(condition=models.Q(("is_news", True)), fields=["kind", "object_id"], name="revision_is_news"),
        ),
    ]
