from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html

from guicheng import words
from guicheng.office.addresses import row_address
from guicheng.office.base import LabelledInline, ScopedAdmin
from guicheng.office.seen import UNSEEN, Seen
from guicheng.review.asking import ticks_for
from guicheng.search.query import Query
from guicheng.trail.versions import StaleVersion
from projects.admin import supervision
from projects.admin.bulk import BulkActions
from projects.admin.dossier import DossierPages
from projects.admin.exports import export_links
from projects.admin.filters import CountedFilter, FamilyFilter, FoldedFilter, LightFilter
from projects.admin.imports import import_links
from projects.models import Milestone, Project, ProjectAlias, Promise
from projects.models.then import NEVER
from projects.permissions import can_publish_project, can_record_progress
from projects.supervision.lights import lights_of
from projects.templatetags.projects import light_tag, status_tag


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
class ProjectAdmin(DossierPages, BulkActions, ScopedAdmin):
    list_display = ["name", "record_link", "light_shown", "status_shown", "moved", "project_list", "community",
                    "lead_department"]
    list_filter = ["status", FamilyFilter, "project_list", ("community", FoldedFilter),
                   ("lead_department", FoldedFilter), "is_published", CountedFilter, "is_sample", LightFilter]
    search_fields = ["search_text__found"]
    actions = ["bulk_status", "bulk_date", "publish_selected", "hide_selected"]
    seals_rows = True
    not_exported = ["record_link"]
    search_help_text = "名称、别名、社区、单位，两个字就能找；也可以用拼音或首字母。"
    list_select_related = ["project_list", "community", "lead_department"]
    autocomplete_fields = ["parent", "continues", "community", "lead_department", "supporting_departments", "source",
                           "budget_source"]
    readonly_fields = ["status_shown", "percent_now", "quantity", "ledger", "due_on", "is_published"]
    inlines = [PromiseInline, MilestoneInline, AliasInline]
    fieldsets = [
        (None, {"fields": ["name", "code", "description", ("status_shown", "percent_now", "quantity"), "ledger"]}),
        ("在哪张清单上", {"fields": ["project_list", "membership", "layer", "number", "category", "parent",
                               "continues", "community", "place", "source"]}),
        ("谁负责", {"fields": ["lead_department", "supporting_departments", "leader", "contact", "phone"]}),
        ("计划", {"fields": [("planned_start", "planned_end", "due_on"), ("target_quantity", "target_unit"),
                           ("budget", "budget_source"), "schedule_text", "completion_standard"]}),
        ("公开", {"fields": ["is_published"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).lean()

    def get_search_results(self, request, queryset, search_term):
        return (queryset.search(Query(search_term, widened=False)) if search_term.strip() else queryset), False

    @admin.display(description="填报")
    def record_link(self, project):
        return format_html('<a class="record" href="{}">填报进展</a>',
                           row_address("admin:projects_progressupdate_record", project.pk))

    @admin.display(description="当前状态", ordering="status")
    def status_shown(self, project):
        return status_tag(project.status)

    @admin.display(description="完成百分比")
    def percent_now(self, project):
        return "—" if project.percent_shown is None else f"{project.percent_shown}%"

    def get_changelist_instance(self, request):
        """The lights of the whole page at once."""
        changelist = super().get_changelist_instance(request)
        self.prepare_rows(changelist.result_list)
        return changelist

    def prepare_rows(self, projects):
        lights = lights_of(projects)
        for project in projects:
            project.light = lights[project.pk]

    @admin.display(description="灯")
    def light_shown(self, project):
        return format_html('{}<span class="light-why">{}</span>', light_tag(project.light), project.light.brief)

    def _getter(self, name):
        """A file has room for the whole reason of a light."""
        if name != "light_shown":
            return super()._getter(name)
        return lambda project: f"{project.light.word}灯·{project.light.label}：{project.light.sentence}"

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

    @admin.action(description="公开所选的项目")
    def publish_selected(self, request, queryset):
        """Those this person may: a reviewer 在编, not the one who entered them."""
        done, refused, seen = 0, [], Seen(request.POST)
        public = [project for project in queryset.for_publishing_by(request.user) if project in seen]
        checked, page = ticks_for(self, request, public, "公开所选的项目")
        if page:
            return page
        for project in queryset.filter(is_published=False).select_related("lead_department", "community"):
            if project not in seen:
                refused.append(f"{project}：{UNSEEN}")
                continue
            if not can_publish_project(request.user, project):
                refused.append(f"{project}：要由在编审核员公开，录入人不能公开自己录入的。")
                continue
            try:
                project.publish(request.user, checked)
            except ValidationError as error:
                refused.append(f"{project}：{' '.join(error.messages)}")
            else:
                self.log_change(request, project, "公开")
                done += 1
        self.message_user(request, f"已公开 {done} 个项目。", messages.SUCCESS if done else messages.WARNING)
        for sentence in refused[:5]:
            self.message_user(request, sentence, messages.WARNING)
        return None

    @admin.action(description="不再公开所选的项目", permissions=["change"])
    def hide_selected(self, request, queryset):
        number = 0
        for project in queryset.filter(is_published=True):
            try:
                project.hide()
            except StaleVersion as error:
                self.message_user(request, " ".join(error.messages), messages.WARNING)
                continue
            self.log_change(request, project, "不再公开")
            number += 1
        self.message_user(request, f"已不再公开 {number} 个项目。", messages.SUCCESS if number else messages.WARNING)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not request.user.has_perm("projects.publish_progressupdate"):
            actions.pop("publish_selected", None)
        return actions

    def save_model(self, request, obj, form, change):
        """A new project waits until another person makes it public."""
        if not change:
            obj.entered_by, obj.is_published = request.user, False
        super().save_model(request, obj, form, change)

    def changelist_view(self, request, extra_context=None):
        links = import_links(request.user) + export_links(request)
        return super().changelist_view(request, {"import_links": links, **(extra_context or {})})

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.refresh_projections()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        project = self.get_object(request, object_id)
        extra = {}
        if project is not None:
            extra = {"may_record": can_record_progress(request.user, project),
                     "supervision": supervision.panel(request.user, project)}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})
