"""Words that tell nothing of how far a thing is: 正常推进, 按计划有序推进中."""
import re

WORDS = [
    "目前", "本月", "本周", "现", "正在", "正", "仍在", "仍",
    "已", "该", "在", "地", "中", "的",
    "项目", "工程", "工作", "各项", "整体", "总体", "一切", "计划",
    "进度", "既定", "按照", "按",
    "有序", "正常", "稳步", "顺利", "持续", "积极", "全力", "加快",
    "抓紧", "扎实", "继续", "良好",
    "推进", "进行", "开展", "实施", "施工", "落实", "进展", "无变化",
    "无异常",
]
# taken out in one pass, the longest first: a pattern of the whole text would try every way to cut it
NOTHING = re.compile("|".join([*sorted(WORDS, key=len, reverse=True), r"[\W_]"]))


def tells_nothing(text):
    """Whether a text is made of nothing but such words. An empty one says nothing either, but claims nothing."""
    return bool(text.strip()) and not NOTHING.sub("", text)
