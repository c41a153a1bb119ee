"""The last migration of all, and it fails: after the others, and after something of its own."""
from django.db import migrations


class Migration(migrations.Migration):

    initial = True
    dependencies = [("projects", "0004_quarter_report")]
    operations = [
        migrations.RunSQL("CREATE TABLE zz_begun (id integer)"),
        migrations.RunSQL("INSERT INTO zz_missing VALUES (1)"),
    ]
