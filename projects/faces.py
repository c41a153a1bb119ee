"""The public faces of this app; see `guicheng/public/faces.py`."""
from guicheng.public.faces import Face, register

COMPARISON = register(Face(
    "comparison", "比一比", "居民可以拿两个季度或者两个日子比，看谁完成、启动、推迟、更正了，可以下载 Excel。"))
LATE_UNITS = register(Face(
    "late-units", "逾期事项写出单位",
    "逾期和到期没有完成的事项，旁边写着牵头单位和社区。不开放时事项照列，不写单位，只在它自己的网页上留电话。"))
