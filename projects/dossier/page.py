"""A dossier as a page to print and as PDF; a pure function of the dossier and its photos."""
from copy import deepcopy

from django.template.loader import render_to_string

from guicheng import media_store
from projects.report.pdf import pdf_of, refuse

PHOTO = "photo:"


def render_html(dossier, address, **context):
    """The page. `address(file)` gives where a photo or paper is fetched, "" leaves a paper without a link.

    In a browser `context` has pdf, zip and back (addresses), other and other_label, lacking.
    """
    content = _with_addresses(dossier, address)
    return render_to_string("projects/dossier/dossier.html", {
        **content, **context, "title": dossier.title, "audience": dossier.audience, "in_browser": bool(context),
        "chapters": [(key, title) for key, title, *parts in CHAPTERS if any(content.get(part) for part in parts)]})


def render_pdf(dossier):
    """The same as PDF: of the same state on the same day the same bytes. Raises Missing."""
    photos = {file.key: file for file in dossier.files if file.kind == "photo"}

    def picture(url):
        file = photos.get(url.removeprefix(PHOTO).partition("/")[0]) if url.startswith(PHOTO) else None
        if file is None:
            return refuse(url)
        return media_store.path_of(file.store, file.shown).read_bytes()

    html = render_html(dossier, lambda file: f"{PHOTO}{file.key}/{file.store}" if file.kind == "photo" else "")
    return pdf_of(html, "dossier.css", picture)


# key, title, and what of the content it holds: a chapter of nothing is left out
CHAPTERS = [
    ("basics", "基本情况", "facts"), ("parts", "分项", "parts"), ("plan", "计划、承诺和延期", "has_plan"),
    ("statements", "每次进展", "statements"),
    ("waiting", "还没有发布的填报", "waiting"), ("notices", "督办和批示", "notices", "instructions"),
    ("told", "其他记述", "told", "differences"), ("reports", "季度汇总里的记载", "reports"),
    ("tables", "报送任务", "tables"), ("files", "附件清单", "papers"), ("history", "修改记录", "history"),
]
INSIDE = {"waiting", "notices", "tables", "history"}


def _with_addresses(dossier, address):
    content = deepcopy(dossier.content)
    where = {file.key: address(file) for file in dossier.files}
    papers = []
    for said in content["statements"]:
        for photo in (photo for figure in said.get("figures", []) for photo in figure):
            photo["address"] = where.get(photo.get("key"), "")
        for paper in said.get("papers", []):
            paper["address"] = where.get(paper.get("key"), "")
            papers.append(paper | {"when": said["when"]})
    return content | {"papers": papers, "has_plan": any(content["plan"].values()), "inside_chapters": INSIDE}
