"""The constraints of the quarterly report and of exports, each with a row that breaks nothing else."""
from datetime import date
from functools import partial
from itertools import count

from django.utils import timezone

from projects.models import CoveredClose, CoveredFile, ExportFile, QuarterClose, QuarterClosing, QuarterReport
from tests import factories as make
from tests.rules import Check, Once

_numbers = count(0)


def past_year():
    """A year of its own for each rule, over by now."""
    return 2000 + next(_numbers) % 25


REPORT = {"year": past_year, "number": 1}
CLOSE = {"year": past_year, "number": 1, "sequence": 1, "known_at": timezone.now, "as_of": date(2021, 12, 31),
         "closed_by": make.make_user, "figures_json": "{}", "report_json": "{}", "figures_sha256": "0" * 64,
         "report_sha256": "0" * 64}


def a_close():
    return QuarterClose.objects.create(**{name: each() if callable(each) else each for name, each in CLOSE.items()})


def an_edition():
    return CoveredClose.objects.create(close=a_close(), stamp="0" * 64)


EDITION = {"close": a_close, "stamp": "0" * 64}
COVERED_FILE = {"edition": an_edition, "format": "csv", "content": b"1", "size": 1, "sha256": "0" * 64}
def a_report():
    return QuarterReport.objects.create(year=past_year(), number=2)


CLOSING = {"report": a_report, "version": 1, "asked_by": make.make_user}
EXPORT = {"asked_by": make.make_user, "what": "全部项目", "extension": "csv"}
FINISHED = {"state": "finished", "finished_at": timezone.now, "size": 1, "sha256": "0" * 64, "stored": "a.csv"}

export = partial(Check, model=ExportFile, base=EXPORT)
report = partial(Check, model=QuarterReport, base=REPORT)
close = partial(Check, model=QuarterClose, base=CLOSE)

RULES = [
    report("projects_quarterreport_number_known", good={"number": 4}, bad={"number": 5}),
    report("projects_quarterreport_year_in_range", bad={"year": 1999}),
    report("projects_quarterreport_kind_known", good={"kind": "bulletin"}, bad={"kind": "summary"}),
    report("projects_quarterreport_only_reports_released", good={"is_released": True},
           bad={"kind": "bulletin", "is_released": True}),
    report("projects_quarterreport_no_head_for_a_meeting", good={"has_red_head": True, "addressee": "示例区政府"},
           bad={"kind": "internal", "has_red_head": True}),
    Once("projects_quarterreport_once", QuarterReport, REPORT, twins={"year": 2021, "number": 4}, apart={"number": 3}),
    close("projects_quarterclose_number_known", good={"number": 4}, bad={"number": 5}),
    close("projects_quarterclose_year_in_range", bad={"year": 1999}),
    Once("projects_quarterclose_once", QuarterClose, CLOSE, twins={"year": 2021, "number": 4, "sequence": 1},
         apart={"sequence": 2}),
    Check("projects_quarterclosing_state_known", QuarterClosing, CLOSING, good={"state": "failed"},
          bad={"state": "half"}),
    Once("projects_quarterclosing_once", QuarterClosing, CLOSING, twins={"report": a_report},
         apart={"state": "failed"}),
    Once("projects_coveredclose_once", CoveredClose, EDITION, twins={"close": a_close}, apart={"stamp": "1" * 64}),
    Check("projects_coveredclose_fingerprinted", CoveredClose, EDITION,
          good={"sealed_at": timezone.now, "figures_sha256": "0" * 64}, bad={"sealed_at": timezone.now}),
    Once("projects_coveredfile_once", CoveredFile, COVERED_FILE, twins={"edition": an_edition},
         apart={"format": "json"}),
    export("projects_exportfile_extension_known", good={"extension": "xlsx"}, bad={"extension": "exe"},
           shared_with=("projects_exportfile_extension_of_kind",)),
    export("projects_exportfile_kind_known", bad={"kind": "photo"},
           shared_with=("projects_exportfile_extension_of_kind",)),
    export("projects_exportfile_extension_of_kind", good={"kind": "dossier", "extension": "zip"},
           bad={"extension": "pdf"}),
    export("projects_exportfile_extension_of_kind", bad={"kind": "dossier"}),
    export("projects_exportfile_state_known", good={"state": "running"}, bad={"state": "lost"}),
    export("projects_exportfile_finished_whole", good=FINISHED, bad={"state": "finished"}),
    export("projects_exportfile_finished_whole", bad={"size": 1}),
]
# no UPDATE reaches their constraints, the triggers are before: tests/projects/test_quarter_close.py tries them
BY_HAND = {"projects_closefile_once", "projects_quartersigning_printed_on_in_order", "projects_quartersigning_stated",
           "projects_quarterreopening_explained"}
