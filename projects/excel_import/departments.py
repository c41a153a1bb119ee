"""Offices that a list names and nobody knows: asked for, and made by who may."""
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from guicheng.notices.inbox import tell
from guicheng.trail.history import acting
from projects.models import Department


def propose(batch):
    """Tell those who may make offices which ones the batch names; of the same names only once."""
    names = "、".join(batch.unknown_departments)
    people = get_user_model().objects.with_perm(
        "projects.add_department", backend="django.contrib.auth.backends.ModelBackend")
    return tell(people, f"departments:{batch.pk}:{names}", f"请新建单位：{batch.file_name}",
                f"{batch.uploader}导入的表里有系统中没有的单位：{names}。", _page(batch))


def make(batch, names, by):
    """Make offices that somebody else's batch names, tell them, and give the names. Raises ValidationError."""
    if not names:
        raise ValidationError("还没有勾选要新建的单位。")
    try:
        with transaction.atomic(), acting(by, f"Excel 导入：{batch.file_name}"):
            for name in names:
                if not Department.objects.filter(name=name).exists():
                    department = Department(name=name)
                    department.full_clean()
                    department.save()
    except IntegrityError:
        raise ValidationError("这些单位刚才已经有人新建了。")
    tell([batch.uploader], f"departments-made:{batch.pk}:{','.join(names)}", f"单位已新建：{batch.file_name}",
         f"{by}新建了{'、'.join(names)}，再核对一次就能导入。", _page(batch))
    return names


def _page(batch):
    return reverse("admin:projects_importbatch_change", args=[batch.pk])
