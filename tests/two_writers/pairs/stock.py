"""The stock forms of the admin."""
from django.contrib.admin.models import LogEntry

from projects.models import (
    Fact,
    Source,
)
from tests import factories
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page


@pair("*_add")
def two_clicks_on_add(scene):
    source, text = factories.make_source(), f"第 {scene.number} 处的记述。"
    page = Page(scene.superuser(), url("projects_fact_add")).fill(topic=["记述"], text=[text], source=[source.pk])
    return page.send, page.send, lambda: {"记述": (Fact.objects.filter(text=text).count(), 1)}


@pair("*_add")
def two_people_add_one_key(scene):
    code = f"pair-{scene.number}"
    first, second = (Page(scene.superuser(), url("projects_source_add")).fill(
        code=[code], title=["同一篇报道"], publisher=["某报"], published_on=["2021-04-30"]) for _ in range(2))
    return first.send, second.send, lambda: {"来源": (Source.objects.filter(code=code).count(), 1)}


@pair("*_change")
def two_editors(scene):
    source = factories.make_source()
    first, second = (Page(scene.superuser(), url("projects_source_change", source.pk)).fill(title=[title])
                     for title in ("甲改的", "乙改的"))
    return first.send, second.send, lambda: {"版本": (Source.objects.get(pk=source.pk).version, 2)}


@pair("*_delete")
def two_clicks_on_delete(scene):
    fact = factories.make_fact()
    page = Page(scene.superuser(), url("projects_fact_delete", fact.pk))
    logged = LogEntry.objects.filter(object_id=fact.pk, action_flag=3, content_type__model="fact")
    return page.send, page.send, lambda: {"删除": (logged.count(), 1)}


@pair("*_restore")
def two_restore(scene):
    source = factories.make_source(title="第一版")
    source.title = "第二版"
    source.save()
    version = source.history.earliest("history_date")
    first, second = (Page(scene.superuser(), url("projects_source_restore", source.pk, version.history_id)).fill(
        reason=["写错了。"]) for _ in range(2))
    return first.send, second.send, lambda: {"标题": (Source.objects.get(pk=source.pk).title, "第一版"),
                                             "版本": (Source.objects.get(pk=source.pk).version, source.version + 1)}


@pair("*_changelist")
def two_clicks_on_delete_selected(scene):
    fact = factories.make_fact()
    page = Page(scene.superuser(), url("projects_fact_changelist")).only(
        action="delete_selected", _selected_action=fact.pk, post="yes")
    return page.send, page.send, lambda: {"记述": (Fact.objects.filter(pk=fact.pk).count(), 0)}
