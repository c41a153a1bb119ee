"""The pages of signing in: one's own password, and the second factor. Reached before all else (gate.py)."""
import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import login as verify_session

from guicheng.accounts import second_factor
from guicheng.accounts.access_log import record
from guicheng.accounts.gate import OLD_PASSWORD
from guicheng.accounts.models import AccessEvent
from guicheng.accounts.passwords import HELP
from guicheng.office.submissions import once

CODES_AGAIN = "刚才已经办过。恢复码只显示一次，没有记下请再换一批。"
CODE_ATTRS = {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "autocapitalize": "none"}


class OwnPasswordForm(PasswordChangeForm):
    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": "现在的口令不对，请重新输入。",
        "same": "新口令不能和现在的一样。",
    }

    def __init__(self, user, *args, **kwargs):
        super().__init__(user, *args, **kwargs)
        labels = {"old_password": "现在的口令", "new_password1": "新口令", "new_password2": "再输入一次新口令"}
        for name, label in labels.items():
            self.fields[name].label, self.fields[name].help_text = label, ""
        self.fields["new_password1"].help_text = HELP

    def clean_new_password1(self):
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError(self.error_messages["same"], code="same")
        return password

    def validate_password_for_user(self, user, *args, **kwargs):
        """Only where all else is right: the last five take a second of the processor."""
        if not self.errors:
            super().validate_password_for_user(user, *args, **kwargs)

    def save(self, commit=True):
        self.user.choose_password(self.cleaned_data["new_password1"])
        return self.user


class OwnPassword(PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "admin/own_password.html"

    def get_success_url(self):
        return _next(self.request).url

    def form_valid(self, form):
        with once(self.request) as sending:
            response = super().form_valid(form)
            record(AccessEvent.Kind.PASSWORD_CHANGED, self.request, account=self.request.user)
            sending.leads_to = response.url
        self.request.session.pop(OLD_PASSWORD, None)
        messages.success(self.request, "口令已经改好。")
        return response


class CodeForm(forms.Form):
    code = forms.CharField(label="动态码", max_length=40, widget=forms.TextInput(CODE_ATTRS), error_messages={
        "required": "请输入动态码。", "max_length": second_factor.WRONG})


class SetUpForm(CodeForm):
    secret = forms.CharField(max_length=400, widget=forms.HiddenInput)


def _page(request, template, title, **context):
    context = {**admin.site.each_context(request), "title": title, "is_popup": False, **context}
    return TemplateResponse(request, f"admin/{template}.html", context)


def _next(request):
    """Where the person wanted to go: a page of ours below /admin/, else the first page."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(reverse("admin:index"))
    return HttpResponseRedirect(wanted if safe else reverse("admin:index"))


def ask_code(request):
    """The second step of signing in."""
    if request.user.is_verified() or not request.user.second_factor_since:
        return redirect("admin:index")
    form, seconds = CodeForm(request.POST or None), 0
    form.fields["code"].label = "动态码或恢复码"
    if request.method == "POST" and form.is_valid():
        try:
            device = second_factor.verify(request.user, form.cleaned_data["code"])
        except second_factor.TooManyCodes as refused:  # not looked at: not written down either
            form.add_error("code", refused)
            seconds = refused.seconds
        except ValidationError as error:
            record(AccessEvent.Kind.SIGN_IN_FAILED, request, account=request.user, note="动态码不对")
            form.add_error("code", error)
        else:
            request.session.cycle_key()
            verify_session(request, device)
            return _next(request)
    page = _page(request, "second_factor", "两步验证", form=form)
    if seconds:
        page.status_code, page.headers["Retry-After"] = 429, str(seconds)
    return page


def set_up(request):
    """Show the secret as a picture and as text; keep it once a code proves it. GET keeps nothing."""
    user = request.user
    form = SetUpForm(request.POST if request.method == "POST" else None,
                     initial={"secret": second_factor.new_secret(user)})
    sealed = form.data.get("secret", "") if form.is_bound else form.initial["secret"]
    device = second_factor.unsealed(user, sealed)
    if device is None:
        messages.warning(request, "这一页停留太久，请用新的二维码重新开始。")
        return redirect("admin:second_factor_set_up")
    if form.is_valid():
        try:
            with once(request, CODES_AGAIN) as sending:
                codes = second_factor.set_up(user, device, form.cleaned_data["code"])
                record(AccessEvent.Kind.SECOND_FACTOR_SET, request, account=user)
                sending.leads_to = reverse("admin:second_factor_set_up")
        except ValidationError as error:
            form.add_error("code", error)
        else:
            request.session.cycle_key()
            verify_session(request, device)
            return _page(request, "recovery_codes", "两步验证已开通", codes=codes)
    qr = segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return _page(request, "second_factor_set_up", "开通两步验证", form=form, qr=qr, again=user.second_factor_since,
                 secret=second_factor.secret_text(device))


def new_codes(request):
    """Ten new recovery codes for one who is verified; the old ones are void."""
    if request.method != "POST" or not request.user.is_verified():
        return redirect("admin:second_factor_set_up")
    with once(request, CODES_AGAIN) as sending:
        codes = second_factor.new_recovery_codes(request.user)
        record(AccessEvent.Kind.SECOND_FACTOR_SET, request, account=request.user, note="换了一批恢复码")
        sending.leads_to = reverse("admin:second_factor_set_up")
    return _page(request, "recovery_codes", "新的恢复码", codes=codes)
