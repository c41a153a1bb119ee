"""Write what the preview showed: projects, changes and statements, in one transaction or not at all."""
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from guicheng.excel_import.names import key_of
from guicheng.excel_import.rows import Outcome, chunks, row_of_sheet
from guicheng.trail.history import acting
from projects.excel_import.matching import Finder
from projects.excel_import.roster import ProjectRoster
from projects.models import ImportBatch, ImportRow, Project

SIZE = 1000
WRITTEN = "outcome", "project", "update", "postponement", "seen", "values"  # what of a row its writer asks for
SAY_WHICH = 5


def confirm(batch):
    """Write the batch's rows. Raises ValidationError where what the preview saw is no longer so."""
    try:
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
            if locked.state != ImportBatch.State.PREVIEWED:
                raise ValidationError("这一批已经导入或放弃了，没有重复导入。")
            rows = ImportRow.objects.filter(batch=locked, outcome__in=[Outcome.NEW, Outcome.CHANGED])
            if not rows.exists():
                raise ValidationError("没有要导入的行。")
            refuse_stale(locked, rows)
            roster = ProjectRoster(locked)
            with acting(locked.uploader, f"Excel 导入：{locked.file_name}"):
                for chunk in chunks(rows.order_by("pk").only(*WRITTEN).iterator(SIZE), SIZE):
                    roster.write(chunk)
            locked.state, locked.confirmed_at, locked.job = ImportBatch.State.CONFIRMED, timezone.now(), ""
            locked.save(update_fields=["state", "confirmed_at", "job"])
    except IntegrityError:
        raise ValidationError("核对以后有人动过这些项目，这一批一行也没有导入。请重新核对再导入。")
    batch.refresh_from_db()
    batch.forget_file()


def refuse_stale(batch, rows):
    """Whether what the preview saw is still so: nobody edited, added or spoke of these projects meanwhile."""
    finder, stale = Finder(batch.uploader), []
    columns = rows.order_by("pk").values_list("sheet", "number", "name", "project_id", "seen", "values", named=True)
    for chunk in chunks(columns.iterator(SIZE), SIZE):
        plans = [row.values["plan"] for row in chunk]
        finder.read_lists({plan["project_list"] for plan in plans if "project_list" in plan})
        seen = [row for row in chunk if row.project_id]
        codes = dict(Project.objects.filter(pk__in=[row.project_id for row in seen]).values_list("pk", "code"))
        finder.read_codes(codes.values())
        known = {row.project_id: finder.by_code.get(codes.get(row.project_id)) for row in seen}
        finder.read_said({each.pk: each for each in known.values() if each}.values())
        for row, plan in zip(chunk, plans, strict=True):
            if row.project_id:
                now = known[row.project_id]
                is_same = now is not None and now.stamp == row.seen
            elif not finder.is_own(plan):
                raise ValidationError(
                    f"{row_of_sheet(row.sheet, row.number)}“{row.name}”的牵头单位和社区已经不归你管，一行也没有导入。")
            else:
                name = (plan["project_list"], key_of(plan["name"]))
                number = (plan["project_list"], plan.get("number"))
                is_same = name not in finder.by_name and number not in finder.taken_numbers
            if not is_same:
                stale.append(row)
    if stale:
        names = "、".join(f"{row_of_sheet(row.sheet, row.number)}“{row.name}”" for row in stale[:SAY_WHICH])
        more = f"等 {len(stale)} 行" if len(stale) > SAY_WHICH else ""
        raise ValidationError(f"核对以后有人动过{names}{more}，一行也没有导入。请重新核对再导入。")
