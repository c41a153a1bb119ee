"""Who may do what, on two screens. `tests/test_matrix.py` tries every cell of it with real requests.

To add something:
- a model to the back office: one line in MODELS (who may view v, add a, change c, delete d), and one row of one's
  own and one of another unit in world.py. Its pages (list, export, add, change, history, restore, delete) need
  no more.
- a page: one line in ROUTES, under its name in the URL configuration, with one of the kinds below.
- a role: name it in MODELS and ROUTES where it may something; where it is not named it may nothing.
- a cell that is otherwise than its kind says: one line in EXCEPTIONS, with the reason.

Three scopes: "own" is of a unit this person is a member of, "other" of another unit, "none" a number that does not
exist. Of "other" and "none" the answers must be the same to the letter. Every signed-in person of the matrix, also
who has no role or may not come in, is a member of the own department, community and party organisation.
"""
# --- people --------------------------------------------------------------------------------------
# Every role of guicheng/access/roles.py is a person, and these:
VISITOR, DISABLED, NOT_STAFF, NO_ROLE, SUPER = "访客", "已停用", "非工作人员", "无角色", "总管理员"
OUTSIDE = {VISITOR, DISABLED, NOT_STAFF}  # whatever lies below /admin/ leads them to the sign-in page
SEES_ALL = {"业务管理员", "领导", "督办员", SUPER}  # to them "other" is as "own"
OFFICE = f"业务管理员 {SUPER}"
RECORDERS = "部门经办人 社区经办人 审核员"
WATCHERS = "领导 督办员"
READERS = f"{OFFICE} {WATCHERS} {RECORDERS}"
CLERKS = "部门经办人 社区经办人"
IMPORTERS = f"{OFFICE} 部门经办人 社区经办人"
ACCOUNTS = f"系统管理员 单位管理员 {SUPER}"  # who look after accounts: all, or those of their own unit

# --- models of the back office -------------------------------------------------------------------
# model: who may what with the rows of their scope. The list is open to v; without v all its pages are refused.
MODELS = {
    "guicheng.user": f"{ACCOUNTS}:vac 安全管理员:vc 安全审计员:v",
    "guicheng.accessevent": f"安全审计员 {SUPER}:v",
    "admin.logentry": f"安全审计员 {SUPER}:v",
    "guicheng.calendaryear": f"{OFFICE}:vac {WATCHERS} {RECORDERS}:v",
    "projects.source": f"{OFFICE}:vac {WATCHERS} {RECORDERS} 党组织经办人:v",
    "projects.projectlist": f"{OFFICE}:vac {WATCHERS} {RECORDERS}:v",
    "projects.project": f"{OFFICE}:vac {WATCHERS} {RECORDERS}:v",
    "projects.progressupdate": f"{OFFICE} {RECORDERS}:va {WATCHERS}:v",  # its pages are in ROUTES
    "projects.reviewstep": f"{OFFICE} 审核员:v",
    "projects.watchedword": f"{OFFICE}:vac",
    "projects.bulkchange": f"{OFFICE} {RECORDERS}:v",
    "projects.importbatch": f"{IMPORTERS}:va 审核员:v",
    "projects.exportfile": f"{READERS}:va",
    "projects.supervisionnotice": f"{READERS}:v",
    "projects.reportingtask": f"{OFFICE}:vac {WATCHERS} {RECORDERS}:v",
    "projects.superiorform": f"{OFFICE}:vac",
    "projects.lightrule": f"{OFFICE}:vac {WATCHERS} {RECORDERS}:v",
    "projects.quarterreport": f"{OFFICE}:vac 领导:v",
    "projects.department": f"{OFFICE}:vac {WATCHERS} {RECORDERS}:v",
    "projects.fact": f"{OFFICE}:vac {WATCHERS}:v",
    "projects.discrepancy": f"{OFFICE}:vac {WATCHERS}:v",
    "projects.policydocument": f"{OFFICE}:vac {WATCHERS}:v",
    "communities.community": f"{OFFICE}:vac {WATCHERS} 社区经办人:v",
    "communities.unit": f"{OFFICE}:vac {WATCHERS}:v",
    "communities.secretaryproject": f"{OFFICE}:vac {WATCHERS} 社区经办人:v",
    "communities.need": f"{OFFICE} {CLERKS}:va {WATCHERS} 审核员:v",
    "communities.needanswer": f"{OFFICE} {RECORDERS}:v",
    "communities.answertemplate": f"{OFFICE}:vac {CLERKS}:v",
    "communities.needterm": f"{OFFICE}:vc",
    "partybuilding.partyorganisation": f"{OFFICE} 党组织经办人:vac {WATCHERS}:v",
    "partybuilding.venue": f"{OFFICE}:vac {WATCHERS} 党组织经办人:v",
    "partybuilding.metric": f"{OFFICE}:vac {WATCHERS} 党组织经办人:v",
    "partybuilding.reportedreading": f"{READERS}:v",  # written in the table of a task
}
KEPT = {  # nobody deletes these; all others the superuser may, and nobody else
    "guicheng.user", "guicheng.accessevent", "guicheng.calendaryear", "admin.logentry", "projects.progressupdate",
    "projects.reviewstep", "projects.watchedword", "projects.bulkchange", "projects.importbatch",
    "projects.exportfile", "projects.supervisionnotice", "projects.lightrule", "projects.quarterreport",
    "projects.reportingtask", "projects.superiorform", "partybuilding.reportedreading",
    "communities.need", "communities.needanswer", "communities.needterm",
}
# reference data: there is no "other" row
EVERYONES = {"projects.source", "projects.policydocument", "projects.watchedword", "projects.lightrule",
             "guicheng.calendaryear", "communities.answertemplate", "communities.needterm"}
