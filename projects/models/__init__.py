from projects.models.bulk import BulkChange
from projects.models.evidence import Discrepancy, Fact, PolicyDocument, Source
from projects.models.ledger import ProgressUpdate, Status
from projects.models.lists import Category, Declaration, Department, ProjectList
from projects.models.media import Paper, Photo
from projects.models.project import Milestone, Project, ProjectAlias, Promise
from projects.models.review import ReviewStep, WatchedWord

__all__ = [
    "BulkChange", "Category", "Declaration", "Department", "Discrepancy", "Fact", "Milestone", "Paper", "Photo",
    "PolicyDocument",
    "ProgressUpdate", "Project", "ProjectAlias", "ProjectList", "Promise", "ReviewStep", "Source", "Status",
    "WatchedWord",
]
