"""Who may do what: one readable expression each. Views, forms and the admin only ask."""


def sees_everything(user):
    return user.is_superuser or user.has_perm("guicheng.see_everything")


def in_scope(user, row):
    """Whether `row` is among those its own model shows this person."""
    return type(row)._default_manager.visible_to(user).filter(pk=row.pk).exists()


def units_of(project):
    """The department that leads it and its community: whose reviewers answer for what is said of it."""
    return [unit for unit in (project.lead_department, project.community) if unit]


def reviews(user, project):
    """Whether this person is a reviewer of the department that leads it or of its community."""
    return any(unit.reviewers.filter(pk=user.pk).exists() for unit in units_of(project))


def can_record_progress(user, project):
    return user.has_perm("projects.add_progressupdate") and in_scope(user, project)


def _reviews_or_sees_everything(user, project):
    return sees_everything(user) or reviews(user, project)


def can_check_progress(user, update):
    """初审: by the unit's own reviewer, never by the author."""
    may = user.has_perm("projects.check_progressupdate") and update.author_id != user.pk
    return may and _reviews_or_sees_everything(user, update.project)


def can_publish_progress(user, update):
    """终审: by a reviewer marked 在编, who is neither its author nor did the 初审."""
    may = user.has_perm("projects.publish_progressupdate") and user.is_established
    return may and user.pk not in (update.author_id, update.checker_id) and _reviews_or_sees_everything(
        user, update.project)


def can_review_in_one_step(user, update):
    """初审 and 终审 by one person, where a unit of the project has that rule."""
    small = any(unit.one_step_review for unit in units_of(update.project))
    return small and update.state == "submitted" and can_publish_progress(user, update)


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


def can_undo_import(user, batch):
    """Take back a whole import: whoever uploaded it, or who looks after all projects."""
    may = user.has_perm("projects.add_importbatch")
    return may and (batch.uploader_id == user.pk or sees_everything(user))
