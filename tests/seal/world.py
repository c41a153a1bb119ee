"""A small street in which one marker stands everywhere: names, texts, titles, words of pictures, a closed quarter."""
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from guicheng.files.attach import attach, read_paper, read_photo
from guicheng.seal.models import Seal
from projects.models import Paper, Photo, QuarterReport
from projects.report import close as quarter_close
from tests import factories, pictures

MARKER = "陈大文·半月岛纪念亭"


def keeper():
    return factories.make_user(roles=["安全管理员"])


def seal(kind="name", *, words=MARKER, confirmed=True, **kw):
    """A seal of two security administrators."""
    row = Seal(kind=kind, words="" if kw else words, ground="当事人来电要求不再公开。", **kw).ask(keeper())
    if confirmed:
        row.confirm(keeper())
        row.refresh_from_db()
    return row


def street(marker=MARKER):
    """Rows that say the marker; gives the project."""
    source = factories.make_source(title=f"{marker}报道")
    department = factories.make_department(name=f"{marker}办公室")
    community = factories.make_community(name=f"{marker}", slug="here")
    key_list = factories.make_list(title=f"{marker}重点项目", slug="key-test", source=source)
    category = factories.make_category(key_list, name=f"{marker}类")
    project = factories.make_project(key_list, code="park", name=f"{marker}改造工程，含周边道路和绿化以及配套的停车场",
                                     number=1, category=category, lead_department=department, community=community,
                                     source=source)
    factories.make_alias(project, name=f"{marker}工程")
    factories.make_part(project, name=f"{marker}的一部分", code="part")
    factories.make_promise(project, text=f"{marker}将于今年内完成", source=source)
    factories.make_milestone(project, name=f"{marker}封顶", source=source)
    factories.make_fact(project=project, community=community, text=f"{marker}的记述。", source=source)
    factories.make_discrepancy(project=project, topic=f"{marker}的面积", source_1=source)
    factories.make_declaration(key_list, statement=f"{marker}等 45 项", source=source)
    factories.make_secretary_project(community, project=project, secretary=marker)
    factories.make_organisation(name=f"{marker}党委", kind="committee", community=community, source=source)
    factories.make_reading(factories.make_metric(name=f"{marker}党员数", project=project), source=source)
    factories.make_update(project, text=f"{marker}已经开工。", status="in_progress", effective_on=date(2021, 8, 1),
                          source=source)
    factories.make_update(project, text=f"{marker}  已经完工，居民说好。", status="completed",
                          effective_on=date(2021, 11, 1), source=source)
    return project


def with_files(project, marker=MARKER):
    """A published statement with a photo and a paper; gives both."""
    by = factories.make_user(roles=["部门经办人"])
    project.lead_department.clerks.add(by)
    update = factories.make_update(project, published=False, author=by, text="又有进展。",
                                   effective_on=date(2021, 11, 2))
    photo = read_photo(pictures.jpeg(), by, Photo)
    photo.alt, photo.caption, photo.credit, photo.people_agreed = f"{marker}的照片", f"{marker}前", "通讯员", True
    paper = read_paper(SimpleUploadedFile("a.pdf", pictures.paper().read()), by, Paper)
    paper.title = f"{marker}验收表"
    attach(update, [photo, paper], by)
    update.refresh_from_db()
    update.submit(by)
    update.approve(factories.make_user())
    update.publish(factories.make_user(), factories.CHECKED)
    return photo, paper


def closed(marker=MARKER, **kw):
    """The last quarter of 2021, closed with a released text; gives the close."""
    report = QuarterReport.objects.create(
        year=2021, number=4, overview=f"截至 {{截至日}}，{marker}已经完工。", is_released=True,
        title=f"关于{marker}的报告", issuer="示例办事处", addressee="示例区政府", **kw)
    return quarter_close.close(report, factories.make_user(roles=["业务管理员"], is_established=True))
