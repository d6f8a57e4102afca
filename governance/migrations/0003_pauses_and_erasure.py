"""A pause is asked by one person and agreed by another; retention marks the cases whose texts it cleaned."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0002_contact_empty"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="clockpause",
            name="pause_has_end",
        ),
        migrations.AddField(
            model_name="clockpause",
            name="asked_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="clockpause",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clockpause",
            name="is_over",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="clockpause",
            name="note",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="issue",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="clockpause",
            name="approved_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="clockpause",
            name="starts_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="clockpause",
            index=models.Index(condition=models.Q(("is_over", False)), fields=["ends_at", "id"], name="pause_ending"),
        ),
        migrations.AddConstraint(
            model_name="clockpause",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gte", models.F("starts_at"))), name="pause_has_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="clockpause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_over", False)), fields=("clock",), name="pause_one_at_a_time"
            ),
        ),
    ]
