"""How offices write the status of a project."""
from guicheng.excel_import.values import half_width, plain_text
from projects.models import Status

STATUSES = {
    "planned": "筹备中 筹备 未开工 未启动 待开工 未开始 未动工 待启动 尚未开工 尚未启动 前期筹备 前期工作 前期阶段 "
               "前期准备 "
               "筹建中 谋划中 待实施 未实施",
    "in_progress": "推进中 进行中 在建 在办 施工中 建设中 实施中 办理中 已开工 已动工 已启动 已进场 正在推进 正在实施 "
                   "正在施工 正在建设 正在办理 正在进行 正常推进 按计划推进 按序时推进 序时推进 有序推进 有序推进中 "
                   "稳步推进 "
                   "加快推进 持续推进 持续推进中 全面推进 顺利推进 正常施工 开工建设",
    "acceptance": "完工待验收 待验收 已完工待验收 竣工待验收 已竣工待验收 验收中 正在验收",
    "completed": "已完成 完成 已完工 完工 已办结 办结 已完结 完结 已竣工 竣工 全部完成 已全部完成 已销号 销号 已验收 "
                 "已验收合格 验收合格 已结项 已落实",
    "in_use": "已投用 投用 投入使用 已投入使用 已启用 已开放 已交付使用 交付使用 已投产 已运营",
    "standing": "长期开展 长期 长期坚持 持续开展 常态化开展 常态开展 常态化推进 常态化 长期推进",
    "paused": "暂停 暂缓 停工 已暂停 已停工 暂停施工 暂缓实施 已暂缓",
    "cancelled": "不再实施 取消 终止 已取消 已终止 终止实施 取消实施",
}
STATUS_OF = {word: status for status, words in STATUSES.items() for word in words.split()}
YES, NO = {"是", "√", "✓", "✔", "☑", "Y", "YES", "已"}, {"否", "×", "✗", "✘", "☐", "N", "NO", "X"}


def status_of(value):
    """The status that a known word names; None for any other text."""
    text = half_width(plain_text(value)).strip("。．.;!,、()[]【】“”\"")
    return STATUS_OF.get(text) or next((key for key, label in Status.choices if text in (key, label)), None)


def answer_of(value):
    """What a cell below 是否完成 says: True, False, or None where it is neither yes nor no."""
    text = half_width(plain_text(value)).upper()
    return True if text in YES else False if text in NO else None
