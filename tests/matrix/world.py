"""The people and the rows of the matrix: one of each model in a unit of one's own, one in another's."""
import copy
from datetime import date
from functools import cache

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.backends import ModelBackend
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from communities.models import AnswerTemplate, NeedTerm
from communities.needs import handling
from guicheng import media_store
from guicheng.access.roles import ROLES
from guicheng.accounts.models import AccessEvent
from guicheng.days.workdays import CalendarYear
from guicheng.notices.inbox import InboxMessage
from guicheng.office.saved_filters import SavedFilter
from partybuilding.models import ReadingRow, ReportedReading
from projects.exports.files import export_files
from projects.models import (
    AskedUnit,
    BulkChange,
    ExportFile,
    ImportBatch,
    ImportRow,
    LightRule,
    PolicyDocument,
    QuarterReport,
    ReportingRow,
    ReportingTask,
    ReviewStep,
    Source,
    SuperiorForm,
    SupervisionNotice,
    WatchedWord,
)
from tests import factories
from tests.matrix.table import DISABLED, NO_ROLE, NOT_STAFF, SUPER, VISITOR

OWN, OTHER = "天字号", "玄字号"  # in the texts of one's own rows, and of the others'
HIDDEN = "黄字号"  # in what is not public
OWN_YEAR = "2051"  # in those that have no text
NOBODY = {"pk": 99_999_999, "slug": "no-such", "code": "0" * 32}
FAR = 2**53  # a session touched then is not touched again


class QuickClient(Client):
    """A client that keeps no templates, contexts and cookies of the answers: half the time, and nobody signs out."""

    def request(self, **request):
        return self.handler(self._base_environ(**request))


def remember_people(patch):
    """Look up an account, its permissions and its session once: whatever a request changes is taken back."""
    look_up, load = ModelBackend.get_user, SessionStore._get_session_from_db
    sessions = {}

    @cache
    def known(pk):
        person = look_up(ModelBackend(), pk)
        if person:
            person.get_all_permissions()  # keeps them on the person
        return person

    def session(store):
        if store.session_key not in sessions:
            sessions[store.session_key] = load(store)
        return sessions[store.session_key]

    # a copy: what a request writes on its person is not the next one's
    patch.setattr(ModelBackend, "get_user", lambda backend, pk: copy.copy(known(pk)))
    patch.setattr(SessionStore, "_get_session_from_db", session)


