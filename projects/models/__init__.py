"""Projects, lists, and what is said of them; one module a concept."""
from projects.models.asked import Answer, AskedRow, AskedRowQuerySet, AtClose, Return, Standing
from projects.models.bulk import BulkChange
from projects.models.closing import QuarterClosing
from projects.models.covered import CoveredClose, CoveredFile
from projects.models.evidence import Discrepancy, Fact, PolicyDocument, Source
from projects.models.exports import ExportFile
from projects.models.imports import ColumnHabit, ImportAnswer, ImportBatch, ImportRow, ReadSheet
from projects.models.ledger import ProgressUpdate
from projects.models.lights import LightOverride, LightRule
from projects.models.lists import Category, Declaration, Department, ProjectList
from projects.models.media import Paper, Photo
from projects.models.plan import Milestone, ProjectAlias, Promise
from projects.models.project import Project
from projects.models.report import CloseFile, QuarterClose, QuarterReopening, QuarterReport, QuarterSigning
from projects.models.reporting import AskedColumn, AskedUnit, ReportingColumn, ReportingTask
from projects.models.reporting_office import (
    WORDED,
    ReportingRelease,
    ReportingReminder,
    ReportingReturn,
    ReportingScan,
    ReportingWording,
)
from projects.models.reporting_rows import AnswerAtClose, ReportingAnswer, ReportingRow
from projects.models.review import ReviewStep, WatchedWord
from projects.models.rollups import (
    ProjectsByCommunity,
    ProjectsByList,
    ProjectsByPlace,
    UpdatesByMonth,
    UpdatesBySource,
)
from projects.models.status import Status
from projects.models.superior_form import SuperiorForm
from projects.models.supervision import Instruction, SupervisionNotice

__all__ = [
    "Answer", "AnswerAtClose", "AskedColumn", "AskedRow", "AskedRowQuerySet", "AskedUnit", "AtClose", "BulkChange",
    "Category", "CloseFile", "ColumnHabit", "CoveredClose", "CoveredFile", "Declaration", "Department", "Discrepancy",
    "ExportFile", "Fact", "ImportAnswer", "ImportBatch", "ImportRow", "Instruction", "LightOverride", "LightRule",
    "Milestone", "Paper", "Photo", "PolicyDocument", "ProgressUpdate", "Project", "ProjectAlias", "ProjectList",
    "ProjectsByCommunity", "ProjectsByList", "ProjectsByPlace", "Promise", "QuarterClose", "QuarterClosing",
    "QuarterReopening", "QuarterReport", "QuarterSigning", "ReadSheet", "ReportingAnswer", "ReportingColumn",
    "ReportingRelease", "ReportingReminder", "ReportingReturn", "ReportingRow", "ReportingScan", "ReportingTask",
    "ReportingWording", "Return", "ReviewStep", "Source", "Standing", "Status", "SuperiorForm", "SupervisionNotice",
    "UpdatesByMonth", "UpdatesBySource", "WORDED", "WatchedWord",
]
