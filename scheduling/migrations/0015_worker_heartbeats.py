import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0014_matches"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkerHeartbeat",
            fields=[
                (
                    "name",
                    models.CharField(max_length=255, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField()),
                ("called_at", models.DateTimeField(null=True)),
            ],
        ),
        # Those that wait while this is done have been known since now at the latest.
        migrations.RunSQL(
            "UPDATE scheduling_planchange SET since = now() WHERE since IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="planchange",
            name="since",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now()
            ),
        ),
    ]
