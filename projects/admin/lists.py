from django.contrib import admin

from guicheng.office.base import LabelledInline, MembershipAdmin, ScopedAdmin
from projects.models import Category, Declaration, Department, ProjectList


class DeclarationInline(LabelledInline):
    model = Declaration
    fields = ["total", "done", "gives_rate", "categories", "qualifier", "unit", "statement", "effective_from",
              "effective_on", "source"]
    can_delete = False


class CategoryInline(LabelledInline):
    model = Category
    fields = ["number", "name", "office_name"]
    can_delete = False


@admin.register(ProjectList)
class ProjectListAdmin(ScopedAdmin):
    list_display = ["title", "kind", "year", "announced_on", "is_published", "is_sample"]
    list_filter = ["kind", "year", "is_published"]
    search_fields = ["title"]
    inlines = [DeclarationInline, CategoryInline]


@admin.register(Department)
class DepartmentAdmin(MembershipAdmin):
    list_display = ["name", "leader", "contact", "phone"]
    search_fields = ["name", "short_name"]
