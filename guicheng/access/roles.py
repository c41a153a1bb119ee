"""The roles of the office as groups, made after every migration.

In a migration there are no permissions yet, and a test's flush takes what a migration wrote.
What a person may touch is their membership (`visible_to`); a role says only what they may do there.
"""
from django.core.exceptions import ValidationError
from django.db.models import Q

VIEW_PROJECTS = [
    "projects.view_project", "projects.view_progressupdate", "projects.view_projectlist",
    "projects.view_milestone", "projects.view_promise", "projects.view_source", "projects.view_department",
    "projects.view_category", "projects.view_exportfile", "projects.add_exportfile",
    "projects.view_reportingtask",
]
ASK_REPORTS = ["projects.add_reportingtask", "projects.change_reportingtask", "projects.ask_reports",
               *(f"projects.{verb}_superiorform" for verb in ("view", "add", "change"))]
VIEW_SUPERVISION = [
    "projects.view_supervisionnotice", "projects.view_lightrule", "guicheng.view_calendaryear",
    "guicheng.view_calendarday",
]
ANSWER = [*VIEW_SUPERVISION, "projects.answer_supervision"]
RULES = ["projects.add_lightrule", "projects.change_lightrule"]
CALENDAR = [f"guicheng.{verb}_{model}" for verb in ("add", "change") for model in ("calendaryear", "calendarday")]
VIEW_REPORTED = "partybuilding.view_reportedreading"
RECORD = [*VIEW_PROJECTS, "projects.add_progressupdate", "projects.change_progressupdate",
          "projects.view_bulkchange", VIEW_REPORTED, "partybuilding.add_reportedreading"]
IMPORT = ["projects.view_importbatch", "projects.add_importbatch"]
REVIEW = ["projects.check_progressupdate", "projects.publish_progressupdate", "projects.view_reviewstep",
          "projects.view_importbatch",
          "partybuilding.check_reportedreading", "partybuilding.publish_reportedreading"]
REPORT = [*(f"projects.{verb}_quarterreport" for verb in ("view", "add", "change")), "projects.close_quarter"]
WORDS = [f"projects.{verb}_watchedword" for verb in ("view", "add", "change")]
SEAL = ["guicheng.see_seals", "guicheng.confirm_seal"]  # the second person; the first is 安全管理员 alone
HANDLE_NEEDS = ["communities.view_need", "communities.add_need", "communities.handle_need", "communities.see_asker",
                "communities.view_needanswer", "communities.view_answertemplate"]
REVIEW_NEEDS = ["communities.view_need", "communities.see_asker", "communities.view_needanswer",
                "communities.check_needanswer", "communities.publish_needanswer"]
STREET_NEEDS = ["communities.assign_need", "communities.view_needterm", "communities.change_needterm",
                "communities.add_answertemplate", "communities.change_answertemplate"]
PARTY = [
    *[f"partybuilding.view_{model}" for model in ("partyorganisation", "venue", "metric", "metricreading")],
    "partybuilding.add_partyorganisation", "partybuilding.change_partyorganisation", "projects.view_source",
]
CONTENT_MODELS = {
    "projects": ["projectlist", "declaration", "category", "department", "project", "projectalias", "promise",
                 "milestone", "source", "fact", "discrepancy", "policydocument"],
    "communities": ["community", "unit", "secretaryproject"],
    "partybuilding": ["partyorganisation", "venue", "metric", "metricreading"],
}
CONTENT = [
    f"{app}.{verb}_{model}"
    for app, models in CONTENT_MODELS.items() for model in models for verb in ("view", "add", "change")
]
VIEW_CONTENT = [permission for permission in CONTENT if ".view_" in permission]

ROLES = {
    "业务管理员": [*CONTENT, *RECORD, *REVIEW, *IMPORT, *REPORT, *ASK_REPORTS, *WORDS,
              *VIEW_SUPERVISION, *RULES, *CALENDAR, *SEAL, *HANDLE_NEEDS, *REVIEW_NEEDS, *STREET_NEEDS,
              "projects.add_lightoverride", "guicheng.see_everything"],
    "系统管理员": ["guicheng.view_user", "guicheng.add_user", "guicheng.change_user"],
    "安全管理员": ["guicheng.view_user", "guicheng.give_roles", "guicheng.decide_faces", *SEAL, "guicheng.ask_seal"],
    "安全审计员": ["guicheng.view_user", "guicheng.view_accessevent", "admin.view_logentry", "guicheng.read_audit",
              "guicheng.see_seals"],
    "单位管理员": ["guicheng.view_user", "guicheng.reset_unit_accounts"],
    "部门经办人": [*RECORD, *IMPORT, *ANSWER, *HANDLE_NEEDS],
    "社区经办人": [*RECORD, *IMPORT, *ANSWER, *HANDLE_NEEDS, "communities.view_community",
              "communities.view_secretaryproject"],
    "党组织经办人": PARTY,
    "审核员": [*RECORD, *REVIEW, *ANSWER, *REVIEW_NEEDS],
    "督办员": [*VIEW_CONTENT, *VIEW_PROJECTS, *VIEW_SUPERVISION, VIEW_REPORTED, "projects.start_supervision",
            "projects.add_lightoverride", "communities.view_need", "guicheng.see_everything"],
    "领导": [*VIEW_CONTENT, *VIEW_PROJECTS, *VIEW_SUPERVISION, VIEW_REPORTED, "projects.view_quarterreport",
           "communities.view_need",
           "projects.start_supervision", "projects.add_instruction", "guicheng.see_everything"],
}

# never two of them in one hand
APART = ("系统管理员", "安全管理员", "安全审计员")
APART_SENTENCE = "系统管理员、安全管理员、安全审计员不能由同一个人担任。"
# whoever sets a password can act as that person: of these only a superuser does
GUARDED = frozenset({"业务管理员", *APART})
# roles of the units' own people; their administrator may look after them. Every other group is stronger
ORDINARY = ("部门经办人", "社区经办人", "党组织经办人", "审核员")
# what may be asked for when an account is made; 安全管理员 gives it
ASKABLE = (*ORDINARY, "单位管理员", "领导")
# with REQUIRE_TOTP=roles these sign in with a code as well
NEED_SECOND_FACTOR = frozenset({"审核员", "业务管理员", "单位管理员", *APART})


def keep_apart(sender, instance, action, reverse, pk_set, using, **kwargs):
    """Refuse a second of APART, whichever way a role is given. A handler of `m2m_changed`, under the person's lock."""
    if action != "pre_add" or not pk_set:
        return
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    people = get_user_model().objects.using(using).select_for_update(no_key=True)
    people = people.filter(pk__in=pk_set if reverse else [instance.pk])
    new = [instance.pk] if reverse else pk_set
    for person in people:
        held = Group.objects.using(using).filter(name__in=APART)
        if held.filter(Q(user=person) | Q(pk__in=new)).distinct().count() > 1:
            raise ValidationError(APART_SENTENCE)


def make_groups(app_config=None, using="default", **kwargs):
    """Make what is missing and bring every role's permissions to what is written here.

    The app's own permissions first: Django's handler comes after this one and would leave out the last app.
    """
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    if app_config is not None:
        create_permissions(app_config, using=using, **kwargs)

    by_name = {
        f"{app}.{codename}": pk
        for app, codename, pk in Permission.objects.using(using).values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    for name, permissions in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        wanted = {by_name[permission] for permission in permissions if permission in by_name}
        if wanted != set(group.permissions.values_list("pk", flat=True)):
            group.permissions.set(wanted)
