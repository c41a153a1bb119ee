"""Reviewing in the back office: one row on its page or in place from the first page, several from the list."""
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from guicheng.office.seen import UNSEEN, Seen
from guicheng.review.asking import ticks_for
from guicheng.review.forms import DecisionForm
from guicheng.review.permissions import can_approve, is_kept_for_publishing, takes_part_in_review, would_publish
from guicheng.review.states import IN_REVIEW, State

SAY_WHICH = 5


class ForMeFilter(admin.SimpleListFilter):
    """One's own work, as the first page shows it."""

    title, parameter_name = "与我有关", "for_me"

    def lookups(self, request, model_admin):
        return [("review", "等我审核")] * model_admin.may_review(request) + [
            ("own", "我填报的"), ("waiting", "我填报的，待审核")]

    def queryset(self, request, queryset):
        own = queryset.filter(author=request.user)
        return {"review": queryset.for_review_by(request.user), "own": own, "waiting": own.waiting()}.get(
            self.value(), queryset)


class ReviewPages:
    """Mixed into the admin of a `Reviewed` model, before ScopedAdmin.

    The admin gives `show(request, row, status, decision)`, its page of one row, and `log_review(request, row)`.
    """

    actions = ["approve_selected"]
    seals_rows = True
    reviewed_with, shown_with = (), ()  # what review looks at, and what its sentences name, for select_related

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_decide"
        return [path("<int:pk>/decide/", self.admin_site.admin_view(self.decide), name=name), *super().get_urls()]

    def may_review(self, request):
        return request.user.has_perm(f"{self.opts.app_label}.check_{self.opts.model_name}")

    # several from the list
    @admin.action(description="通过所选的（初审或终审）")
    def approve_selected(self, request, queryset):
        """Take the next step of those this person may; say how many and why the others were not."""
        done, published, refused, seen = 0, 0, [], Seen(request.POST)
        public = queryset.for_review_by(request.user).published_next_by(request.user).select_related(*self.shown_with)
        asked = [row for row in public if row in seen] if self.model.becomes_public else []
        checked, page = ticks_for(self, request, asked, "终审发布所选的")
        if page:
            return page
        for row in queryset.select_related(*self.reviewed_with, "author"):
            if row not in seen:
                refused.append(f"{row}：{UNSEEN}")
                continue
            if not can_approve(request.user, row):
                refused.append(f"{row}：{row.get_state_display()}，不由你审核。")
                continue
            try:
                row.approve(request.user, checked)
            except ValidationError as error:
                refused.append(f"{row}：{' '.join(error.messages)}")
            else:
                self.log_review(request, row)
                done, published = done + 1, published + row.is_published
        sentence = f"通过 {done} 条，其中 {published} 条{self.model.published_word()}。"
        self.message_user(request, sentence, messages.SUCCESS if done else messages.WARNING)
        for sentence in refused[:SAY_WHICH]:
            self.message_user(request, sentence, messages.WARNING)
        if len(refused) > SAY_WHICH:
            self.message_user(request, f"还有 {len(refused) - SAY_WHICH} 条没有通过。", messages.WARNING)
        return None

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not self.may_review(request):
            actions.pop("approve_selected", None)
        return actions

    # one
    def decide(self, request, pk):
        """通过 or 退回, from the row's own page or in place from the first page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rows = self.model._default_manager
        row = get_object_or_404(rows.visible_to(request.user).select_related(*self.shown_with), pk=pk)
        if not takes_part_in_review(request.user, row):
            raise PermissionDenied
        form = DecisionForm(request.POST)
        good, seen = form.is_valid(), form.cleaned_data.get("version")
        if seen and (seen != row.version or row.state not in IN_REVIEW):
            return self._too_late(request, row, form)
        if not can_approve(request.user, row):
            raise PermissionDenied
        if good:
            try:
                if form.cleaned_data["decision"] == "return":
                    row.send_back(request.user, form.cleaned_data["reason"])
                else:
                    row.approve(request.user, form.checked())
            except ValidationError as error:
                now = rows.select_related(*self.shown_with).get(pk=pk)
                if now.version != seen:
                    return self._too_late(request, now, form)
                messages.error(request, " ".join(error.messages))
                return self.show(request, now, decision=form, status=400)
            self.log_review(request, row)
            messages.success(request, self._decided(row))
            return redirect(self._back_to(request))
        if "next" in request.POST and form.has_error("reason", "unexplained"):
            return redirect(f"{reverse('admin:index')}?unexplained={pk}#row{pk}")
        return self.show(request, row, decision=form, status=400)

    def _too_late(self, request, row, form):
        """Somebody was faster: say what happened and keep the reason that was typed."""
        reason = (form["reason"].value() or "").strip()
        messages.warning(request, f"{row.about()[0]}：{row.what_happened()}" + (
            f"你写的原因没有用上：{reason}" if reason else ""))
        if "next" in request.POST:
            return redirect(self._back_to(request))
        fresh = DecisionForm(initial={"version": row.version, "reason": reason})
        return self.show(request, row, decision=fresh, status=409)

    def _decided(self, row):
        what = row.about()[0]
        return {
            State.PUBLISHED: f"已发布：{what}。公开页面现在就能看到。" if row.becomes_public
            else f"已发出：{what}。反映人在自己的页面上现在就能看到。",
            State.CHECKED: f"初审通过：{what}，等在编审核员终审。",
            State.RETURNED: f"已退回：{what}。填报人会看到原因。",
        }[row.state]

    def _back_to(self, request):
        wanted = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=False)
        return wanted if safe else "admin:index"

    # what its page shows of the review
    def review_context(self, request, row, decision=None):
        """`may_approve` and the form of the decision, or `waits_for`: who takes the next step.

        `publishes`: whether approval makes it public, so that the form asks for the ticks.
        """
        may_approve = can_approve(request.user, row)
        return {
            "may_approve": may_approve, "publishes": may_approve and would_publish(request.user, row),
            "waits_for": None if may_approve else self._waits_for(request.user, row),
            "decision": decision or DecisionForm(initial={"version": row.version}),
        }

    def _waits_for(self, user, row):
        if row.state == State.SUBMITTED and is_kept_for_publishing(user, row):
            return "能做终审的只有你，所以先由别人初审，再由你终审。"
        return {
            State.SUBMITTED: "等责任单位或社区的审核员初审。",
            State.CHECKED: "等在编的审核员终审，初审人不能再做终审。",
            State.RETURNED: "已退回，等填报人修改。",
        }.get(row.state)
