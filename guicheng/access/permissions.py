"""Who may do what: one readable expression each. Views, forms and the admin only ask."""
from django.conf import settings

from guicheng.access.membership import unit_models
from guicheng.access.roles import GUARDED, NEED_SECOND_FACTOR


def sees_everything(user):
    return user.is_superuser or user.has_perm("guicheng.see_everything")


def in_scope(user, row):
    """Whether `row` is among those its own model shows this person."""
    return type(row)._default_manager.visible_to(user).filter(pk=row.pk).exists()


def _held(account):
    """The names of an account's roles; asked once for a list that fetched them along."""
    return {group.name for group in account.groups.all()}


def can_manage_account(user, account):
    """Reset its password or second factor, disable it, give it back. Never one's own.

    Who sets a password can act as that person: for GUARDED roles and superusers only a superuser may.
    """
    if account.pk == user.pk or account.is_superuser and not user.is_superuser:
        return False
    if GUARDED & _held(account) and not user.is_superuser:
        return False
    if user.has_perm("guicheng.change_user"):
        return True
    return can_manage_unit_accounts(user) and in_scope(user, account) and not _reviews_words_of(account, user)


def _reviews_words_of(account, user):
    """Whether this account reviews for a unit whose clerk the person is: its password would approve their own words."""
    return any(model._default_manager.filter(clerks=user).filter(reviewers=account).exists() for model in unit_models())


def can_manage_unit_accounts(user):
    return user.has_perm("guicheng.reset_unit_accounts")


def can_make_accounts(user):
    return user.has_perm("guicheng.add_user") or can_manage_unit_accounts(user)


def can_see_health(user):
    """运行情况: who looks after the accounts of the whole street looks after the machine."""
    return user.has_perm("guicheng.change_user")


def can_give_roles(user, account=None):
    """Give roles, 在编 and units: never to oneself, and to a superuser only by a superuser."""
    if account is not None and (account.pk == user.pk or account.is_superuser and not user.is_superuser):
        return False
    return user.has_perm("guicheng.give_roles")


def needs_second_factor(user):
    """Whether this person signs in with a code: who has one, and whoever the setting names."""
    if user.second_factor_since or settings.REQUIRE_TOTP == "all":
        return True
    if settings.REQUIRE_TOTP == "none":
        return False
    return user.is_superuser or bool(NEED_SECOND_FACTOR & _held(user))


def reviews(user, project):
    """Whether this person is a reviewer of the department that leads it or of its community."""
    return any(unit.reviewers.filter(pk=user.pk).exists() for unit in project.units())


def can_record_progress(user, project):
    return user.has_perm("projects.add_progressupdate") and in_scope(user, project)


def can_edit_media(user, update):
    """Photos and papers: its author, until the statement is published or dropped."""
    return update.is_open and update.author_id == user.pk and can_record_progress(user, update.project)


def _reviews_or_sees_everything(user, project):
    return sees_everything(user) or reviews(user, project)


def handed_in(user, update):
    """Whether these are this person's own words: its author, or who submitted it before it was handed over."""
    return update.author_id == user.pk or update.steps.filter(by=user, verb="submitted").exists()


def takes_part_in_review(user, update):
    """Whether a step of its review could be this person's: a reviewer of its units, never the author."""
    may = user.has_perm("projects.check_progressupdate") and _reviews_or_sees_everything(user, update.project)
    return may and not handed_in(user, update)


def is_kept_for_publishing(user, update):
    """Whether this person could do the 终审 and nobody else could: the 初审 is then somebody else's."""
    rows = type(update).objects.filter(pk=update.pk)
    return can_publish_progress(user, update) and not rows.publishable_by_another_than(user).exists()


def can_check_progress(user, update):
    """初审: by the unit's own reviewer, never by the author, and not by the only one who could do the 终审."""
    return takes_part_in_review(user, update) and not is_kept_for_publishing(user, update)


def can_publish_progress(user, update):
    """终审: by a reviewer marked 在编, who is neither its author nor did the 初审."""
    may = user.has_perm("projects.publish_progressupdate") and user.is_established and user.pk != update.checker_id
    return may and _reviews_or_sees_everything(user, update.project) and not handed_in(user, update)


def can_review_in_one_step(user, update):
    """初审 and 终审 by one person, where the unit this person reviews for has that rule.

    Another unit's rule does not help, for the clerk says which units a new project has: who reviews everything
    needs all of them to have it.
    """
    units = update.project.units()
    small = [unit for unit in units if unit.one_step_review]
    mine = any(unit.reviewers.filter(pk=user.pk).exists() for unit in small)
    may = mine or (sees_everything(user) and units and len(small) == len(units))
    return bool(may) and update.state == "submitted" and can_publish_progress(user, update)


def can_approve(user, update):
    """Whether the next step of its review is this person's to take."""
    if update.state == "checked":
        return can_publish_progress(user, update)
    return update.state == "submitted" and (
        can_check_progress(user, update) or can_review_in_one_step(user, update))


def can_send_back(user, update):
    return can_approve(user, update)


def can_publish_project(user, project):
    """Make a newly entered project public: a reviewer marked 在编, not the one who entered it."""
    may = user.has_perm("projects.publish_progressupdate") and user.is_established
    return may and project.entered_by_id != user.pk and _reviews_or_sees_everything(user, project)


def can_change_organisation(user, organisation):
    """A published party organisation is changed by the office; its own clerk prepares those not public yet."""
    may = user.has_perm("partybuilding.change_partyorganisation")
    return may and (sees_everything(user) or not organisation.is_published)


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


def _works_for(user, units):
    return any(unit.clerks.filter(pk=user.pk).exists() or unit.reviewers.filter(pk=user.pk).exists() for unit in units)


def answers_for(user, notice):
    """签收 and 回复: a clerk or reviewer of the unit it was sent to, not of one that only supports the project."""
    return user.has_perm("projects.answer_supervision") and _works_for(user, notice.units())


def can_receive_notice(user, notice):
    return notice.is_open and notice.received_at is None and answers_for(user, notice)


def can_reply_to_notice(user, notice):
    return notice.is_open and notice.replied_at is None and answers_for(user, notice)


def can_close_quarter(user):
    """季度数据锁定, 签发登记 and reopening: a reviewer marked 在编 who sees the whole street."""
    return user.has_perm("projects.close_quarter") and user.is_established and sees_everything(user)


def is_told_of_calendar(user):
    """A year without its days off: said to who enters them, and to who runs supervision. Leaders only start it."""
    return user.has_perm("guicheng.change_calendaryear") or (
        user.has_perm("projects.start_supervision") and not user.has_perm("projects.add_instruction"))


def supervisors():
    """The 督办员: whom an answer reaches that the system had asked for."""
    from django.contrib.auth import get_user_model

    return list(get_user_model().objects.filter(is_active=True, groups__name="督办员"))


def can_undo_import(user, batch):
    """Take back a whole import: whoever uploaded it, or who looks after all projects; undo.py asks for each row."""
    may = user.has_perm("projects.add_importbatch")
    return may and (batch.uploader_id == user.pk or sees_everything(user))


def can_download_export(user, file):
    """The file of an export: who still sees the projects, and all the units whose projects stand in it."""
    return user.has_perm("projects.view_project") and in_scope(user, file) and file.is_within_scope_of(user)
