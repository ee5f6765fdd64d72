import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0004_opt_outs"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactchange",
            name="since",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now()
            ),
        ),
    ]