ALL_ROWS = {  # where others than SEES_ALL see all rows, of a model or on a page
    "guicheng.user": {"系统管理员", "安全管理员", "安全审计员", SUPER},
    "guicheng.accessevent": {"安全审计员", SUPER},
    "projects.superiorform": set(OFFICE.split()),
    "guicheng.inboxmessage": set(),
    "guicheng.savedfilter": set(),
    "admin.logentry": {"安全审计员", SUPER},
    "admin:audit": {"安全审计员", SUPER},
    "admin:audit-export": {"安全审计员", SUPER},
    "admin:inbox": set(),
}
OWN_ROWS = {"projects.quarterreport": SEES_ALL, "projects.superiorform": set(OFFICE.split()),
            "guicheng.user": {*ACCOUNTS.split(), "安全管理员", "安全审计员"}}  # others see not even their own account
# whose list says numbers alone, no word of ours
NUMBERS = {"communities.needterm"}
# pages that offer every unit to choose from: their names are public
NAME_UNITS = {"admin:communities_need_add", "admin:communities_need_do", "admin:communities_need_change"}
# on the public pages there is no hidden row; a metric is hidden with its project, and those of the world have none
ALWAYS_PUBLIC = {"communities.community", "partybuilding.metric"}

# --- pages ---------------------------------------------------------------------------------------
# A kind, for some of what model, for some the only methods it answers to (any other is 405), and who:
#   public           GET and HEAD for everybody
#   public-form      GET, HEAD and POST for everybody; a POST without the key of its own page is 403
#   public row X     the same for a published row of model X; a hidden one and none are 404
#   staff            everybody who may come in; others are led to the sign-in page
#   leads            everybody who may come in is led to another page
#   page: who        403 for who is not named
#   hidden: who      open to those named; to all others there is no such page
#   row X: who       a row of model X: outside one's scope 404, inside it 403 for who is not named
#   right X: who     403 for who has no right to X, whatever the row; then as "row"
#   bulk: who        the rows come with the form; other methods lead back to the list
#   off              404 for everybody: nothing of the kind is set in the matrix
#   sign-in, sign-out, choices, shortcut, app, nowhere: one page each, described in cells.py
# GET stands for HEAD too. Below /admin/ nothing but GET, HEAD and POST is answered.
ROUTES = {
    "home": "public",
    "search": "public",
    "source-list": "public",
    "about": "public",
    "accessibility": "public",
    "security-txt": "public",
    "robots": "public",
    "sitemap": "public",
    "sitemap-section": "public",
    "favicon": "public",
    "feed": "public",
    "list-feed": "public row projects.projectlist",
    "list-planned": "public row projects.projectlist",
    "project-card": "public row projects.project",
    "project-poster": "public row projects.project",
    "report-card": "public",
    "need-new": "public",
    "need-ask": "public-form",
    "need-find": "public-form",
    "need-own": "off",  # to whoever has not its secret address
    "need-judge": "off", "need-my-data": "off",
    "community-card": "public row communities.community",
    "community-poster": "public row communities.community",
    "community-feed": "public row communities.community",
    "list-index": "public",
    "list-detail": "public row projects.projectlist",
    "list-csv": "public row projects.projectlist",
    "list-promises": "public row projects.projectlist",
    "list-promises-csv": "public row projects.projectlist",
    "project-index": "public",
    "project-detail": "public row projects.project",
    "photo-file": "public row projects.photo",
    "paper-file": "public row projects.paper",
    "report-index": "public",
    "report-verify": "public-form",
    "report-compare": "public",
    "report-compare-file": "public",
    "report-detail": "public",
    "report-file": "public",
    "report-print": "public",
    "community-index": "public",
    "community-detail": "public row communities.community",
    "secretary-index": "public",
    "party": "public",
    "party-figures": "public",
    "party-figure": "public row partybuilding.metric",
    "party-board": "public",
    "party-organisations": "public",
    "party-stories": "public",
    "party-stories-of": "public",
    "venue-index": "public",
    "api-projects": "public",
    "api-summary": "public",

    "admin:index": "staff",
    "admin:login": "sign-in",
    "admin:logout": "sign-out",
    "admin:password_change": "staff",
    "admin:password_change_done": "staff GET",
    "admin:second_factor": "leads",  # nobody of the matrix has one; tests/guicheng/ has the steps of signing in
    "admin:second_factor_set_up": "staff",
    "admin:recovery_codes": "leads",
    "admin:provider": "off GET",  # tests/guicheng/test_provider.py
    "admin:provider_back": "off GET",
    "admin:provider_bind": "hidden",
    "admin:jsi18n": "staff GET",
    "admin:autocomplete": "choices",
    "admin:view_on_site": "shortcut",
    "admin:app_list": "app",
    "admin:work": "staff GET",
    "admin:tables": "staff GET",
    "admin:manual": "staff GET",
    "admin/(?P<url>.*)$": "nowhere",
    "admin:inbox": "staff GET",
    "admin:inbox_read_all": "staff POST",
    "admin:saved_filter_keep": "staff POST",
    "admin:saved_filter_drop": "row guicheng.savedfilter POST: *",
    "admin:inbox_read": "row guicheng.inboxmessage POST: *",
    "admin:health": f"page GET: 系统管理员 {SUPER}",
    "admin:audit": f"hidden GET: 安全审计员 {SUPER}",
    "admin:audit-export": f"hidden GET: 安全审计员 {SUPER}",
    "admin:faces": f"hidden GET: 安全管理员 安全审计员 {SUPER}",
    "admin:face": f"hidden: 安全管理员 {SUPER}",
    "admin:pieces": "staff GET",
    "admin:pieces_style": "staff GET",
    "admin:seals": f"page GET: 安全管理员 安全审计员 {OFFICE}",
    "admin:seal_ask": f"page: 安全管理员 {SUPER}",
    "admin:seal_decide": f"page POST: 安全管理员 {OFFICE}",

    "admin:auth_user_password_change": f"row guicheng.user: {ACCOUNTS}",
    "admin:guicheng_user_leave": f"row guicheng.user: {ACCOUNTS}",
    "admin:guicheng_user_enable": f"row guicheng.user: {ACCOUNTS}",
    "admin:guicheng_user_second_factor": f"row guicheng.user: {ACCOUNTS}",
    "admin:guicheng_user_roles": f"row guicheng.user: 安全管理员 {SUPER}",
    "admin:guicheng_user_identity": f"row guicheng.user: 安全管理员 {SUPER}",
    "admin:guicheng_user_units": f"row guicheng.user: 安全管理员 {SUPER}",
    "admin:guicheng_user_import": f"page: {ACCOUNTS}",
    "admin:guicheng_user_import_template": f"page GET: {ACCOUNTS}",
    "admin:guicheng_user_sheet": "leads",  # without the signed sheet of its own page there is nothing to give

    "admin:projects_progressupdate_add": "leads",
    "admin:projects_progressupdate_change": f"row projects.progressupdate: {READERS}",
    "admin:projects_progressupdate_quick": f"page POST: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_record": f"row projects.project: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_postpone": f"row projects.project: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_close": f"row projects.project: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_correct": f"row projects.progressupdate: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_withdraw": f"row projects.progressupdate: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_decide": f"row projects.progressupdate POST: {OFFICE} 审核员",
    "admin:projects_progressupdate_autosave": f"row projects.progressupdate POST: {OFFICE} {RECORDERS}",
    "admin:projects_progressupdate_photos": f"right projects.progressupdate: {READERS}",
    "admin:projects_progressupdate_week": f"page GET: {READERS}",
    "admin:photo-file": f"right projects.photo GET: {READERS}",
    "admin:paper-file": f"right projects.paper GET: {READERS}",
    "admin:projects_project_dossier": f"right projects.project GET: {READERS}",
    "admin:projects_project_dossier_pdf": f"right projects.project GET: {READERS}",
    "admin:projects_project_dossier_zip": f"right projects.project GET: {READERS}",
    "admin:projects_project_dossier_later": f"right projects.project POST: {READERS}",
    "admin:projects_project_bulk": f"bulk: {OFFICE} {RECORDERS}",
    "admin:projects_bulkchange_undo": f"row projects.bulkchange POST: {OFFICE} {RECORDERS}",

    "admin:projects_reportingtask_change": f"right projects.reportingtask: {READERS}",
    "admin:projects_reportingtask_open": f"right projects.reportingtask POST: {OFFICE}",
    "admin:projects_reportingtask_close": f"right projects.reportingtask POST: {OFFICE}",
    "admin:projects_reportingtask_board": f"right projects.reportingtask GET: {READERS}",
    **{f"admin:projects_reportingtask_{name}": f"right projects.reportingtask GET: {OFFICE} {WATCHERS}"
       for name in ("summary", "summary_print", "summary_file")},
    "admin:projects_reportingtask_urge": f"right projects.reportingtask: {OFFICE}",
    "admin:projects_reportingtask_next": f"right projects.reportingtask POST: {OFFICE}",
    "admin:projects_reportingtask_office_row": f"right projects.reportingrow GET: {OFFICE} {WATCHERS}",
    "admin:projects_reportingtask_return_row": f"right projects.reportingrow POST: {OFFICE}",
    "admin:projects_reportingtask_wording": f"right projects.reportingrow POST: {OFFICE}",
    "admin:projects_reportingtask_return_table": f"right projects.askedunit: {OFFICE}",
    "admin:projects_reportingtask_release": f"right projects.askedunit: {OFFICE} 审核员",
    "admin:projects_reportingtask_paper": f"right projects.askedunit GET: {READERS}",
    "admin:projects_reportingtask_scan": f"right projects.askedunit GET: {READERS}",
    "admin:projects_reportingtask_table": f"right projects.askedunit: {READERS}",
    "admin:projects_reportingtask_row": f"right projects.reportingrow: {READERS}",
    "admin:projects_reportingtask_paste": f"right projects.askedunit: {OFFICE} {RECORDERS}",
    "admin:projects_reportingtask_drafts": f"right projects.askedunit POST: {OFFICE} {RECORDERS}",
    "admin:partybuilding_reportedreading_change": f"row partybuilding.reportedreading GET: {READERS}",
    "admin:partybuilding_reportedreading_decide": f"row partybuilding.reportedreading POST: {OFFICE} 审核员",
    "admin:partybuilding_reportedreading_figure": f"right partybuilding.readingrow GET: {READERS}",
    "admin:partybuilding_reportedreading_return": f"right partybuilding.readingrow POST: {OFFICE}",
    "admin:partybuilding_reportedreading_grid": f"right projects.reportingtask: {OFFICE} {WATCHERS}",
    "admin:partybuilding_reportedreading_grid_drafts": f"right projects.reportingtask POST: {OFFICE} {WATCHERS}",

    "admin:communities_need_change": f"right communities.need GET: {READERS}",
    **{f"admin:communities_need_{name}": f"right communities.need POST: {OFFICE} {RECORDERS}"
       for name in ("do", "answer", "phone", "receipt")},
    "admin:communities_needanswer_change": f"right communities.needanswer GET: {OFFICE} {RECORDERS}",
    "admin:communities_needanswer_decide": f"row communities.needanswer POST: {OFFICE} 审核员",

    "admin:projects_superiorform_task": f"row projects.reportingtask GET: {OFFICE}",
    "admin:projects_superiorform_fill": f"right projects.superiorform GET: {OFFICE}",
    "admin:projects_superiorform_original": f"right projects.superiorform GET: {OFFICE}",

    "admin:projects_watchedword_import": f"page: {OFFICE}",
    "admin:projects_watchedword_import_template": f"page GET: {OFFICE}",
    "admin:projects_importbatch_template": f"page GET: {IMPORTERS}",
    "admin:projects_importbatch_change": f"right projects.importbatch GET: {IMPORTERS} 审核员",
    "admin:projects_importbatch_columns": f"right projects.importbatch: {IMPORTERS}",
    "admin:projects_importbatch_confirm": f"right projects.importbatch POST: {IMPORTERS}",
    "admin:projects_importbatch_discard": f"right projects.importbatch POST: {IMPORTERS}",
    "admin:projects_importbatch_departments": f"right projects.importbatch POST: {OFFICE}",
    "admin:projects_importbatch_propose": f"right projects.importbatch POST: {IMPORTERS}",
    "admin:projects_importbatch_answer": f"right projects.importbatch POST: {IMPORTERS}",
    "admin:projects_importbatch_take": f"right projects.importbatch POST: {IMPORTERS}",
    "admin:projects_importbatch_reading": f"right projects.importbatch POST: {IMPORTERS}",
    "admin:projects_importbatch_undo": f"right projects.importbatch POST: {IMPORTERS}",
    "admin:projects_importbatch_review": f"right projects.importbatch POST: {OFFICE} 审核员",
    "admin:projects_importbatch_work": f"right projects.importbatch POST: {IMPORTERS} 审核员",
    "admin:projects_importbatch_result": f"right projects.importbatch GET: {IMPORTERS} 审核员",

    "admin:projects_quarterreport_preview": f"row projects.quarterreport GET: {OFFICE} 领导",
    "admin:projects_quarterreport_first_text": f"row projects.quarterreport GET: {OFFICE} 领导",
    "admin:projects_quarterreport_file": f"row projects.quarterreport GET: {OFFICE} 领导",
    "admin:projects_quarterreport_kept_file": f"row projects.quarterreport GET: {OFFICE} 领导",
    "admin:projects_quarterreport_close": "row projects.quarterreport",  # nobody of the matrix is marked 在编
    "admin:projects_quarterreport_sign": "row projects.quarterreport",
    "admin:projects_quarterreport_reopen": "row projects.quarterreport",
    "admin:projects_exportfile_change": f"right projects.exportfile GET: {READERS}",
    "admin:projects_exportfile_download": f"right projects.exportfile GET: {READERS}",
    "admin:projects_exportfile_work": f"right projects.exportfile POST: {READERS}",

    "admin:projects_supervisionnotice_desk": f"page GET: {READERS}",
    "admin:projects_supervisionnotice_desk_csv": f"page GET: {READERS}",
    "admin:projects_supervisionnotice_change": f"row projects.supervisionnotice GET: {READERS}",
    "admin:projects_supervisionnotice_sheet": f"right projects.supervisionnotice GET: {READERS}",
    "admin:projects_supervisionnotice_sheet_pdf": f"right projects.supervisionnotice GET: {READERS}",
    "admin:projects_supervisionnotice_issue": f"row projects.project: {WATCHERS} {SUPER}",
    "admin:projects_supervisionnotice_instruct": f"row projects.project: 领导 {SUPER}",
    "admin:projects_supervisionnotice_light": f"row projects.project: 督办员 {OFFICE}",
    "admin:projects_supervisionnotice_receive": f"right projects.supervisionnotice POST: {RECORDERS} {SUPER}",
    "admin:projects_supervisionnotice_reply": f"right projects.supervisionnotice POST: {RECORDERS} {SUPER}",
    "admin:projects_supervisionnotice_close": f"right projects.supervisionnotice POST: {WATCHERS} {SUPER}",
}

