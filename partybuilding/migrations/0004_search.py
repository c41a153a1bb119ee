"""What a search looks through, and that of the organisations and places that are there."""
from django.db import migrations, models

from guicheng.search.filling import fill
from guicheng.search.text import search_text


def fill_all(apps, schema_editor):
    rows = apps.get_model("partybuilding", "PartyOrganisation").objects.select_related("community")
    fill(rows, search_text=lambda row: search_text(
        row.name, row.get_kind_display(), row.task, row.place, place(row.community)))
    rows = apps.get_model("partybuilding", "Venue").objects.select_related("community")
    fill(rows, search_text=lambda row: search_text(
        row.name, row.get_kind_display(), row.address, row.services, place(row.community)))


def place(community):
    return f"{community.name}社区" if community else ""


class Migration(migrations.Migration):
    dependencies = [("partybuilding", "0003_back_office")]

    operations = [
        migrations.AddField('partyorganisation', 'search_text', models.TextField(default='', editable=False)),
        migrations.AddField('venue', 'search_text', models.TextField(default='', editable=False)),
        migrations.RunPython(fill_all, migrations.RunPython.noop),
    ]
