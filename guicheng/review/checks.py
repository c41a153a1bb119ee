"""What is asked of everything that is reviewed before the portal starts."""
from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldDoesNotExist

from guicheng.review.models import Reviewed, Step, review_constraints

RULES = [each.name.rpartition("%(class)s_")[2] for each in review_constraints("")]
LACKS_RULES = "没有审核的约束：{}。请在 constraints 里写 *review_constraints(…)。"
LACKS_STEPS = "没有审核记录：请建一张 Step 的表，用 related_name=\"steps\" 指向它。"
LACKS_PERMISSIONS = "没有审核的权限：{}。"


def check_reviews(app_configs=None, **kwargs):
    """A system check: each `Reviewed` model has the rules in its table, a table of steps, and its two permissions."""
    return [error for model in apps.get_models() if issubclass(model, Reviewed) for error in _errors(model)]


def _errors(model):
    names = {each.name for each in model._meta.constraints}
    lacking = [rule for rule in RULES if f"{model._meta.app_label}_{model._meta.model_name}_{rule}" not in names]
    if lacking:
        yield checks.Error(LACKS_RULES.format("、".join(lacking)), obj=model, id="guicheng.E003")
    try:
        has_steps = issubclass(model.steps_model(), Step)
    except FieldDoesNotExist:
        has_steps = False
    if not has_steps:
        yield checks.Error(LACKS_STEPS, obj=model, id="guicheng.E004")
    wanted = {f"{verb}_{model._meta.model_name}" for verb in ("check", "publish")}
    if lacking := wanted - {codename for codename, _ in model._meta.permissions}:
        yield checks.Error(LACKS_PERMISSIONS.format("、".join(sorted(lacking))), obj=model, id="guicheng.E005")