# --- cells that are otherwise --------------------------------------------------------------------
# (page, who, scope, method): (outcome, why). "*" is any; the first line that fits counts.
ONESELF = f"系统管理员 安全管理员 {SUPER}"  # their own account is "own"; to a 单位管理员 that of a clerk of the unit is
EXCEPTIONS = {
    ("admin:auth_user_password_change", ONESELF, "own", "*"): ("403", "nobody resets their own password"),
    ("admin:guicheng_user_{leave,enable,units,second_factor,roles,identity}", ONESELF, "own", "*"):
        ("403", "nobody closes, moves or opens their own account"),
    ("admin:guicheng_user_change", "安全管理员", "own", "POST"): ("403", "nobody makes themselves stronger"),
    ("admin:guicheng_user_enable", "*", "*", "*"): ("moved", "it is not closed"),
    ("admin:guicheng_user_{roles,identity}", "*", "*", "*"): ("moved", "nothing waits, nothing is bound"),
    ("admin:projects_progressupdate_change", "*", "*", "POST"):
        ("405", "what is published is published; what waits is judged on its own page"),
    ("admin:projects_progressupdate_autosave", "*", "*", "POST"): ("404", "a draft is kept for its author alone"),
    ("admin:projects_progressupdate_photos", "*", "*", "POST"): ("403", "of a published statement nothing changes"),
    ("admin:projects_reportingtask_change", "*", "*", "*"): ("moved", "an opened one is a board, to its unit a table"),
    ("admin:projects_reportingtask_{table,row}", WATCHERS, "*", "POST"): ("403", "leaders read what units report"),
    ("admin:projects_reportingtask_release", OFFICE, "*", "*"): ("403", "a unit's own reviewer releases its table"),
    ("admin:projects_reportingtask_scan", "*", "*", "*"): ("404", "nobody handed in a scan"),
    ("admin:projects_reportingtask_restore", "*", "*", "*"): ("403", "what units were asked stays as it was asked"),
    ("admin:projects_superiorform_change", "*", "*", "*"): ("moved", "its file is gone, and the page says so"),
    ("admin:projects_superiorform_fill", "*", "*", "*"): ("moved", "it is not said whose rows"),
    ("admin:projects_superiorform_original", "*", "*", "*"): ("404", "its file is gone"),
    ("admin:projects_superiorform_restore", "*", "*", "*"): ("403", "what its columns mean follows from the workbook"),
    ("admin:projects_bulkchange_undo", "*", "other", "POST"): ("403", "who changed them takes it back"),
    ("admin:partybuilding_reportedreading_{grid,grid_drafts}", WATCHERS, "*", "POST"):
        ("403", "leaders read what communities report"),
    ("admin:communities_needanswer_change", "*", "*", "GET"): ("moved", "an answer is read on the page of its need"),
    ("admin:communities_needanswer_change", "*", "*", "HEAD"): ("moved", "as above"),
    ("admin:projects_importbatch_{columns,confirm,discard,answer,take,reading,propose}", "*", "other", "*"):
        ("403", "who uploaded it says what it means, confirms it or gives it up"),
    ("admin:projects_importbatch_columns", "*", "own", "*"): ("moved", "its file is gone, and the page says so"),
    ("admin:projects_importbatch_review", "*", "own", "*"): ("403", "nothing waits before the confirmation"),
    ("admin:projects_quarterreport_{file,kept_file}", "*", "*", "*"): ("404", "no kind of file has the name asked for"),
    ("admin:projects_supervisionnotice_{receive,reply}", SUPER, "other", "POST"):
        ("403", "the unit it was sent to answers"),
    ("admin:partybuilding_partyorganisation_restore", "党组织经办人", "own", "*"): ("403", "as below"),
    ("admin:partybuilding_partyorganisation_change", "党组织经办人", "own", "POST"):
        ("403", "what is public is the office's; a clerk changes what they entered and is not public yet"),
}
