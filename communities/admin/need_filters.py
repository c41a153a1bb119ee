"""The filters of the queue of needs. Without any it holds what is open."""
from django.contrib import admin
from django.db.models import Q

from communities.models import Community, Need, NeedAnswer
from communities.permissions import assigns
from projects.models import Department

OPEN, ALL = "open", "all"


def held_by(units_of, prefix=""):
    """The condition: one of the units that `units_of(model)` gives has it; with "offered_" it is offered to one."""
    return Q(**{f"{prefix}community__in": units_of(Community)}) | Q(**{f"{prefix}department__in": units_of(Department)})


def units_of(user):
    return lambda model: model.objects.served_by(user).order_by().values("pk")


class MineFilter(admin.SimpleListFilter):
    """One's own work, as the first page shows it."""

    title, parameter_name = "与我有关", "mine"

    def lookups(self, request, model_admin):
        return [("held", "我的单位办的"), ("offered", "转给我的单位、等接收的")] + [
            ("nobody", "还没有单位的")] * assigns(request.user)

    def queryset(self, request, queryset):
        units = units_of(request.user)
        if self.value() == "held":
            return queryset.filter(held_by(units))
        if self.value() == "offered":
            return queryset.filter(held_by(units, "offered_"))
        return queryset.filter(community=None, department=None) if self.value() == "nobody" else queryset


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "办理情况", "state"

    def lookups(self, request, model_admin):
        return [(ALL, "全部"), *Need.State.choices]

    def choices(self, changelist):
        """The first is the queue itself: all that is open."""
        yield {"selected": self.value() is None, "display": "没有办完的",
               "query_string": changelist.get_query_string(remove=[self.parameter_name])}
        for value, label in self.lookup_choices:
            yield {"selected": self.value() == value, "display": label,
                   "query_string": changelist.get_query_string({self.parameter_name: value})}

    def queryset(self, request, queryset):
        """Who looks for words looks among all."""
        if self.value() is None:
            return queryset if request.GET.get("q", "").strip() else queryset.open()
        return queryset if self.value() == ALL else queryset.filter(state=self.value())


class AnswerStateFilter(admin.SimpleListFilter):
    title, parameter_name = "处理情况", "state"

    def lookups(self, request, model_admin):
        """Nothing of it is public: what is published of others is sent here."""
        states = NeedAnswer.State
        return [(state.value, NeedAnswer.published_word() if state == states.PUBLISHED else state.label)
                for state in states]

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() in NeedAnswer.State.values else queryset


class LateFilter(admin.SimpleListFilter):
    title, parameter_name = "期限", "late"

    def lookups(self, request, model_admin):
        return [("1", "超过期限的")]

    def queryset(self, request, queryset):
        return queryset.late() if self.value() == "1" else queryset
