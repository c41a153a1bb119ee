"""The people and the rows of the matrix: one of each model in a unit of one's own, one in another's."""
from datetime import date

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from guicheng.roles import ROLES
from projects.models import BulkChange, PolicyDocument, ReviewStep, Source, WatchedWord
from tests import factories
from tests.matrix.table import DISABLED, NO_ROLE, NOT_STAFF, SUPER, VISITOR

OWN, OTHER = "天字号", "玄字号"  # in the texts of one's own rows, and of the others'
HIDDEN = "黄字号"  # in what is not public
NOBODY = {"pk": 99_999_999, "slug": "no-such", "code": "no-such"}
FAR = 2**53  # a session touched then is not touched again


class QuickClient(Client):
    """A client that keeps no templates, contexts and cookies of the answers: half the time, and nobody signs out."""

    def request(self, **request):
        return self.handler(self._base_environ(**request))


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
        stranger = factories.make_user(name=OTHER, is_staff=True)
        self.rows["other"]["guicheng.user"] = stranger
        self.rows["other"]["admin.logentry"] = self._entry(stranger, OTHER)
        self.entries = {name: self._entry(person, OWN) for name, person in self.people.items()}
        self.changes = {name: self._change(person, OWN) for name, person in self.people.items()}
        self.rows["other"]["projects.bulkchange"] = self._change(stranger, OTHER)
        self.clients = {name: self._client(person) for name, person in self.people.items()}
        self.clients[VISITOR] = QuickClient()

    def _unit(self, word, hidden):
        """One row of every model, in units of their own. What can be hidden of the others' rows is."""
        hide, shown = {"is_published": not hidden}, f"{word}{HIDDEN}" if hidden else word
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
            factories.make_source(title=f"{OWN}报道"),
            PolicyDocument.objects.create(
                title=f"{OWN}指引{word}", stage="issued", effective_on=date(2021, 6, 30), source=project.source),
            factories.make_fact(project=project, text=f"{shown}记述。"),
            factories.make_discrepancy(project=project, community=community, metric=metric, topic=f"{shown}分歧"),
            factories.make_secretary_project(community, project=project, secretary=f"{shown}书记"),
            WatchedWord.objects.create(word=f"{OWN}{word}", kind="wrong", advice=f"{OWN}提示"),
            ReviewStep.objects.create(update=update, verb="submitted", by=factories.make_user(), note=f"{shown}意见"),
            self._venue(word, community, project),
        ]
        return {row._meta.label_lower: row for row in rows}

    def _venue(self, word, community, project):
        from partybuilding.models import Venue

        return Venue.objects.create(name=f"{word}服务中心", kind="community_centre", community=community,
                                    project=project, source=project.source)

    def _entry(self, user, word):
        kind = ContentType.objects.get_for_model(Source)
        return LogEntry.objects.create(
            user=user, content_type=kind, object_id="1", object_repr=word, action_flag=CHANGE, change_message="")

    def _change(self, user, word):
        return BulkChange.objects.create(kind="status", reason=word, by=user)

    def _client(self, person):
        client = QuickClient()
        client.force_login(person)
        session = client.session
        session["touched"] = FAR
        session.save()
        return client

    def row(self, label, scope, who):
        """A row of this model in this scope, or None. Of accounts one's own is oneself."""
        if label == "guicheng.user" and scope == "own":
            return self.people.get(who) or self.people[NO_ROLE]
        if label == "projects.bulkchange" and scope == "own":
            return self.changes.get(who) or self.changes[NO_ROLE]
        if label == "admin.logentry" and scope == "own":
            return self.entries.get(who) or self.entries[NO_ROLE]
        return self.rows[scope].get(label) if scope != "none" else None
