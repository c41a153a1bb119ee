from projects.models.evidence import Discrepancy, Fact, PolicyDocument, Source
from projects.models.ledger import ProgressUpdate, Status
from projects.models.lights import LightOverride, LightRule
from projects.models.lists import Category, Declaration, Department, ProjectList
from projects.models.project import Milestone, Project, ProjectAlias, Promise
from projects.models.review import ReviewStep, WatchedWord
from projects.models.supervision import Instruction, SupervisionNotice

__all__ = [
    "Category", "Declaration", "Department", "Discrepancy", "Fact", "Instruction", "LightOverride",
    "LightRule", "Milestone", "PolicyDocument", "ProgressUpdate", "Project", "ProjectAlias", "ProjectList", "Promise",
    "ReviewStep", "Source", "Status", "SupervisionNotice", "WatchedWord",
]
