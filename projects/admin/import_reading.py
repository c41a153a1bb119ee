"""How an uploaded list is read, said otherwise: columns of a sheet, answers to rows, rows to be read after all."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from guicheng.files.spreadsheets import Unreadable
from guicheng.office.submissions import once
from guicheng.text import is_row_number
from projects.excel_import import departments, otherwise, upload
from projects.excel_import.assumed import SCALES, UNITS
from projects.excel_import.fields import FIELDS
from projects.excel_import.forms import ColumnsForm
from projects.excel_import.preview import forget_rows
from projects.models import ImportAnswer, ImportBatch

Job = ImportBatch.Job
PASSED = 100  # rows a page that were not read


def preview_of(batch, page, passed_page):
    """What the page of a batch shows of its reading: sheets, columns, assumptions, questions, what was passed over.

    `passed_page`: which page of the rows that were not read, as it was asked for.
    """
    sheets = batch.read_sheets
    places = {each.name: place for place, each in enumerate(sheets)}
    read = [each for each in sheets if each.is_read]
    answers = {}
    for each in ImportAnswer.objects.filter(batch=batch).select_related("by"):
        answers.setdefault((each.sheet, each.number), []).append(each)
    for row in page:
        row.said = _without_asked(row)
        row.answered = answers.get((row.sheet or (read[0].name if read else ""), row.number), [])
    passed = Paginator(batch.passed_over, PASSED).get_page(passed_page)
    for each in passed:
        each |= {"place": places.get(each["sheet"]), "may_be_read": otherwise.may_be_read(each)}
    return {
        "mapped": list(dict.fromkeys((heading, FIELDS[key].label) for each in read
                                     for heading, key in zip(each.headings, each.columns, strict=True) if key)),
        "left_out": list(dict.fromkeys(heading for each in read for heading, key in zip(
            each.headings, each.columns, strict=True) if heading and not key)),
        "sheets": list(enumerate(sheets)), "read": read, "units": UNITS, "scales": list(SCALES.items()),
        "assumed": [{**each, "places": [places[name] for name in each["sheets"] if name in places],
                     "of": "" if len(each["sheets"]) in (0, len(read)) else "”“".join(each["sheets"])}
                    for each in batch.assumed],
        "passed": passed, "listed": passed.paginator.count,
        "hidden": sum(each["why"].startswith("隐藏") for each in batch.passed_over),
        "has_asks": any(row.asks for row in page),
    }


def _without_asked(row):
    """What is said of a row beside what is asked of it."""
    asked = sorted((each["sentence"] for each in row.asks), key=len, reverse=True)
    said = row.sentence.removesuffix("。")
    for each in asked:
        said = said.replace(each, "")
    said = "；".join(filter(None, said.split("；")))
    return f"{said}。" if said else ""


class ReadingPages:
    """Pages of ImportBatchAdmin. What is said is kept under the lock of the batch, then the file is read anew."""

    def _sheets(self, request, batch):
        """The sheets of the file, or None where it is gone; then that is said."""
        try:
            return upload.sheets_of(batch)
        except Unreadable as refusal:
            messages.error(request, str(refusal))
            return None

    def _reread(self, request, batch, sheets=None):
        """Compare the rows anew, or ask for what is missing to it."""
        missing, name = upload.what_is_missing(batch)
        if missing:
            messages.warning(request, missing)
            return self._to_columns(batch, name)
        self._start(request, batch, Job.PREVIEW, sheets=sheets)
        return self._back(batch)

    @staticmethod
    def _to_columns(batch, name=""):
        place = next((place for place, each in enumerate(batch.sheets) if each["name"] == name), 0)
        address = reverse("admin:projects_importbatch_columns", args=[batch.pk])
        return redirect(f"{address}?sheet={place}" if place else address)

    # what the columns mean
    def columns(self, request, pk):
        batch = self._own(request, pk)
        if not batch.is_open or batch.job:
            messages.warning(request, "这一批现在不能再改对应关系。")
            return self._back(batch)
        sheets = self._sheets(request, batch)
        if sheets is None:
            return self._back(batch)
        place = _place(request, batch)
        form = ColumnsForm(*[request.POST] * (request.method == "POST"), batch=batch, sheets=sheets,
                           read=batch.read_sheets[place])
        if request.method == "POST" and form.is_valid():
            try:
                with once(request) as sending:
                    batch = batch.held_open()
                    name = self._set_columns(request, batch, form, place)
                    sending.leads_to = self._back(batch).url
            except ValidationError as refusal:
                messages.warning(request, " ".join(refusal.messages))
                return self._back(batch)
            if name and not upload.what_is_missing(batch)[0]:
                messages.warning(request, "表头已重新读过，请看看每一列对不对。")
                return self._to_columns(batch, name)
            return self._reread(request, batch, sheets)
        return self._page(request, "columns", 400 if form.errors else 200, title="对应关系", batch=batch, form=form)

    @staticmethod
    def _set_columns(request, batch, form, place):
        """Write down what the form says; give the name of the sheet whose header was read anew, "" where none was."""
        batch.project_list, batch.no_list = form.chosen_list()
        batch.effective_on = form.cleaned_data["effective_on"]
        read, name, header = batch.read_sheets, form.cleaned_data["sheet"], form.chosen_header()
        shown, moved = read[place], ""
        if name != shown.name:  # another sheet: it is read as well, and shown next
            moved = name
            next(each for each in read if each.name == name).is_read = True
        elif "reread" in request.POST or header != (shown.header_row, shown.header_rows):
            moved = name if header != (shown.header_row, shown.header_rows) else ""
            sheet = next(sheet for sheet in form.sheets if sheet.name == name)
            upload.read_header(shown, sheet, upload.habits_of(batch.uploader_id), *header)
            shown.is_read = True
        else:
            chosen = form.chosen_columns()
            upload.learn(request.user, shown.headings, shown.columns, chosen)
            shown.columns, shown.is_read = chosen, True
            upload.remember(shown, upload.habits_of(batch.uploader_id))
        if batch.project_list_id:
            for each in read:
                each.project_list = None
        batch.read_sheets = read
        batch.total = sum(each.total for each in read if each.is_read)
        batch.save()
        forget_rows(batch)
        return moved

    # what is said otherwise
    def _say(self, request, pk, say, needs_file=False):
        """Keep what `say(batch, sheets)` says of an open batch of one's own, and read it anew."""
        batch = self._own(request, pk)
        sheets = self._sheets(request, batch) if needs_file and batch.is_open else None
        if needs_file and sheets is None:
            return self._back(batch)
        try:
            with transaction.atomic():
                batch = batch.held_open()
                say(batch, sheets)
                batch.total = sum(each.total for each in batch.read_sheets if each.is_read)
                batch.save()
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.warning(request, sentence)
            return self._back(batch)
        return self._reread(request, batch, sheets)

    @method_decorator(require_POST)
    def departments(self, request, pk):
        """Make the offices that a business administrator ticks, with the confirmation."""
        batch = self._visible(request, pk)
        if not request.user.has_perm("projects.add_department"):
            raise PermissionDenied
        ticked = set(request.POST.getlist("department"))
        if batch.uploader_id != request.user.pk:
            return self._make_for_another(request, batch, sorted(ticked & set(batch.unknown_departments)))

        def say(batch, sheets):
            if not ticked & set(batch.unknown_departments):
                raise ValidationError("还没有勾选要新建的单位。")
            batch.new_departments = sorted({*batch.new_departments, *ticked & set(batch.unknown_departments)})

        return self._say(request, pk, say)

    def _make_for_another(self, request, batch, names):
        """Make the offices that somebody else's list names, and tell them."""
        try:
            made = departments.make(batch, names, request.user)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            messages.success(request, f"已新建{'、'.join(made)}，并告诉了上传人。")
        return self._back(batch)

    @method_decorator(require_POST)
    def propose(self, request, pk):
        """Ask those who may to make the offices that the list names."""
        batch = self._own(request, pk)
        if batch.state != batch.State.PREVIEWED or not batch.unknown_departments:
            messages.warning(request, "这一批没有要新建的单位。")
        else:
            departments.propose(batch)
            messages.success(request, "已告诉业务管理员。新建好了会告诉你，再核对一次就能导入。")
        return self._back(batch)

    @method_decorator(require_POST)
    def answer(self, request, pk):
        """What a person says to questions of rows, or that an answer is taken back."""
        def say(batch, sheets):
            if again := request.POST.get("again", ""):
                otherwise.take_back(batch, int(again) if is_row_number(again) else 0)
            else:
                otherwise.answer(batch, request.user, _answers(request.POST))

        return self._say(request, pk, say)

    @method_decorator(require_POST)
    def take(self, request, pk):
        """Rows that were passed over and are to be read."""
        return self._say(request, pk, lambda batch, sheets: otherwise.take_in(
            batch, request.user, request.POST.getlist("take")))

    @method_decorator(require_POST)
    def reading(self, request, pk):
        """An assumption said otherwise."""
        return self._say(request, pk, lambda batch, sheets: otherwise.read_otherwise(batch, sheets, request.POST),
                         needs_file=True)


def _place(request, batch):
    """Which sheet the page of the columns shows."""
    asked = request.GET.get("sheet", "")
    if not asked:
        return next((place for place, each in enumerate(batch.sheets) if each["is_read"]), 0)
    if not is_row_number(asked) or int(asked) >= len(batch.sheets):
        raise Http404("没有这张工作表。")
    return int(asked)


def _answers(posted):
    """{(row, question): (key, words)} of what was chosen on the page."""
    found = {}
    for name, key in posted.items():
        _, row, question = [*name.split("-", 2), "", ""][:3]
        if name.startswith("answer-") and key and is_row_number(row):
            found[int(row), question] = key, posted.get(f"words-{row}-{question}", "")
    return found
