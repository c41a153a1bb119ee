"""What a person says of a preview: answers to its rows, rows that are to be read, how sheets are read otherwise.

Each is kept with the batch, whose lock the caller holds; then the file is read anew.
"""
from django.core.exceptions import ValidationError

from guicheng.excel_import.columns import habit_key
from guicheng.excel_import.kinds import WHY
from guicheng.excel_import.rows import READ
from guicheng.excel_import.values import has_private_number
from guicheng.text import is_row_number
from projects.excel_import import upload
from projects.excel_import.assumed import SCALES, UNITS
from projects.models import ImportAnswer, ImportRow

OLD = "这一页是旧的：有的行已经重新读过，没有记下回答。请再看一遍。"
LONGEST = 500


# --- answers ----------------------------------------------------------------------------------------
def answer(batch, by, said):
    """Keep answers. `said`: {(row, question): (key, words)}. Raises ValidationError, a sentence for each fault."""
    rows = {row.pk: row for row in ImportRow.objects.filter(batch=batch, pk__in={pk for pk, _ in said})}
    answers, faults = [], []
    for (pk, question), (key, words) in said.items():
        if pk not in rows:
            raise ValidationError(OLD)
        try:
            answers.append(_answer(batch, by, rows[pk], question, key, words))
        except ValidationError as fault:
            faults += fault.messages
    if faults:
        raise ValidationError(faults)
    if not answers:
        raise ValidationError("还没有选回答。")
    _keep(batch, answers)


def _answer(batch, by, row, question, key, words):
    asked = next((each for each in row.asks if each["question"] == question), None)
    choice = next((each for each in asked["choices"] if each[0] == key), None) if asked else None
    if choice is None:
        raise ValidationError(OLD)
    _, label, asks = choice
    words = words.strip() if asks else ""
    if asks and not words:
        raise ValidationError(f"{row}：请写{asks}。")
    if len(words) > LONGEST:
        raise ValidationError(f"{row}：{asks}太长，最多 {LONGEST} 个字。")
    if has_private_number(words):
        raise ValidationError(f"{row}：{asks}里有手机号，公开的资料里不写。")
    return ImportAnswer(batch=batch, sheet=row.sheet or _only_sheet(batch), number=row.number, question=question,
                        asked=asked["sentence"], answer=key, said=label[:200], words=words, by=by)


def _only_sheet(batch):
    return next((each["name"] for each in batch.sheets if each["is_read"]), "")


def _keep(batch, answers):
    ImportAnswer.objects.bulk_create(
        answers, update_conflicts=True, unique_fields=["batch", "sheet", "number", "question"],
        update_fields=["asked", "answer", "said", "words", "by", "at"])


def take_back(batch, pk):
    """Forget an answer, so that its row is asked again."""
    if not ImportAnswer.objects.filter(batch=batch, pk=pk).delete()[0]:
        raise ValidationError(OLD)


def take_in(batch, by, taken):
    """Read rows as things that were passed over. `taken`: "row-place" of each, or the word why several were."""
    places = {each["name"]: place for place, each in enumerate(batch.sheets)}
    wanted = [each for each in batch.passed_over
              if {f"{each['row']}-{places.get(each['sheet'])}", each["why"]} & set(taken) and may_be_read(each)]
    if not wanted:
        raise ValidationError(OLD)
    _keep(batch, [ImportAnswer(
        batch=batch, sheet=each["sheet"], number=each["row"], question="row", answer=READ,
        asked=f"没有读：{each['why']}", said="按普通行读", by=by) for each in wanted])


def may_be_read(passed):
    """Whether a row that was passed over has anything to be read."""
    return passed["why"] != WHY["blank"]


# --- how sheets are read ----------------------------------------------------------------------------
def read_otherwise(batch, sheets, said):
    """Read the sheets as the form of an assumption says; `said` is its QueryDict. Raises ValidationError."""
    read, what = batch.read_sheets, said.get("what", "")
    if what not in WAYS:
        raise ValidationError(OLD)
    places = {int(place) for place in said.getlist("place") if is_row_number(place)}
    if any(place >= len(read) for place in places):
        raise ValidationError(OLD)
    WAYS[what](batch, [(place in places, each, sheet) for place, (each, sheet) in enumerate(
        zip(read, sheets, strict=True))], said)
    batch.read_sheets = read
    if what in ("sheets", "header"):
        upload.find_lists(batch, sheets)


def _sheets(batch, placed, said):
    if not any(is_ticked for is_ticked, _, _ in placed):
        raise ValidationError("至少要读一张工作表。")
    for is_ticked, each, _ in placed:
        each.is_read = is_ticked


def _header(batch, placed, said):
    row, rows = said.get("header_row", ""), said.get("header_rows", "1")
    if not is_row_number(row) or int(row) < 1 or rows not in ("1", "2"):
        raise ValidationError("表头在第几行，请写一个数，如 3。")
    habits = upload.habits_of(batch.uploader_id)
    for is_meant, each, sheet in placed:
        if is_meant:
            if int(row) > len(sheet.rows):
                raise ValidationError(f"“{sheet.name}”没有第 {row} 行。")
            upload.read_header(each, sheet, habits, int(row), int(rows))


def _unit(batch, placed, said):
    _read_column(batch, placed, "budget", "unit", said.get("value", ""), UNITS)


def _scale(batch, placed, said):
    _read_column(batch, placed, "percent", "scale", said.get("value", ""), SCALES)


def _read_column(batch, placed, key, name, value, known):
    if value and value not in known:
        raise ValidationError(OLD)
    for is_meant, each, _ in placed:
        if is_meant:
            setattr(each, name, value)
            upload.learn_reading(batch.uploader, each.heading_of(key), key, value)


def _forget(batch, placed, said):
    """Read the columns as if this person had never said anything of their headings."""
    upload.forget(batch.uploader, [heading for _, each, _ in placed for heading in each.remembered])
    habits = upload.habits_of(batch.uploader_id)
    for _, each, sheet in placed:
        if any(habit_key(heading) for heading in each.remembered):
            upload.read_header(each, sheet, habits, each.header_row, each.header_rows)


WAYS = {"sheets": _sheets, "header": _header, "unit": _unit, "scale": _scale, "forget": _forget}
