"""上级表样: uploaded and corrected by two at once."""
from io import BytesIO

from projects.models import SuperiorForm
from projects.superior_form import reading
from tests import pictures
from tests.superior_forms import forms
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page


def kept(scene):
    upload = BytesIO(forms.plain())
    upload.name = "示例.xlsx"
    form = reading.receive(scene.person("业务管理员"), f"示例表 {scene.number}", "", upload)
    reading.keep(form, upload)
    return form


@pair("projects_superiorform_add")
def two_clicks_on_upload_a_form(scene):
    title, content = f"示例表 {scene.number}", forms.plain()
    page = Page(scene.person("业务管理员"), url("projects_superiorform_add")).only(
        file=lambda: pictures.upload(content, "示例.xlsx"), title=title)
    return page.send, page.send, lambda: {"上传": (SuperiorForm.objects.filter(title=title).count(), 1)}


@pair("projects_superiorform_change")
def two_who_correct_a_form(scene):
    form = kept(scene)
    first, second = (Page(scene.person("业务管理员"), form.get_absolute_url()).fill(ground=[words])
                     for words in ("甲改的", "乙改的"))
    return first.send, second.send, lambda: {
        "版本": (SuperiorForm.objects.get(pk=form.pk).version, form.version + 1)}
