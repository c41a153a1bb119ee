"""The last migration of all, and it fails: after the others, and after something of its own."""
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("zz_broken", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE projects_project ADD COLUMN zz_begun integer"),
        migrations.RunSQL("INSERT INTO zz_missing VALUES (1)"),
    ]
