"""收件箱: what a member of staff was told. Reading is a POST; looking changes nothing."""
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render

from guicheng.notices.inbox import InboxMessage

PAGE = 30


def show(site, request):
    rows = InboxMessage.objects.visible_to(request.user)
    unread_only = request.GET.get("unread") == "1"
    page = Paginator(rows.unread() if unread_only else rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "admin/inbox.html", {
        **site.each_context(request), "title": "收件箱", "page": page, "unread_only": unread_only,
        "unread": rows.unread().count(),
    })


def read(request, pk):
    """Mark one as read and go where it points; without a page of its own, back to the inbox."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    rows = InboxMessage.objects.visible_to(request.user)
    message = get_object_or_404(rows, pk=pk)
    rows.filter(pk=pk).mark_read()
    return redirect(message.path if message.path and "stay" not in request.POST else "admin:inbox")


def read_all(request):
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    count = InboxMessage.objects.visible_to(request.user).mark_read()
    messages.success(request, f"{count} 条消息已标为已读。" if count else "没有未读的消息。")
    return redirect("admin:inbox")
