"""What a search looks through, and that of the rows that are there: as a save of today would keep it."""
from django.db import migrations, models
from django.db.models import Exists, OuterRef

from guicheng.search.filling import fill
from guicheng.search.folding import fold
from guicheng.search.text import search_text


def fill_all(apps, schema_editor):
    get = apps.get_model
    fill(get("projects", "Source").objects.all(),
         search_text=lambda row: search_text(row.title, row.subtitle, row.publisher))
    fill(get("projects", "ProjectList").objects.all(),
         search_text=lambda row: search_text(row.title, row.get_kind_display(), row.issuer, row.note))
    fill(get("projects", "Fact").objects.all(), search_text=lambda row: search_text(row.topic, row.text))
    fill(get("projects", "PolicyDocument").objects.all(),
         search_text=lambda row: search_text(row.title, row.field, row.office))
    projects = get("projects", "Project").objects.select_related("community", "lead_department")
    updates = get("projects", "ProgressUpdate").objects
    fill(projects.prefetch_related("aliases"), search_text=of_project, said_text=lambda row: said(updates, row))


def of_project(row):
    return search_text(
        row.name, *(alias.name for alias in row.aliases.all()), row.description, row.place,
        f"{row.community.name}社区" if row.community else "", row.lead_department.name if row.lead_department else "")


def said(updates, row):
    """The words in force, newest first."""
    amended = updates.filter(recorded_at__isnull=False, amends=OuterRef("pk"))
    rows = updates.filter(~Exists(amended), project=row, recorded_at__isnull=False).exclude(kind="withdrawal")
    texts = rows.order_by("-effective_on", "-seq").values_list("text", flat=True)
    return "\n".join(fold(text) for text in texts if text)


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_covered_closes"), ("communities", "0005_land")]

    operations = [
        migrations.AddField('fact', 'search_text', models.TextField(default='', editable=False)),
        migrations.AddField('policydocument', 'search_text', models.TextField(default='', editable=False)),
        migrations.AddField('project', 'said_text', models.TextField(default='', editable=False)),
        migrations.AddField('projectlist', 'search_text', models.TextField(default='', editable=False)),
        migrations.AddField('source', 'search_text', models.TextField(default='', editable=False)),
        migrations.RunPython(fill_all, migrations.RunPython.noop),
    ]