class World:
    """People by name, and `rows[scope][model label]`."""

    def __init__(self):
        Source.objects.own()
        self.rows = {"own": self._unit(OWN, hidden=False), "other": self._unit(OTHER, hidden=True)}
        self.people = {name: factories.make_user(roles=[name], name=f"{OWN}{name}") for name in ROLES}
        self.people |= {
            DISABLED: factories.make_user(is_staff=True, is_superuser=True, is_active=False),
            NOT_STAFF: factories.make_user(is_superuser=True, is_staff=False),
            NO_ROLE: factories.make_user(is_staff=True),
            SUPER: factories.make_user(is_staff=True, is_superuser=True, name=f"{OWN}总管理员"),
        }
        for label in ("projects.department", "communities.community", "partybuilding.partyorganisation"):
            unit = self.rows["own"][label]
            unit.clerks.set(self.people.values())
            unit.reviewers.set([self.people["审核员"]])
            unit.administrators.set([self.people["单位管理员"]])
        stranger = factories.make_user(name=OTHER, is_staff=True)
        self.rows["other"] |= self._doings(stranger, OTHER, "confirmed")
        self.doings = {name: self._doings(person, OWN, "previewed") for name, person in self.people.items()}
        ImportRow.objects.create(batch=self.rows["other"]["projects.importbatch"], number=2, outcome="new",
                                 name=OTHER, project=self.rows["other"]["projects.project"])
        self.doings["单位管理员"]["guicheng.user"] = self.people[NO_ROLE]  # a clerk of the unit
        self.clients = {name: self._client(person) for name, person in self.people.items()}
        self.clients[VISITOR] = QuickClient()

    def _unit(self, word, hidden):
        """One row of every model, in units of their own. What can be hidden of the others' rows is."""
        hide, shown = {"is_published": not hidden}, f"{word}{HIDDEN}" if hidden else word
        year = int(OWN_YEAR) + hidden
        department = factories.make_department(name=f"{word}办公室", phone="0757-00000000")
        community = factories.make_community(name=f"{word}")
        organisation = factories.make_organisation(
            name=f"{shown}党委", kind="committee", community=community, **hide)
        unit = factories.make_unit(name=f"{word}小区", community=community)
        project_list = factories.make_list(title=f"{shown}清单", **hide)
        project = factories.make_project(
            factories.make_list(title=f"{OWN}微实事", kind="micro"), name=f"{shown}公园", number=1,
            lead_department=department, community=community, **hide)
        update = factories.make_update(project, text=f"{shown}进展。", status="in_progress")
        factories.make_promise(project, text=f"{shown}承诺")
        factories.make_milestone(project, name=f"{shown}节点")
        factories.make_alias(project, name=f"{shown}别名")
        factories.make_declaration(project_list, statement=f"{shown}说法")
        factories.make_category(project_list, name=f"{shown}类型")
        factories.make_organisation(name=f"{word}支部", parent=organisation, community=community)
        factories.make_fact(organisation=organisation, community=community, text=f"{shown}党委记述。")
        metric = factories.make_metric(name=f"{word}数", layer="community", community=community)
        factories.make_reading(metric)
        rows = [
            department, community, organisation, unit, project_list, project, update, metric,
            ReportedReading.objects.create(metric=metric, community=community, value=3, note=f"{shown}说明",
                                           effective_on=date(2021, 9, 30), author=factories.make_user()),
            factories.make_source(title=f"{OWN}报道"),
            PolicyDocument.objects.create(
                title=f"{OWN}指引{word}", stage="issued", effective_on=date(2021, 6, 30), source=project.source),
            factories.make_fact(project=project, text=f"{shown}记述。"),
            factories.make_discrepancy(project=project, community=community, metric=metric, topic=f"{shown}分歧"),
            *self._needs(shown, word, community),
            factories.make_secretary_project(community, project=project, secretary=f"{shown}书记"),
            WatchedWord.objects.create(word=f"{OWN}{word}", kind="wrong", advice=f"{OWN}提示"),
            ReviewStep.objects.create(update=update, verb="submitted", by=factories.make_user(), note=f"{shown}意见"),
            self._venue(word, community, project),
            LightRule.objects.create(effective_on=date(year, 1, 1)),
            CalendarYear.objects.create(year=year),
            QuarterReport.objects.create(year=year, number=4),
            SupervisionNotice.objects.create(
                project=project, department=department, level="order", cause="overdue", cause_key=f"matrix:{word}",
                year=2021, number=year,
                text=f"{shown}请报进展。", raised_on=date(2021, 9, 1)),
            *self._files(project), *self._reporting(word, project), self._superior_form(word),
        ]
        return {row._meta.label_lower: row for row in rows}

    def _reporting(self, word, project):
        """A 报送任务 that was opened, with one table of one row."""
        task = ReportingTask.objects.create(
            title=word, ground="示例通知", as_of=date(2021, 9, 30), due_at=timezone.now(), opened_at=timezone.now(),
            opened_by=factories.make_user())
        unit = AskedUnit.objects.create(task=task, department=project.lead_department)
        return [task, unit, ReportingRow.objects.create(unit=unit, project=project),
                ReadingRow.objects.create(unit=unit, metric=factories.make_metric(slug=f"asked-{project.pk}"))]

    def _needs(self, shown, word, community):
        """What a resident asked, an answer that waits for review, and what everybody may read."""
        need = factories.make_need(community=community, title=f"{shown}路灯不亮", text=f"{shown}三盏都不亮。")
        handling.accept(need, factories.make_user())
        answer = handling.hand_in(need, factories.make_user(), f"{shown}灯头已经换好，今晚会亮。")
        template = AnswerTemplate.objects.create(title=f"{OWN}模板 {community.pk}", text=f"{OWN}：您好，【写这一件】。")
        term = NeedTerm.objects.get(kind="question")
        term.answer_days = 4
        term.save()  # so that it has a version to go back to
        return [need, answer, template, term]

    def _superior_form(self, word):
        """One whose file is gone: its pages say so."""
        return SuperiorForm.objects.create(
            title=word, file="forms/gone.xlsx", file_name="gone.xlsx", sha256="0" * 64, sheet="表", header_row=1,
            uploaded_by=factories.make_user())

    def _venue(self, word, community, project):
        from partybuilding.models import Venue

        return Venue.objects.create(name=f"{word}服务中心", kind="community_centre", community=community,
                                    project=project, source=project.source)

    def _files(self, project):
        """A published statement with a photo and a paper."""
        update = factories.make_update(project, published=False)
        photo, paper = factories.make_photo(update), factories.make_paper(update)
        media_store.write(photo.file, "-320.jpg", b"a picture")
        media_store.write(paper.file, ".pdf", b"%PDF-")
        update.publish(factories.make_user(), factories.CHECKED)
        return [photo, paper]

    def _doings(self, user, word, state):
        """The account and what belongs to one person, not to a unit."""
        kind = ContentType.objects.get_for_model(Source)
        rows = [
            user,
            LogEntry.objects.create(user=user, content_type=kind, object_id="1", object_repr=word, action_flag=CHANGE),
            AccessEvent.objects.create(kind="signed_in", by=user, account=user, note=word),
            InboxMessage.objects.create(recipient=user, cause_key="matrix", title=word),
            SavedFilter.objects.create(account=user, model="projects.project", name=word, query="status=planned"),
            BulkChange.objects.create(kind="status", reason=word, by=user),
            ImportBatch.objects.create(uploader=user, file_name=word, source=self.rows["own"]["projects.source"],
                                       effective_on=date(2021, 9, 30), state=state),
            self._export(user, word),
        ]
        return {row._meta.label_lower: row for row in rows}

    def _export(self, user, word):
        """A finished export with its file."""
        stored = f"{user.pk}.csv"
        export_files.folder().mkdir(exist_ok=True)
        (export_files.folder() / stored).write_text(word)
        now = timezone.now()
        return ExportFile.objects.create(
            asked_by=user, what=word, extension="csv", state="finished", job_queued_at=now, finished_at=now,
            stored=stored, size=1, sha256="0" * 64, scope=[])

    def _client(self, person):
        client = QuickClient()
        client.force_login(person)
        session = client.session
        session["touched"] = FAR
        session.save()
        return client

    def row(self, label, scope, who):
        """A row of this model in this scope, or None."""
        if scope == "own":
            return self.doings.get(who, self.doings[NO_ROLE]).get(label) or self.rows["own"].get(label)
        return self.rows["other"].get(label) if scope == "other" else None
