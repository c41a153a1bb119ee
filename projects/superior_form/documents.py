"""The workbooks of one filling, as they are taken along."""
import io
import re
import zipfile
from itertools import groupby

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from projects.models import ReportingTask
from projects.superior_form.filling import fill, fill_each
from projects.superior_form.rows import rows_of_list, rows_of_task

NOTHING = "没有要填的行。"
NO_UNIT = "没有写单位"
MOST_UNITS = 300


def filled(form, source, user, is_each_unit=False):
    """(name of the file, its content) of a form filled from a task or a list.

    `is_each_unit`: a workbook for each unit, in a .zip. Raises Unreadable and ValidationError with a sentence.
    """
    is_task, today = isinstance(source, ReportingTask), timezone.localdate()
    rows = rows_of_task(source) if is_task else rows_of_list(source, user)
    as_of = source.as_of if is_task else today
    if not rows:
        raise ValidationError(NOTHING)
    name = _named(f"{form.title}（{source}）")
    if is_each_unit:
        return f"{name}.zip", _zipped(form, name, rows, as_of, today)
    units = {row.unit for row in rows}
    whose = units.pop() if len(units) == 1 else settings.OFFICE_NAME
    return f"{name}.xlsx", fill(form, rows, whose, as_of, today).content


def _zipped(form, name, rows, as_of, today):
    order = list(dict.fromkeys(row.unit for row in rows))
    rows = sorted(rows, key=lambda row: order.index(row.unit))
    parts = [(unit, list(own)) for unit, own in groupby(rows, key=lambda row: row.unit)]
    if len(parts) > MOST_UNITS:
        raise ValidationError(f"单位超过 {MOST_UNITS} 个，请填在一张表里。")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:  # what is in it is compressed already
        for number, ((unit, _), each) in enumerate(zip(parts, fill_each(form, parts, as_of, today), strict=True), 1):
            package.writestr(f"{number:02} {_named(unit or NO_UNIT)} {name[:60]}.xlsx", each.content)
    return out.getvalue()


def _named(text):
    """A text as a file may be called."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", text).strip()[:120]
