"""The public faces of this app; see `guicheng/public/faces.py`."""
from guicheng.public.faces import Face, register

# 找错 is behind no face: nobody needs leave to be told of a mistake. Nor is a need's own page: who was taken in once
# reads on, whatever is decided later.
NEEDS = register(Face(
    "needs", "我要反映",
    "居民可以在网上咨询、求助、投诉、建议、表扬。不开放时“我要反映”一页还在，写着 12345 和社区的电话；"
    "指出本站的错一直可以。"))
