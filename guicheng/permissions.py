"""Who may do what: one readable expression each. Views, forms and the admin only ask."""


def sees_everything(user):
    return user.is_superuser or user.has_perm("guicheng.see_everything")


def in_scope(user, row):
    """Whether `row` is among those its own model shows this person."""
    return type(row)._default_manager.visible_to(user).filter(pk=row.pk).exists()


def can_record_progress(user, project):
    return user.has_perm("projects.add_progressupdate") and in_scope(user, project)


def reviews(user, project):
    """Whether this person is a reviewer of the department that leads it or of its community."""
    units = filter(None, [project.lead_department, project.community])
    return any(unit.reviewers.filter(pk=user.pk).exists() for unit in units)


def can_publish_progress(user, project):
    may = user.has_perm("projects.publish_progressupdate")
    return may and (sees_everything(user) or reviews(user, project))
