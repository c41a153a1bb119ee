"""What is asked of the back office before it starts."""
from django.contrib import admin
from django.core import checks

from guicheng.access import scope
from guicheng.office.base import Scoped


def check_scopes(app_configs=None, site=None, **kwargs):
    """A system check: every model of the back office, inlines too, says whose its rows are and is shown so."""
    closed = "不按范围显示：请继承 ScopedAdmin 或 LabelledInline。"
    found = []
    for model, model_admin in (site or admin.site)._registry.items():
        for shown in [model_admin, *model_admin.inlines]:
            cls = shown if isinstance(shown, type) else type(shown)
            if not issubclass(cls, Scoped):
                found.append(checks.Error(f"{cls.__name__} {closed}", obj=model, id="guicheng.E001"))
            elif not scope.has_rule(shown.model):
                found.append(checks.Error(scope.NOBODYS.format(shown.model._meta.label), obj=model, id="guicheng.E002"))
    return found
