"""What is looked at of the systems outside: whether they are used, when they last answered and when they did not."""
from django.conf import settings

from guicheng.connectors import messenger, oidc
from guicheng.connectors.models import Connection
from guicheng.upkeep.checks import ago
from guicheng.upkeep.health import Level, Seen, check


@check("messenger", "给本人发消息", "有待办时，在企业微信或粤政易里说一声。断了也不丢：站内的收件箱里都有。")
def _messenger():
    if not messenger.is_on():
        return Seen(Level.OK, "没有设置，不用。")
    return _seen(Connection.Key.MESSENGER, settings.MESSENGER_NAME, "MESSENGER_ 开头的各项设置")


@check("sign_in", "统一身份认证登录", "用别处的身份登录。断了也能用账号和口令登录。")
def _sign_in():
    if not oidc.is_on():
        return Seen(Level.OK, "没有设置，不用。")
    return _seen(Connection.Key.SIGN_IN, settings.OIDC_NAME, "OIDC_ 开头的各项设置")


def _seen(key, name, these):
    """Never BAD: nothing of the site stands still for it."""
    row = Connection.objects.filter(key=key).first()
    worked, failed = (row.worked_at, row.failed_at) if row else (None, None)
    said = f"已启用：{name}。" + (f"最近一次成功是 {ago(worked)}。" if worked else "还没有成功过。")
    if failed:
        said += f"最近一次失败是 {ago(failed)}：{row.fault}。"
    if failed and (worked is None or failed > worked):
        return Seen(Level.WARN, said, f"看日志；核对 .env 里 {these}，看那边的系统和到那里的网络。")
    return Seen(Level.OK, said)
