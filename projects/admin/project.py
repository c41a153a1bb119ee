from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from guicheng import words
from guicheng.admin import LabelledInline, ScopedAdmin
from guicheng.permissions import can_record_progress
from projects.admin.imports import import_links
from projects.models import Milestone, Project, ProjectAlias, Promise
from projects.models.project import NEVER
from projects.templatetags.projects import status_tag


class AliasInline(LabelledInline):
    model = ProjectAlias
    fields = ["name", "source"]


class PromiseInline(LabelledInline):
    model = Promise
    fields = ["text", "promised_on", "due_on", "source"]
    can_delete = False


class MilestoneInline(LabelledInline):
    model = Milestone
    fields = ["name", "planned_on", "actual_on", "note", "source"]


@admin.register(Project)
class ProjectAdmin(ScopedAdmin):
    list_display = ["name", "record_link", "status_shown", "moved", "project_list", "community", "lead_department"]
    list_filter = ["status", "project_list", "is_published"]
    search_fields = ["search_text"]
    search_help_text = "名称、别名、社区、单位，两个字就能找；也可以用拼音或首字母。"
    list_select_related = ["project_list", "community", "lead_department"]
    autocomplete_fields = ["parent", "continues", "community", "lead_department", "supporting_departments", "source",
                           "budget_source"]
    readonly_fields = ["status_shown", "percent", "quantity", "ledger"]
    inlines = [PromiseInline, MilestoneInline, AliasInline]
    fieldsets = [
        (None, {"fields": ["name", "code", "description", ("status_shown", "percent", "quantity"), "ledger"]}),
        ("在哪张清单上", {"fields": ["project_list", "membership", "number", "category", "parent", "continues",
                               "community", "place", "source"]}),
        ("谁负责", {"fields": ["lead_department", "supporting_departments", "leader", "contact", "phone"]}),
        ("计划", {"fields": [("planned_start", "planned_end"), ("target_quantity", "target_unit"),
                           ("budget", "budget_source"), "schedule_text", "completion_standard"]}),
        ("公开", {"fields": ["is_published"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("search_text")

    def get_search_results(self, request, queryset, search_term):
        return (queryset.search(search_term) if search_term.strip() else queryset), False

    @admin.display(description="填报")
    def record_link(self, project):
        return format_html('<a class="record" href="{}">填报进展</a>',
                           reverse("admin:projects_progressupdate_record", args=[project.pk]))

    @admin.display(description="当前状态", ordering="status")
    def status_shown(self, project):
        return status_tag(project.status)

    @admin.display(description="最近进展日", ordering="moved_on")
    def moved(self, project):
        return "还没有进展" if project.moved_on == NEVER else words.day(project.moved_on)

    @admin.display(description="台账")
    def ledger(self, project):
        if not project.pk:
            return "保存后就可以填报进展。"
        return format_html(
            '<a href="{}?project__id__exact={}">看全部进展</a>　<a href="{}">看公开页面</a>',
            reverse("admin:projects_progressupdate_changelist"), project.pk, project.get_absolute_url())

    def get_list_display(self, request):
        if request.user.has_perm("projects.add_progressupdate"):
            return self.list_display
        return [name for name in self.list_display if name != "record_link"]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"import_links": import_links(request.user), **(extra_context or {})})

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.refresh_projections()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        project = self.get_object(request, object_id)
        may = project is not None and can_record_progress(request.user, project)
        return super().change_view(request, object_id, form_url, {"may_record": may, **(extra_context or {})})
