"""Filters of a list that a person uses again and again: kept under a name, shown above the list, theirs alone."""
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpResponseNotAllowed, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from guicheng.fields import ALL, CleanCharField
from guicheng.office.submissions import once

PLACES = ("p", "all", "e", "_popup", "_to_field", "_changelist_filters")  # where one stands in a list, no filter


def filter_in(query):
    """What an address asks a list for, without its place in the pages; always written the same way."""
    asked = QueryDict(query.replace("%00", ""))  # a NUL filters nothing, and is an error on PostgreSQL
    return "&".join(sorted(part for name, values in asked.lists() if name not in PLACES for part in [
        _part(name, value) for value in values if value]))


def _part(name, value):
    one = QueryDict(mutable=True)
    one[name] = value
    return one.urlencode()


class SavedFilterQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everybody has their own and nobody else's."""
        return self.filter(account=user)

    def of_list(self, opts):
        return self.filter(model=opts.label_lower)


class SavedFilter(models.Model):
    """One filter of one list, under a name."""

    unwatched = ALL  # read by one person

    MOST = 20  # of one list: more are no shortcut

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="谁的", on_delete=models.CASCADE, related_name="saved_filters")
    model = models.CharField("哪张列表", max_length=80)
    name = CleanCharField("名称", max_length=30)
    query = models.CharField("筛选", max_length=500)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = "常用筛选"
        verbose_name_plural = "常用筛选"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["account", "model", "name"], name="guicheng_savedfilter_once",
                violation_error_message="已有这个名称的常用筛选，请换一个名称，或先删掉那一个。",
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""), name="guicheng_savedfilter_named",
                violation_error_message="请给这个筛选起个名称。",
            ),
            models.CheckConstraint(
                condition=~models.Q(query=""), name="guicheng_savedfilter_filters",
                violation_error_message="现在没有筛选，先筛选再保存。",
            ),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def keep(cls, account, opts, name, query):
        """Keep one more for this person's list. Raises ValidationError."""
        row = cls(account=account, model=opts.label_lower, name=name, query=filter_in(query))
        with transaction.atomic():
            account.hold()  # of two the second sees the first
            row.full_clean()
            if cls.objects.visible_to(account).of_list(opts)[cls.MOST - 1:].exists():
                raise ValidationError(f"一张列表最多存 {cls.MOST} 个常用筛选，请先删掉不用的。")
            row.save()
        return row


# --- the two verbs -------------------------------------------------------------------------------
def keep_filter(site, request):
    """Keep the filter that a list is under, for who sees the list."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    opts = _list_of(site, request, request.POST.get("list", ""))
    if opts is None:
        messages.error(request, "没有这张列表，或者不归你看。")
        return redirect("admin:index")
    query = request.POST.get("query", "")[:2000]
    back = _address(opts, query)
    try:
        with once(request) as sending:
            row = SavedFilter.keep(request.user, opts, request.POST.get("name", ""), query)
            sending.leads_to = back
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"已存为常用筛选“{row}”，在列表上方点它。")
    return redirect(back)


def drop_filter(site, request, pk):
    """Forget one of one's own; a second click finds it forgotten."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    row = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    opts = _list_of(site, request, row.model)
    back = _address(opts, "") if opts else reverse("admin:index")
    with once(request) as sending:
        row.delete()
        sending.leads_to = back
    messages.success(request, f"已删掉常用筛选“{row}”。列表里的东西没有动。")
    return redirect(back)


def _list_of(site, request, label):
    """The list of this model, "projects.project"; None where there is none that this person may see."""
    found = [each for each in site._registry.values() if each.opts.label_lower == label]
    return found[0].opts if found and found[0].has_view_or_change_permission(request) else None


def _address(opts, query):
    address, kept = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"), filter_in(query)
    return f"{address}?{kept}" if kept else address
