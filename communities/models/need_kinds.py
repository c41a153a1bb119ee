"""The kinds of a need, and how it came."""
from django.db import models


class NeedKind(models.TextChoices):
    """What a resident may turn to us with. 举报 and whatever is about a person is not taken: 12388, 12345, 110."""

    QUESTION = "question", "咨询"
    HELP = "help", "求助"
    COMPLAINT = "complaint", "投诉"
    SUGGESTION = "suggestion", "建议"
    PRAISE = "praise", "表扬"
    MISTAKE = "mistake", "找错"

    @property
    def asked_as(self):
        """What a resident reads: who reports a dark street lamp does not think of it as 投诉."""
        return {"complaint": "反映问题", "mistake": "指出本站的错"}.get(self.value, self.label)

    @property
    def example(self):
        """What belongs here, in the words of a resident."""
        return {"question": "怎么办、找谁、要带什么", "help": "生活上有难处，要人帮一把",
                "complaint": "路灯坏了、垃圾没人收、路面有坑；投诉也在这里", "suggestion": "哪里可以办得更好",
                "praise": "谁把事办好了", "mistake": "本站的数字、日期、说法不对"}[self.value]

    @property
    def asks(self):
        """The example in the field of the title."""
        return {"question": "例如：办居住证要带什么", "help": "例如：家里老人需要上门理发",
                "complaint": "例如：某某路口的路灯连着三晚不亮", "suggestion": "例如：河边步道想加几盏灯",
                "praise": "例如：社区把门口的积水处理好了", "mistake": "例如：完工日期和报道的不一样"}[self.value]


class Channel(models.TextChoices):
    """How it reached us."""

    WEB = "web", "网上"
    COUNTER = "counter", "到柜台"
    PHONE = "phone", "打电话"
