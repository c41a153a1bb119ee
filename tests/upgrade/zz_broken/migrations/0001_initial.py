"""Rows that point at others, changed before their table is: `0002` alters it in the same transaction."""
from django.db import migrations


class Migration(migrations.Migration):

    initial = True
    dependencies = [("projects", "0004_quarter_report")]
    operations = [
        migrations.RunSQL(
            "UPDATE projects_project SET community_id = (SELECT min(id) FROM communities_community) WHERE code = 'road'"),
    ]
