"""Who may do what with projects, what is said of them, and their supervision. Views, forms and the admin only ask.

The review of a statement is decided in `guicheng/review/permissions.py`.
"""
from django.contrib.auth import get_user_model

from guicheng.access.permissions import in_scope, sees_everything
from guicheng.access.units import reviews, works_for
from guicheng.days.workdays import keeps_calendar


def can_record_progress(user, project):
    return user.has_perm("projects.add_progressupdate") and in_scope(user, project)


def can_edit_media(user, update):
    """Photos and papers: its author, until the statement is published or dropped."""
    return update.is_open and update.author_id == user.pk and can_record_progress(user, update.project)


def can_publish_project(user, project):
    """Make a newly entered project public: a reviewer marked 在编, not the one who entered it."""
    may = user.has_perm("projects.publish_progressupdate") and user.is_established
    return may and project.entered_by_id != user.pk and (sees_everything(user) or reviews(user, project))


def can_undo_import(user, batch):
    """Take back a whole import: whoever uploaded it, or who looks after all projects; undo.py asks for each row."""
    may = user.has_perm("projects.add_importbatch")
    return may and (batch.uploader_id == user.pk or sees_everything(user))


def can_download_export(user, file):
    """The file of an export: who still sees the projects, and all the units whose projects stand in it."""
    return user.has_perm("projects.view_project") and in_scope(user, file) and file.is_within_scope_of(user)


def can_read_dossier(user, project):
    """一项一档: who sees the project and what is said of it."""
    return user.has_perms(["projects.view_project", "projects.view_progressupdate"]) and in_scope(user, project)


def can_close_quarter(user):
    """季度数据锁定, 签发登记 and reopening: a reviewer marked 在编 who sees the whole street."""
    return user.has_perm("projects.close_quarter") and user.is_established and sees_everything(user)


# --- lights and supervision ----------------------------------------------------------------------
def can_override_light(user, project):
    return user.has_perm("projects.add_lightoverride") and in_scope(user, project)


def can_start_supervision(user, project):
    return user.has_perm("projects.start_supervision") and in_scope(user, project)


def settles(user, notice):
    """办结 by hand."""
    return can_start_supervision(user, notice.project)


def can_close_supervision(user, notice):
    return notice.is_open and settles(user, notice)


def can_instruct(user, project):
    """批示 is the leaders'."""
    return user.has_perm("projects.add_instruction") and in_scope(user, project)


def answers_for(user, notice):
    """签收 and 回复: a clerk or reviewer of the unit it was sent to, not of one that only supports the project."""
    return user.has_perm("projects.answer_supervision") and works_for(user, notice.units())


def can_receive_notice(user, notice):
    return notice.is_open and notice.received_at is None and answers_for(user, notice)


def can_reply_to_notice(user, notice):
    return notice.is_open and notice.replied_at is None and answers_for(user, notice)


def is_told_of_calendar(user):
    """A year without its days off: said to who enters them, and to who runs supervision. Leaders only start it."""
    return keeps_calendar(user) or (
        user.has_perm("projects.start_supervision") and not user.has_perm("projects.add_instruction"))


def supervisors():
    """The 督办员: whom an answer reaches that the system had asked for."""
    return list(get_user_model().objects.filter(is_active=True, groups__name="督办员"))


# --- 报送任务 ---------------------------------------------------------------------------------------
def can_ask_reports(user):
    """Open a 报送任务 to the units, close it, urge: who sees the whole street and has it as their work."""
    return user.has_perm("projects.ask_reports") and sees_everything(user)


def can_release_tables(user):
    """审签 is a reviewer's work."""
    return user.has_perm("projects.check_progressupdate")


def can_release_table(user, asked):
    """审签: a reviewer of the asked unit itself; the office releases for nobody."""
    return can_release_tables(user) and reviews(user, asked)


def can_fill_tables(user):
    """Write in the tables one is shown (`AskedUnit.visible_to`): those of one's units; to the office, of all."""
    return user.has_perm("projects.add_progressupdate")


def can_use_superior_forms(user):
    """Upload a 上级表样, say what its columns mean, fill it: who asks for the reports that go into it."""
    return can_ask_reports(user)
