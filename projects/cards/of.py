"""The cards of what this app shows: a project, and a quarter."""
from django.urls import reverse

from guicheng import words
from guicheng.public.address import address_of, short_address
from projects.cards.drawing import Card
from projects.cards.steps import OFF, STEPS, Step, off_the_stair, steps_of_many, steps_of_project
from projects.heads import project_sentence
from projects.report import digest
from projects.summary import own_by_status


def card_of_project(page):
    """Of a ProjectPage as it is now. No unit and no person is named on it."""
    project, latest = page.project, page.latest
    path = project.get_absolute_url()
    sentence = project_sentence(project, latest)
    if project.status in OFF:
        sentence = f"{project.get_status_display()}。{sentence}"
    return Card(
        title=project.name, corner=project.project_list.title if project.project_list else "",
        sentence=sentence, steps=tuple(steps_of_project(project, page.entries)),
        foot=_said(latest) if latest else "还没有来源说过办到了哪一步",
        address=address_of(path), short=short_address(path), is_sample=project.is_sample)


def _said(row):
    """The day of a statement, and who says so."""
    return f"{row.told} · {'本单位填报' if row.source.code == 'own' else f'据《{row.source.title}》'}"


def card_of_quarter(quarter, document):
    """Of the quarter's public Document."""
    figures, path = document.figures, reverse("report-detail", args=[quarter])
    by_status = own_by_status(figures)
    off = off_the_stair(by_status)
    return Card(
        title=quarter.title, corner="季度汇总", sentence=digest.lead(figures), steps=tuple(steps_of_many(by_status)),
        foot=f"截至 {words.day(document.as_of)} · 街道各张清单上有明细的项目{f'；另有{off}' if off else ''}",
        address=address_of(path), short=short_address(path), is_sample=digest.is_sample(document))


def card_of_many(title, corner, sentence, by_status, foot, path):
    """Of something with many projects: how many of them stand on each step. Where none is known nothing is counted."""
    off = off_the_stair(by_status)
    steps = steps_of_many(by_status) if by_status else [Step(label, family) for label, _, family in STEPS]
    return Card(title=title, corner=corner, sentence=sentence, steps=tuple(steps),
                foot=f"{foot}{f'；另有{off}' if off else ''}", address=address_of(path), short=short_address(path))
