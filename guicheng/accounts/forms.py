"""The forms of the account pages."""
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UserChangeForm, UsernameField
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from guicheng.access.membership import PARTS, unit_choices, unit_of
from guicheng.access.permissions import can_give_roles
from guicheng.access.roles import APART, APART_SENTENCE, ASKABLE, ORDINARY
from guicheng.office.base import RowsChoiceField

FIELDS = ["username", "name", "phone", "email"]
GIVEN = [*FIELDS, "messenger_id"]  # the last by who gives roles
USERNAME_HELP = "一人一个，不能几个人合用。一般用姓名的全拼，如 zhangsan；登录时要输入它。"


def makes_everywhere(user):
    return user.has_perm("guicheng.add_user")


def kept_apart(groups):
    """These roles. Raises ValidationError where two of them must not be one person's."""
    if len({group.name for group in groups} & set(APART)) > 1:
        raise ValidationError(APART_SENTENCE)
    return groups


class UnitField(forms.ChoiceField):
    """A unit by its key "department:12"; gives the unit itself, or None."""

    def clean(self, value):
        value = super().clean(value)
        return unit_of(value) if value else None


class AccountForm(forms.ModelForm):
    """A new account; `user`, set by the admin, is who makes it."""

    user = None
    role = forms.ChoiceField(label="角色", required=False)
    groups = RowsChoiceField(
        Group.objects.order_by("pk"), label="角色", required=False, help_text=APART_SENTENCE,
        widget=forms.CheckboxSelectMultiple)
    unit = UnitField(label="单位", required=False)
    part = forms.ChoiceField(label="在这个单位", required=False, initial="clerks")
    established = forms.BooleanField(label="在编", required=False, help_text="终审只能由在编的审核员做。")

    class Meta:
        model = get_user_model()
        fields = GIVEN
        field_classes = {"username": UsernameField}
        labels = {"username": "账号名"}
        help_texts = {"username": USERNAME_HELP}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        everywhere = makes_everywhere(self.user)
        roles, parts = (ASKABLE, list(PARTS)) if everywhere else (ORDINARY, ["clerks", "reviewers"])
        self.fields["name"].required = True
        self.fields["role"].choices = [("", "暂不申请"), *((each, each) for each in roles)]
        self.fields["part"].choices = [(each, PARTS[each]) for each in parts]
        self.fields["unit"].required = not everywhere
        self.fields["unit"].choices = [("", "—"), *unit_choices(None if everywhere else self.user)]
        for name in ["role"] if can_give_roles(self.user) else ["groups", "messenger_id"]:
            self.fields.pop(name, None)
        if "role" in self.fields:
            self.fields["role"].help_text = "角色和在编由安全管理员授予；在那之前这个账号什么也不能做。"

    def clean_groups(self):
        return kept_apart(self.cleaned_data["groups"])

    def clean_part(self):
        return self.cleaned_data["part"] or "clerks"

    def save(self, commit=True):
        """The account is made by `make_account`, which the admin calls."""
        return self.instance

    def save_m2m(self):
        pass


class AccountChangeForm(UserChangeForm):
    """An account; the boxes of roles that wait are ticked too, and unticked they wait no longer."""

    password = None

    class Meta(UserChangeForm.Meta):
        labels = {"username": "账号名", "is_superuser": "总管理员"}
        help_texts = {"username": USERNAME_HELP, "is_superuser": "不受角色限制，什么都能做；尽量少给。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "groups" in self.fields and self.instance.roles_waiting:
            waiting = Group.objects.filter(name__in=self.instance.roles_waiting)
            self.initial["groups"] = [*self.initial.get("groups", []), *waiting]

    def clean_groups(self):
        return kept_apart(self.cleaned_data["groups"])


class LeaveForm(forms.Form):
    successor = forms.ModelChoiceField(
        get_user_model().objects.none(), label="接手的人", required=False, empty_label="暂时没有人接手",
        error_messages={"invalid_choice": "接手的人不在可选范围内，请重新选。"},
    )

    def __init__(self, data, *, account, by):
        super().__init__(data)
        others = get_user_model().objects.visible_to(by).active().exclude(pk__in=[account.pk, by.pk])
        self.fields["successor"].queryset = others.order_by("name", "username")
        self.fields["successor"].label_from_instance = lambda user: f"{user}（{user.username}）"


class UnitForm(forms.Form):
    """One membership to give."""

    unit = UnitField(label="单位", error_messages={"required": "请选一个单位。"})
    part = forms.ChoiceField(label="职责", choices=[(each, word) for each, word in PARTS.items()])

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["unit"].choices = [("", "请选择"), *unit_choices()]
