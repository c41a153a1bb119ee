from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0020_list_orders_indexes"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="progressupdate", name="update_waiting"),
        migrations.AddIndex(
            model_name="progressupdate",
            index=models.Index(models.F("state"), models.F("author"), condition=models.Q(("recorded_at__isnull", True)),
                               name="update_open"),
        ),
    ]
