"""The roles of the office as groups, made after every migration.

In a migration there are no permissions yet, and a test's flush takes what a migration wrote.
What a person may touch is their membership (`visible_to`); a role says only what they may do there.
"""
VIEW_PROJECTS = [
    "projects.view_project", "projects.view_progressupdate", "projects.view_projectlist",
    "projects.view_milestone", "projects.view_promise", "projects.view_source", "projects.view_department",
    "projects.view_category",
]
RECORD = [*VIEW_PROJECTS, "projects.add_progressupdate", "projects.change_progressupdate"]
IMPORT = ["projects.view_importbatch", "projects.add_importbatch"]
REVIEW = ["projects.check_progressupdate", "projects.publish_progressupdate", "projects.view_reviewstep",
          "projects.view_importbatch"]
WORDS = [f"projects.{verb}_watchedword" for verb in ("view", "add", "change", "delete")]
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
    "业务管理员": [*CONTENT, *RECORD, *REVIEW, *IMPORT, *WORDS, "guicheng.see_everything"],
    "系统管理员": ["guicheng.view_user", "guicheng.add_user", "guicheng.change_user"],
    "部门经办人": [*RECORD, *IMPORT],
    "社区经办人": [*RECORD, *IMPORT, "communities.view_community", "communities.view_secretaryproject"],
    "审核员": [*RECORD, *REVIEW],
    "领导": [*VIEW_CONTENT, *VIEW_PROJECTS, "guicheng.see_everything"],
}


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
