"""Rows that 0.1.0 did not know: review, photos, imports, supervision, closed quarters. For `rows.py`."""
from datetime import date, timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from guicheng.history import acting
from guicheng.inbox import GroupPost, InboxMessage
from rows_first import ODD, said

from guicheng import access_log
from projects import bulk_change
from projects.excel_import import jobs, upload
from projects.excel_import.undo import undo
from projects.models import (
    BulkChange,
    ColumnHabit,
    Instruction,
    LightOverride,
    LightRule,
    Source,
    SupervisionNotice,
    WatchedWord,
)
from tests import factories as make
from tests.projects.office_lists import HEAD, workbook


def reviewed(row, people, steps=2):
    """Take a statement through its review: handed in, read, read again and published."""
    row.save_draft(row.author)
    row.submit(row.author)
    for reader in ("reviewer", "senior")[:steps]:
        row.approve(people[reader])
    return row


def speak(projects, people):
    """A statement of each kind and in each state."""
    clerk, other, senior = people["clerk"], people["other"], people["senior"]
    park, road, school = projects["park"], projects["road"], projects["school"]
    reviewed(said(park, clerk, date(2021, 5, 8), "已开工。" + ODD, status="in_progress"), people)
    wrong = reviewed(said(park, clerk, date(2021, 8, 31), "完成一半。", percent=60, quantity="1.25", problem="缺材料",
                          next_step="催", delay_reason="下雨", coordination="无"), people)
    reviewed(said(park, clerk, date(2021, 8, 31), "完成四成。", percent=40, kind="correction", amends=wrong,
                  reason="填错了"), people)
    reviewed(said(park, clerk, date(2021, 12, 10), "", kind="postponement", postponed_to=date(2022, 3, 31),
                  reason="等管线"), people)
    reviewed(said(road, clerk, date(2021, 9, 29), "通车。", kind="closure", status="in_use", proof="验收 1 号"), people)
    reviewed(said(road, people["gone"], date(2021, 7, 1), "暂停三天。", status="paused", reason="等管线"), people)
    taken = reviewed(said(school, clerk, date(2021, 10, 8), "不该发的话。", status="completed"), people)
    back = taken.withdrawal("发错了项目")
    back.author = clerk
    reviewed(back, people)
    with_photos(reviewed, projects["lane"], people)
    for state, row in (("submitted", said(park, clerk, date(2021, 12, 11), "等初审。")),
                       ("checked", said(park, clerk, date(2021, 12, 12), "等终审。", percent=90))):
        reviewed(row, people, steps=int(state == "checked"))
    row = reviewed(said(park, clerk, date(2021, 12, 13), "要退回。"), people, steps=0)
    row.send_back(people["reviewer"], "写得不清楚")
    reviewed(said(road, clerk, date(2021, 12, 13), "不要了。"), people, steps=0).drop(clerk, "重复")
    reviewed(said(school, other, date(2021, 12, 13), "换人写。"), people, steps=0).hand_over(clerk, people["boss"])
    said(park, clerk, date(2021, 12, 14), "还在写。").save_draft(clerk)
    small = make.make_department(name="第一居委", one_step_review=True)
    small.clerks.add(other)
    small.reviewers.add(senior)
    lamp = fresh(projects["lamp"])
    with acting(people["boss"], "换单位"):
        lamp.lead_department = small
        lamp.save()
    row = said(lamp, other, date(2021, 11, 11), "全部亮灯。", status="completed", percent=100)
    row.submit(other)
    row.approve(senior)
    make.make_update(projects["sample"], by=people["boss"], text="示例的话。", status="in_progress")


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def with_photos(publish, project, people):
    """A published statement with photos and a paper, and a draft with one of each."""
    clerk = people["clerk"]
    row = said(project, clerk, date(2021, 11, 1), "小路通了。", status="in_use")
    row.save_draft(clerk)
    make.make_photo(row, uploaded_by=clerk, role="before", pair=1, alt="从前的小路", caption="从前")
    make.make_photo(row, uploaded_by=clerk, role="after", pair=1, alt="新铺的小路", credit="经办丙")
    make.make_paper(row, uploaded_by=clerk, title="验收表")
    publish(row, people)
    row = said(project, clerk, date(2021, 11, 2), "还有照片。")
    row.save_draft(clerk)
    make.make_photo(row, uploaded_by=clerk)
    make.make_paper(row, uploaded_by=clerk, title="草稿的附件")


