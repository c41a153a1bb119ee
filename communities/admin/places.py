from django.contrib import admin

from communities.models import Community, SecretaryProject, Unit
from guicheng.office.base import MembershipAdmin, ScopedAdmin


@admin.register(Community)
class CommunityAdmin(MembershipAdmin):
    list_display = ["name", "code", "kind", "phone", "address"]
    list_filter = ["kind"]
    search_fields = ["name", "slug", "code"]
    autocomplete_fields = ["source"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "full_name", "code", "kind", "order"]}),
        ("居民找得到", {"fields": ["address", "phone", "hours"]}),
        ("谁经办", {"fields": ["clerks", "reviewers", "administrators", "one_step_review"],
                 "description": "人员在账号页的“所在单位”里改，由安全管理员办理。"}),
        ("资料", {"fields": ["known_from", "first_listed", ("longitude", "latitude"), "position_note", "source"]}),
    ]


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    list_display = ["name", "kind", "community", "aliases"]
    list_filter = ["kind"]
    search_fields = ["name", "aliases"]
    list_select_related = ["community"]
    autocomplete_fields = ["community", "source"]


@admin.register(SecretaryProject)
class SecretaryProjectAdmin(ScopedAdmin):
    list_display = ["community", "year", "project", "secretary", "topic"]
    list_filter = ["year"]
    search_fields = ["community__name", "project__name", "secretary"]
    list_select_related = ["community", "project"]
    autocomplete_fields = ["community", "project", "source"]
