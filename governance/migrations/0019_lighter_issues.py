"""Indexes that no question uses leave the table that every report writes (docs/performance.md)."""

import django.db.models.deletion
from django.db import migrations, models

# Django makes them for a search by the beginning of a text; numbers and links are asked for whole.
DROP = """
DROP INDEX IF EXISTS governance_issue_number_f2bee333_like;
DROP INDEX IF EXISTS governance_issue_follow_digest_60312e05_like;
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0018_gravest_urgency")]

    operations = [
        migrations.AlterField(
            model_name="issue",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issues",
                to="governance.category",
            ),
        ),
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
    ]
