"""What a search looks through, and that of the communities that are there."""
from django.db import migrations, models

from guicheng.search.filling import fill
from guicheng.search.text import search_text


def fill_all(apps, schema_editor):
    fill(apps.get_model("communities", "Community").objects.all(), search_text=of_community)


def of_community(row):
    inside = (name for unit in row.units.order_by("pk") for name in (unit.name, unit.aliases))
    return search_text(f"{row.name}社区", row.full_name, row.address, *inside)


class Migration(migrations.Migration):
    dependencies = [("communities", "0005_land")]

    operations = [
        migrations.AddField('community', 'search_text', models.TextField(default='', editable=False)),
        migrations.RunPython(fill_all, migrations.RunPython.noop),
    ]
