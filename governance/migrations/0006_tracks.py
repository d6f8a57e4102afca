from django.db import migrations, models


class Migration(migrations.Migration):
    """Limits and rungs hold for more than urgencies of issues: their column gets the wider name."""

    dependencies = [
        ("governance", "0005_contact_codes"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="ladderrung",
            options={
                "ordering": ["track", "step", "number"],
                "verbose_name": "rung of the ladder",
                "verbose_name_plural": "rungs of the ladder",
            },
        ),
        migrations.RemoveConstraint(model_name="ladderrung", name="rung_once"),
        migrations.RemoveConstraint(model_name="timelimit", name="limit_once_per_version"),
        migrations.RenameField(model_name="ladderrung", old_name="urgency", new_name="track"),
        migrations.RenameField(model_name="timelimit", old_name="urgency", new_name="track"),
        migrations.AlterField(model_name="ladderrung", name="track", field=models.CharField(blank=True, max_length=12)),
        migrations.AlterField(model_name="timelimit", name="track", field=models.CharField(max_length=12)),
        migrations.AddConstraint(
            model_name="ladderrung",
            constraint=models.UniqueConstraint(fields=("track", "step", "number"), name="rung_once"),
        ),
        migrations.AddConstraint(
            model_name="timelimit",
            constraint=models.UniqueConstraint(fields=("version", "track", "step"), name="limit_once_per_version"),
        ),
    ]
