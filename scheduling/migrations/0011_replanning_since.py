import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0010_calendar_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="planchange",
            name="since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="planchange",
            name="therapist_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="replanning",
            name="since",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now()
            ),
        ),
    ]
