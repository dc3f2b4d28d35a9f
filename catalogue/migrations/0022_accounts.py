"""Recovery codes, and letters to those who work on the desk."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0021_translations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='mail',
            name='mail_is_about_one_thing',
        ),
        migrations.AddField(
            model_name='mail',
            name='account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='mail',
            name='letter',
            field=models.CharField(choices=[('link', 'The link to go on with'), ('received', 'Received; please confirm your address'), ('in-review', 'Readers have it'), ('changes', 'The editors ask for changes'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('published', 'Readers see the idea'), ('assigned', 'To a reader: please read it'), ('reminder', 'To a reader: a reminder'), ('called-off', 'To a reader: it is no longer needed'), ('still', 'Is it still so?'), ('still-again', 'Is it still so? Asked again'), ('invited', 'Invitation to the desk'), ('forgotten', 'A forgotten password')], max_length=20, verbose_name='letter'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', True), ('inquiry__isnull', True), ('submission__isnull', False)), models.Q(('account__isnull', True), ('inquiry__isnull', False), ('submission__isnull', True)), models.Q(('account__isnull', False), ('inquiry__isnull', True), ('submission__isnull', True)), models.Q(('account__isnull', True), ('inquiry__isnull', True), ('letter', 'forgotten'), ('submission__isnull', True)), _connector='OR'), name='mail_is_about_one_thing'),
        ),
        migrations.AddField(
            model_name='recoverycode',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='recoverycode',
            constraint=models.UniqueConstraint(fields=('user', 'digest'), name='recovery_code_is_one'),
        ),
    ]
