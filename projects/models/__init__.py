from projects.models.evidence import Discrepancy, Fact, PolicyDocument, Source
from projects.models.imports import ColumnHabit, ImportBatch, ImportRow
from projects.models.ledger import ProgressUpdate, Status
from projects.models.lists import Category, Declaration, Department, ProjectList
from projects.models.project import Milestone, Project, ProjectAlias, Promise
from projects.models.review import ReviewStep, WatchedWord

__all__ = [
    "Category", "ColumnHabit", "Declaration", "Department", "Discrepancy", "Fact", "ImportBatch", "ImportRow",
    "Milestone", "PolicyDocument",
    "ProgressUpdate", "Project", "ProjectAlias", "ProjectList", "Promise", "ReviewStep", "Source", "Status",
    "WatchedWord",
]