def work(projects, people, office):
    """What the back office keeps beside the ledger."""
    boss, clerk, watch, leader = people["boss"], people["clerk"], people["watch"], people["leader"]
    park = projects["park"]
    import_lists(park.project_list, clerk)
    rows = bulk_change.preview([park, projects["free"]], BulkChange.Kind.STATUS,
                               {"status": "paused", "reason": "过节", "effective_on": date(2021, 12, 14)}, clerk)
    change = bulk_change.apply(rows, BulkChange.Kind.STATUS, "过节", clerk)
    bulk_change.undo(change, clerk)
    day = date(2021, 12, 1)
    first = SupervisionNotice.issue(park, "reminder", "behind", "behind:park:1", "落后三十点。", day=day,
                                    reply_by=day + timedelta(days=5))
    first.answer(clerk, "在赶。")
    first.close("升级", day=date(2021, 12, 8))
    second = SupervisionNotice.issue(park, "urge", "behind", "behind:park:2", "还是落后。", previous=first)
    second.receive(clerk)
    SupervisionNotice.issue(projects["school"], "order", "manual", "manual:school", "请报进展。", by=watch)
    Instruction.objects.create(project=park, notice=second, by=leader, text="抓紧。")
    LightRule.objects.create(code="first", effective_on=date(2021, 1, 1), red_from=40)
    LightOverride.decide(projects["road"], "green", "已协调", watch)
    WatchedWord.objects.create(word="牵头单位领导", kind="leader", advice="不写姓名职务。")
    InboxMessage.objects.filter(recipient=clerk).mark_read()
    GroupPost.objects.create(cause_key="notice:1", text="催办单", path="/admin/")
    access_log.record("signed_in", by=clerk)
    access_log.record("roles_changed", by=people["root"], account=clerk, note="部门经办人")
    with acting(boss, "改地点"):
        park = fresh(park)
        park.place = "示范路北段"
        park.save()
        office.one_step_review = True
        office.save()
    LogEntry.objects.create(user=boss, content_type=ContentType.objects.get_for_model(park), object_id=str(park.pk),
                            object_repr=str(park), action_flag=CHANGE, change_message="改地点")


def import_lists(project_list, clerk):
    """One list that was written, one taken back, one that waits."""
    for text, last in (("已进场。", "confirm"), ("写错了。", "undo"), ("还没有确认。", "")):
        file = workbook([HEAD, ["", f"导入的项目（{text}）", "城建办", "2021年12月30日", text]])
        batch, sheet = upload.receive(clerk, file, project_list=project_list, effective_on=date(2021, 12, 1),
                                      source=Source.objects.own())
        jobs.start(batch, "preview", clerk, sheet=sheet)
        if last:
            jobs.start(batch, "confirm", clerk)
            batch.refresh_from_db()
        if last == "undo":
            undo(batch, clerk)
    ColumnHabit.objects.create(user=clerk, heading="情况", field="text")


def close_quarters(projects, people, clock):
    """A quarter closed, corrected, reopened, closed again and signed; another closed; a report begun."""
    from projects import quarter_close
    from projects.models import ExportFile, QuarterReport, QuarterSigning
    from projects.report.files import FORMATS

    word = FORMATS.pop("docx")
    for name in ("pdf", "png", "xlsx", "internal", "csv"):  # large; what is kept of one format is kept of all
        FORMATS.pop(name)
    boss, root = people["boss"], people["root"]
    report = QuarterReport.objects.create(
        year=2021, number=4, written_by=boss, issuer="示范办公室", has_red_head=True, is_released=True,
        overview="截至 {截至日}，新完成 {新完成} 个。", work="（一）公园")
    address = "https://example.invalid/reports/2021Q4/"
    first = quarter_close.close(report, root, address)
    clock.set(2022, 1, 12, 1)
    reviewed(said(projects["free"], people["clerk"], date(2021, 12, 20), "锁定以后才说的话。", status="in_use"), people)
    clock.set(2022, 1, 20, 1)
    quarter_close.reopen(first, "补录", root)
    second = quarter_close.close(QuarterReport.objects.get(pk=report.pk), root, address)
    FORMATS["docx"] = word
    signing = QuarterSigning(document_number="示范〔2022〕1 号", signer="签发人", signed_on=date(2022, 1, 20))
    quarter_close.sign(second, signing, boss)
    FORMATS.pop("docx")
    clock.set(2022, 1, 25, 1)
    quarter_close.close(QuarterReport.objects.create(year=2021, number=3, written_by=boss, kind="bulletin"), root)
    late = said(projects["road"], people["clerk"], date(2021, 9, 1), "第三季度的话，锁定以后才说。", percent=70)
    reviewed(late, people)
    QuarterReport.objects.create(year=2022, number=1, kind="internal", problems="还在写", written_by=boss)
    ExportFile.objects.create(asked_by=people["clerk"], what="全部项目", extension="csv", query={"status": "paused"})
