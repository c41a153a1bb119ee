"""Who may do what, on two screens. `tests/test_matrix.py` tries every cell of it with real requests.

To add something:
- a model to the back office: one line in MODELS (who may view v, add a, change c, delete d), and one row of one's
  own and one of another unit in world.py. Its five pages (list, add, change, history, delete) need no more.
- a page: one line in ROUTES, under its name in the URL configuration, with one of the kinds below.
- a role: name it in MODELS and ROUTES where it may something; where it is not named it may nothing.
- a cell that is otherwise than its kind says: one line in EXCEPTIONS, with the reason.

Three scopes: "own" is of a unit this person is a member of, "other" of another unit, "none" a number that does not
exist. Of "other" and "none" the answers must be the same to the letter. Every signed-in person of the matrix, also
who has no role or may not come in, is a member of the own department, community and party organisation.
"""
# --- people --------------------------------------------------------------------------------------
# Every role of guicheng/roles.py is a person, and these:
VISITOR, DISABLED, NOT_STAFF, NO_ROLE, SUPER = "访客", "已停用", "非工作人员", "无角色", "总管理员"
OUTSIDE = {VISITOR, DISABLED, NOT_STAFF}  # whatever lies below /admin/ leads them to the sign-in page
SEES_ALL = {"业务管理员", "领导", SUPER}  # to them "other" is as "own"
RECORDERS = "部门经办人 社区经办人 审核员"
OFFICE = f"业务管理员 {SUPER}"

# --- models of the back office -------------------------------------------------------------------
# model: who may what with the rows of their scope. The list is open to v; without v all five pages are refused.
MODELS = {
    "guicheng.user":        f"系统管理员:vac {SUPER}:vac",
    "admin.logentry":       f"{SUPER}:v",
    "projects.source":      f"{OFFICE}:vac 领导:v {RECORDERS}:v 党组织经办人:v",
    "projects.projectlist": f"{OFFICE}:vac 领导:v {RECORDERS}:v",
    "projects.project":     f"{OFFICE}:vac 领导:v {RECORDERS}:v",
    "projects.progressupdate": f"{OFFICE}:va 领导:v {RECORDERS}:va",  # its pages are in ROUTES
    "projects.reviewstep": f"业务管理员:v {SUPER}:v 审核员:v",
    "projects.watchedword": f"{OFFICE}:vac",
    "projects.bulkchange": f"{OFFICE}:v {RECORDERS}:v",
    "projects.department":  f"{OFFICE}:vac 领导:v {RECORDERS}:v",
    "projects.fact":        f"{OFFICE}:vac 领导:v",
    "projects.discrepancy": f"{OFFICE}:vac 领导:v",
    "projects.policydocument": f"{OFFICE}:vac 领导:v",
    "communities.community": f"{OFFICE}:vac 领导:v 社区经办人:v",
    "communities.unit":     f"{OFFICE}:vac 领导:v",
    "communities.secretaryproject": f"{OFFICE}:vac 领导:v 社区经办人:v",
    "partybuilding.partyorganisation": f"{OFFICE}:vac 领导:v 党组织经办人:vac",
    "partybuilding.venue":  f"{OFFICE}:vac 领导:v 党组织经办人:v",
    "partybuilding.metric": f"{OFFICE}:vac 领导:v 党组织经办人:v",
}
CAN_DELETE = {  # the superuser may delete these; nobody else may delete anything
    SUPER: {model for model in MODELS if model not in (
        "guicheng.user", "admin.logentry", "projects.progressupdate", "projects.reviewstep", "projects.watchedword",
        "projects.bulkchange")},
}
# reference data: there is no "other" row
EVERYONES = {"projects.source", "projects.policydocument", "projects.watchedword"}
ALL_ROWS = {  # where others than SEES_ALL see all rows, of a model or on a page
    "guicheng.user": SEES_ALL | {"系统管理员"},
    "admin.logentry": {SUPER},
    "admin:audit": {"安全审计员"},
    "admin:audit-export": {"安全审计员"},
}
ALWAYS_PUBLIC = {"communities.community"}  # on the public pages there is no hidden row

# --- pages ---------------------------------------------------------------------------------------
# Kinds:
#   public           GET and HEAD for everybody; any other method 405
#   public row X     the same for a published row of model X; a hidden one and none are 404
#   staff            everybody who may come in; others are led to the sign-in page
#   staff read, staff form    the same, with 405 for the methods it does not know
#   hidden: who      open to those named; to all others there is no such page
#   leads on         everybody who may come in is led to another page
#   row X: who       a row of model X: outside one's scope 404, inside it 403 for who is not named
#   post X: who      the same, and nothing but POST
#   bulk: who        the rows come with the form; other methods lead back to the list
#   right X: who     403 for who is not named, whatever the row; outside one's scope 404
#   sign-in, sign-out, choices, shortcut, app, nowhere: one page each, described in cells.py
ROUTES = {
    "home": "public",
    "source-list": "public",
    "about": "public",
    "list-index": "public",
    "list-detail": "public row projects.projectlist",
    "list-csv": "public row projects.projectlist",
    "list-promises": "public row projects.projectlist",
    "list-promises-csv": "public row projects.projectlist",
    "project-index": "public",
    "project-detail": "public row projects.project",
    "report-index": "public",
    "report-detail": "public",
    "report-file": "public",
    "community-index": "public",
    "community-detail": "public row communities.community",
    "secretary-index": "public",
    "party": "public",
    "api-projects": "public",
    "api-summary": "public",

    "admin:index": "staff",
    "admin:login": "sign-in",
    "admin:logout": "sign-out",
    "admin:password_change": "staff form",
    "admin:password_change_done": "staff read",
    "admin:jsi18n": "staff read",
    "admin:autocomplete": "choices",
    "admin:view_on_site": "shortcut",
    "admin:app_list": "app",
    "admin/(?P<url>.*)$": "nowhere",

    "admin:audit": f"hidden: 安全审计员 {SUPER}",
    "admin:audit-export": f"hidden: 安全审计员 {SUPER}",
    "admin:projects_progressupdate_add": "leads on",
    "admin:projects_progressupdate_change": f"row projects.progressupdate: {OFFICE} 领导 {RECORDERS}",
    "admin:projects_progressupdate_record": f"row projects.project: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_correct": f"row projects.progressupdate: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_withdraw": f"row projects.progressupdate: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_postpone": f"row projects.project: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_close": f"row projects.project: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_decide": f"post projects.progressupdate: {OFFICE} 审核员",
    "admin:projects_project_bulk": f"bulk: {OFFICE} {RECORDERS}",
    "admin:projects_bulkchange_undo": f"post projects.bulkchange: {OFFICE} {RECORDERS}",
    "admin:auth_user_password_change": f"right guicheng.user: 系统管理员 {SUPER}",
}

# --- cells that are otherwise --------------------------------------------------------------------
# (page, who, scope, method): (outcome, why). "*" is any.
EXCEPTIONS = {
    ("admin:auth_user_password_change", "系统管理员", "own", "*"):
        ("403", "who has a role gets a password from a superuser only"),
    ("admin:projects_progressupdate_change", "*", "*", "POST"):
        ("405", "what is published is published; what waits is judged on its own page"),
    ("admin:projects_bulkchange_undo", "*", "other", "POST"):
        ("403", "who changed them takes it back"),
    ("admin:partybuilding_partyorganisation_change", "党组织经办人", "own", "POST"):
        ("403", "what is public is the office's; a clerk changes what they entered and is not public yet"),
}
