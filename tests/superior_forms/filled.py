"""Rows that need no database, forms read and filled, and the filled workbooks as others open them."""
import io
import os
import subprocess
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import openpyxl

from communities.models import Community
from projects.models import Department, Project
from projects.superior_form.filling import fill
from projects.superior_form.reading import read
from projects.superior_form.rows import FormRow

AS_OF, TODAY = date(2026, 11, 30), date(2026, 11, 28)
NAMES = ["示例公园（一期）", "示例学校", "示例水渠", "示例路灯", "示例长椅", "示例车站", "示例球场", "示例书屋"]
OFFICE, COMMUNITY = "示例建设办", "示例社区"


def rows(number=8):
    """Projects with a budget of 12.5 万元 times their number; the third has none, the fourth no share."""
    found = []
    for index in range(1, number + 1):
        name = NAMES[index - 1] if index <= len(NAMES) else f"示例项目 {index}"
        project = Project(
            name=name, code=f"sl{index}", number=index, budget=None if index == 3 else Decimal("12.50") * index,
            status="completed" if index % 2 == 0 else "in_progress", percent=None if index == 4 else 70,
            quantity=Decimal(index), planned_start=date(2026, 1, 5), planned_end=date(2026, 12, 31), phone="0757-1",
            leader="示例领导", lead_department=Department(name=OFFICE),
            community=Community(name="示例") if index > 2 else None)
        row = FormRow(project, OFFICE if index < 3 else COMMUNITY, AS_OF)
        if index == 2:
            row.silent = "本期还没有报"
        else:
            row.said, row.said_on = {"text": f"=1+{index} 完成<主体>&“甲”", "next_step": "收尾"}, TODAY
        found.append(row)
    return found


def form_of(content, folder, name="form", **said):
    """A form as its row would keep it."""
    path = folder / f"{name}.xlsx"
    path.write_bytes(content)
    return SimpleNamespace(path=path, title=name, **read(path, **said))


def filled(content, folder, number=8, name="form", unit=OFFICE, **said):
    """(the form, its Filling)."""
    form = form_of(content, folder, name, **said)
    return form, fill(form, rows(number), unit, AS_OF, TODAY)


def opened(filling, **how):
    return openpyxl.load_workbook(io.BytesIO(filling.content), **how)


def is_yellow(cell):
    return cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == "FFFFFF00"


def recalculated(folder, out):
    """Each .xlsx of a folder as LibreOffice saves it, with what its formulas give: {name: workbook}."""
    out.mkdir()
    subprocess.run(["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(out),  # noqa: S607
                    *map(str, sorted(folder.glob("*.xlsx")))], check=True, capture_output=True, timeout=180,
                   env={**os.environ, "HOME": str(out)})
    return {path.stem: openpyxl.load_workbook(path, data_only=True) for path in out.glob("*.xlsx")}
