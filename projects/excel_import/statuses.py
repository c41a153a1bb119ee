"""How offices write the status of a project."""
from guicheng.excel_import.values import plain_text
from projects.models import Status

STATUSES = {
    "planned": "筹备中 筹备 未开工 未启动 待开工 未开始 前期筹备 前期工作",
    "in_progress": "推进中 进行中 在建 施工中 建设中 实施中 办理中 已开工 正在推进 正在实施 正常推进 按计划推进",
    "acceptance": "完工待验收 待验收 已完工待验收",
    "completed": "已完成 完成 已完工 完工 已办结 办结 已竣工 竣工 全部完成 已销号",
    "in_use": "已投用 投入使用 已投入使用 已启用 已开放",
    "standing": "长期开展 长期 长期坚持 持续开展 常态化开展 常态开展",
    "paused": "暂停 暂缓 停工 已暂停",
    "cancelled": "不再实施 取消 终止 已取消 已终止",
}
STATUS_OF = {word: status for status, words in STATUSES.items() for word in words.split()}


def status_of(value):
    """The status that a known word names; None for any other text."""
    text = plain_text(value).strip("。；;!！ ")
    return STATUS_OF.get(text) or next((key for key, label in Status.choices if text in (key, label)), None)
