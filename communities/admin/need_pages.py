"""The page of one need: every verb by a small form, the answer, the telephone, the receipt; and the add form."""
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from communities.admin.need_forms import AnswerForm, CounterForm, MoveForm, NeedPhotosForm
from communities.admin.need_view import context_of, now_sentence, words_of
from communities.models import AnswerTemplate, Need, NeedAnswer, NeedOriginal
from communities.models.need_moves import OF_THE_ANSWER, Verb
from communities.needs import handling, judging
from communities.needs.answers import alike_sentence
from communities.needs.asking import ask
from communities.needs.receipt import receipt_of
from communities.permissions import can_see_asker, may_do, roles_in
from guicheng.office.submissions import key_of, once
from guicheng.personal.cipher import Unreadable
from guicheng.text import is_row_number
from guicheng.trail.audit import AuditEntry
from guicheng.trail.versions import hold

STALE = "这件诉求刚被别人办过，请看过现在的情况再交；你写的都还在。"
NAMES = ["community", "department", "offered_community", "offered_department", "first_community", "merged_into",
         "split_from", "project"]


class NeedPages:
    """Mixed into the admin of needs."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "communities_need"
        return [
            path("<int:pk>/do/", view(self.do), name=f"{name}_do"),
            path("<int:pk>/answer/", view(self.answer), name=f"{name}_answer"),
            path("<int:pk>/phone/", view(self.phone), name=f"{name}_phone"),
            path("<int:pk>/receipt/", view(self.receipt), name=f"{name}_receipt"),
            *super().get_urls(),
        ]

    # showing
    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        need = self._found(request, object_id if is_row_number(object_id) else 0)
        chosen = request.GET.get("template", "")
        template = AnswerTemplate.objects.filter(pk=chosen).first() if is_row_number(chosen) else None
        return self.show(request, need, template=template)

    def show(self, request, need, status=200, decision=None, phone=None, **came_back):
        """The page. `came_back`: forms with faults; `phone`: the number, where it was asked for."""
        found = context_of(request.user, need, **came_back)
        answers = self.admin_site.get_model_admin(NeedAnswer)
        if found["unsent"]:
            found |= answers.review_context(request, found["unsent"], decision)
        original = NeedOriginal.objects.filter(pk=need.pk).first() if found["sees_asker"] else None
        return render(request, "admin/communities/need.html", {
            **self.admin_site.each_context(request), **found, "opts": self.opts, "title": need.number,
            "now": now_sentence(need, found), "family": Need.State(need.state).family, "original": original,
            "words": words_of(need, original), "phone": phone, "came": "entered" in request.GET,
        }, status=status)

    def _found(self, request, pk):
        need = self.get_queryset(request).select_related(*NAMES).filter(pk=pk).first()
        if need is None:
            raise Http404
        return need

    def _handled(self, request, pk):
        """One in this person's scope, for who stands in some role before it."""
        if request.method != "POST":
            return None
        if not self.has_view_permission(request):
            raise PermissionDenied
        need = self._found(request, pk)
        if not roles_in(request.user, need):
            raise PermissionDenied
        return need

    # one move
    def do(self, request, pk):
        need = self._handled(request, pk)
        if need is None:
            return HttpResponseNotAllowed(["POST"])
        verb, verbs = request.POST.get("verb", ""), may_do(request.user, need)
        if verb not in verbs or verb in OF_THE_ANSWER:
            said = Verb(verb).label if verb in Verb.values else "这样做"
            raise ValidationError(f"这件诉求现在是“{need.get_state_display()}”，不能由你{said}。")
        form = MoveForm(verb, need, request.user, request.POST)
        if not form.is_valid():
            return self.show(request, need, 400, move=form)
        if form.cleaned_data["version"] != need.version:
            form.add_error(None, STALE)
            return self._again(request, pk, form, ValidationError(STALE), 409)
        try:
            with once(request) as sending:
                make = judging.enter_call if verb == Verb.FOLLOW_UP else partial(handling.make, verb=verb)
                made = make(need, by=request.user, **form.asked())
                self.log_change(request, need, form.label)
                sending.leads_to = self._after(request, pk)
        except ValidationError as error:
            form.take(error)
            return self._again(request, pk, form, error)
        done = f"已{form.label}：{need.number}。"
        messages.success(request, f"{done}另一件是 {made.number}。" if verb == Verb.SPLIT else done)
        return redirect(sending.leads_to)

    def _again(self, request, pk, form, error, status=400):
        """The page as it is now, with what was typed; where it has no such form any more, the words are given back."""
        need = self._found(request, pk)
        if form.move not in may_do(request.user, need):
            raise error
        form.data["version"] = need.version
        return self.show(request, need, status, move=form)

    def _after(self, request, pk):
        """The page of the need; the queue where it went to another unit that is none of this person's."""
        if self.get_queryset(request).filter(pk=pk).exists():
            return reverse("admin:communities_need_change", args=[pk])
        return reverse("admin:communities_need_changelist")

    # the answer
    def answer(self, request, pk):
        """Keep the draft, or hand it in."""
        need = self._handled(request, pk)
        if need is None:
            return HttpResponseNotAllowed(["POST"])
        if Verb.HAND_IN not in may_do(request.user, need):
            raise ValidationError(f"这件诉求现在是“{need.get_state_display()}”，不能由你提交答复。")
        form = AnswerForm(need, data=request.POST)
        if not form.is_valid():
            return self.show(request, need, 400, answer_form=form)
        seen, is_draft = form.cleaned_data, "draft" in request.POST
        try:
            with once(request) as sending:
                hold(Need.objects.filter(pk=pk))
                row = need.answers.unsent().first()
                if seen["version"] != need.version or seen["answer_version"] != (row.version if row else 0):
                    sending.nothing_saved()
                    row = None
                else:
                    row = (handling.keep_draft if is_draft else handling.hand_in)(
                        need, request.user, seen["text"], row)
                    self.log_change(request, need, "写答复" if is_draft else "提交答复")
                    sending.leads_to = reverse("admin:communities_need_change", args=[pk])
        except ValidationError as error:
            form.add_error(None if not hasattr(error, "error_dict") or set(error.error_dict) - {"text"} else "text",
                           error.messages)
            return self._write_again(request, pk, form)
        if row is None:
            form.add_error(None, STALE)
            return self._write_again(request, pk, form, 409)
        done = "草稿已保存，还没有提交。" if is_draft else f"已提交：{need.number} 的答复，等待审核。"
        messages.success(request, done)
        if not is_draft and (sentence := alike_sentence(row)):
            messages.warning(request, sentence)
        return redirect(sending.leads_to)

    def _write_again(self, request, pk, form, status=400):
        """The same for the answer."""
        need = self._found(request, pk)
        if Verb.HAND_IN not in may_do(request.user, need):
            raise ValidationError(STALE)
        row = need.answers.unsent().first()
        form.data["version"], form.data["answer_version"] = need.version, row.version if row else 0
        return self.show(request, need, status, answer_form=form)

    # who asked
    @method_decorator(never_cache)
    def phone(self, request, pk):
        """显示电话: written down first, shown then."""
        need = self._looked_at(request, pk, "反映人的电话", "看了")
        if need is None:
            return HttpResponseNotAllowed(["POST"])
        try:
            number = need.original.phone
        except Unreadable:
            messages.error(request, "这个电话用现在的密钥读不出来，请告诉管机器的人。")
            number = ""
        return self.show(request, need, phone=number or "没有留电话")

    @method_decorator(never_cache)
    def receipt(self, request, pk):
        """受理回执 to print: it bears the asker's own address, so that giving it out is written down too."""
        need = self._looked_at(request, pk, "反映人的专属链接", "打印了受理回执")
        if need is None:
            return HttpResponseNotAllowed(["POST"])
        return render(request, "communities/needs/receipt_on_paper.html", {"receipt": receipt_of(need, request)})

    def _looked_at(self, request, pk, label, what):
        need = self._handled(request, pk)
        if need is None:
            return None
        if not can_see_asker(request.user, need):
            raise PermissionDenied
        with transaction.atomic():
            AuditEntry.of(need, AuditEntry.Kind.CHANGED, by=request.user, reason=f"{what}{label}", history_id=0,
                          changes=[{"field": "asker", "label": label, "old": "", "new": what}]).save()
        return need

    # at the counter
    def add_view(self, request, form_url="", extra_context=None):
        """替居民登记."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CounterForm(request.POST or None, user=request.user)
        photos = NeedPhotosForm(request.POST or None, request.FILES or None, by=request.user)
        if request.method == "POST" and all([form.is_valid(), photos.is_valid()]):
            try:
                with once(request, new_row=True) as sending:
                    need, _ = ask(key_of(request), by=request.user, photos=photos.rows, **form.cleaned_data)
                    self.log_addition(request, need, "替居民登记")
                    sending.leads_to = need.staff_page()
            except ValidationError as error:
                MoveForm.take(form, error)
            else:
                messages.success(request, f"已登记：{need.number}。")
                seen = self.get_queryset(request).filter(pk=need.pk).exists()
                return redirect(f"{sending.leads_to}?entered=1" if seen else "admin:communities_need_changelist")
        faulty = form.errors or photos.errors
        return render(request, "admin/communities/need_add.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": "替居民登记", "form": form,
            "photos": photos}, status=400 if faulty else 200)
