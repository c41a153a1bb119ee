"""What was published, newest first, for readers of feeds (Atom, RFC 4287): everything, a list, or what an app asks for.

An entry is a statement under an identity that stays: where it is corrected the entry is told anew with the words that
stand now, where it is withdrawn with the reason alone, as on the project's page. Sealed words are covered on the way
out like those of any page.
"""
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from guicheng import words
from guicheng.ledger import WITHDRAWAL
from guicheng.public.address import whole_address
from guicheng.public.head import shortened
from projects import heads
from projects.models import ProgressUpdate, Project, ProjectList, Status

SHOWN = 100
BEGINNING = datetime(2021, 1, 1, tzinfo=UTC)
STREET = "桂城街道"
SUBTITLE = "桂城街道公开的进展，从新到旧，更正和撤回也在内。"


def standing(projects):
    """The newest published statements on these projects that nobody amended, withdrawals among them.

    `first` of each is the statement with which its place on the timeline began. One query, one more for each
    correction of a correction.
    """
    published = ProgressUpdate.objects.published()
    rows = published.filter(~Exists(published.filter(amends=OuterRef("pk"))), project__in=projects)
    rows = rows.select_related("project__project_list", "source", "amends").order_by("-recorded_at", "-pk")
    rows = list(rows[:SHOWN])
    for row in rows:
        row.first = row.amends or row
    while earlier := {row.first.amends_id for row in rows} - {None}:
        found = ProgressUpdate.objects.in_bulk(earlier)
        for row in rows:
            row.first = found.get(row.first.amends_id, row.first)
    return rows


class _Atom(Atom1Feed):
    """Django's, but an empty feed was not updated now, and again with each question."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else BEGINNING


def feed_response(request, title, page, projects):
    """The feed of the statements on these projects; `page` is the path of what it follows."""
    link = whole_address(page, request)
    feed = _Atom(title, link, SUBTITLE, language="zh-Hans", author_name=STREET,
                 feed_url=whole_address(request.path, request), feed_guid=_tag(request.path_info))
    for row in standing(projects):
        feed.add_item(
            _title(row), whole_address(row.project.get_absolute_url(), request), _told(row),
            unique_id=_tag(f"statement/{row.project.code}/{row.first.seq}"), pubdate=row.first.recorded_at,
            updateddate=row.recorded_at)
    response = HttpResponse(content_type=feed.content_type)
    response["Last-Modified"] = http_date(feed.latest_post_date().timestamp())
    feed.write(response, "utf-8")
    return response


def _tag(what):
    """An identity that no move of the pages changes (RFC 4151)."""
    return f"tag:{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'},2021:guicheng/{what.strip('/')}"


def _title(row):
    sample = "（示例）" if row.is_sample else ""
    if row.kind == WITHDRAWAL:
        return f"{row.project.name}{sample}：已撤回一条进展"
    corrected = "（更正）" if row.amends_id else ""
    return f"{row.project.name}{sample}：{row.headline or shortened(row.text, 40)}{corrected}"


def _told(row):
    """The entry as HTML: what stands on the timeline, with its day and source, no unit and no person."""
    if row.kind == WITHDRAWAL:
        lines = [f"已撤回。原因：{row.reason}（{words.day(row.effective_on)}）"]
    else:
        source = "本单位填报" if row.source.code == "own" else f"《{row.source.title}》"
        lines = [
            f"{row.told}：{Status.label_of(row.status)}。" if row.status else f"{row.told}。", row.text,
            f"完成 {row.percent}%。" if row.percent is not None else "",
            f"延期到 {words.day(row.postponed_to)}。" if row.postponed_to else "",
            f"完成依据：{row.proof}" if row.proof else "",
            f"{'更正原因' if row.amends_id else '原因'}：{row.reason}" if row.reason else "", f"出处：{source}"]
        on = row.project.project_list
        lines += [f"清单：{on.title}"] if on else []
    return format_html("{}", format_html_join("", "<p>{}</p>", ([line] for line in lines if line)))


# --- where they are --------------------------------------------------------------------------------
@require_safe
def feed(request):
    """All that is published, without sample rows."""
    return feed_response(request, heads.everything().title, reverse("home"), Project.objects.published().real())


@require_safe
def list_feed(request, slug):
    row = get_object_or_404(ProjectList.objects.published(), slug=slug)
    return feed_response(request, heads.feed_of(row).title, row.get_absolute_url(),
                         Project.objects.published().filter(project_list=row))
