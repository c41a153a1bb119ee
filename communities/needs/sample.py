"""Sample needs, in every state: for demonstrations, pictures and whoever learns to handle them. All say 示例."""
from contextlib import suppress
from datetime import datetime, time, timedelta

from django.utils import timezone

from communities.models import (
    Community,
    Need,
    NeedAnswer,
    NeedAnswerStep,
    NeedEvent,
    NeedOriginal,
    NeedPhoto,
    NeedRating,
)
from communities.models.need_moves import Verb
from communities.needs import handling, judging
from communities.needs.asking import ask
from guicheng.days.workdays import UnknownYear, WorkCalendar
from projects.sample import More, register

MOST = 28  # two of each story
ANSWER = "示例答复：已经到现场看过，当天修好。以后每月巡查一次，再出现请点“未解决”。"
# (kind, title, text, working days ago, the story)
STORIES = [
    ("complaint", "示例路口的路灯连着三晚不亮", "示例：三盏灯都不亮，看不清台阶。", 8, "judged"),
    ("question", "示例：办居住证要带什么", "示例：第一次办，要带哪些材料？", 0, "received"),
    ("suggestion", "示例河边步道想加几盏灯", "示例：晚上散步的人多，台阶处太暗。", 4, "handling"),
    ("complaint", "示例小区门口斑马线看不清了", "示例：线都磨没了，车开得快。", 9, "late"),
    ("complaint", "示例巷口的井盖响", "示例：车一压就响，夜里睡不好。", 6, "answered"),
    ("help", "示例：家里老人需要上门理发", "示例：行动不便，下不了楼。", 1, "accepted"),
    ("suggestion", "示例公园想要一排座椅", "示例：老人走累了没地方坐。", 12, "shelved"),
    ("complaint", "示例市场旁的公厕夜里不开", "示例：九点以后就锁了。", 3, "waiting"),
    ("question", "示例：图书角几点开门", "示例：周末开吗？", 2, "in_review"),
    ("complaint", "示例街的垃圾没有人收", "示例：堆了两天了。", 7, "reopened"),
    ("praise", "示例：积水处理得快", "示例：打了电话，第二天就通了。", 5, "answered"),
    ("mistake", "示例：完工日期和报道的不一样", "示例：页面写 6 月，报道写 5 月。", 2, "handling"),
    ("complaint", "示例：和邻街的是同一件", "示例：就是路口那三盏灯。", 6, "refused"),
    ("complaint", "示例路面有一个坑", "示例：电动车差点摔倒。", 3, "offered"),
]


def seed(projects):
    """Bring the sample up to as many needs as there are stories to tell, two at most; gives how many were made."""
    communities = list(Community.objects.listed_in_2021())
    if not communities:
        return 0
    there = Need.objects.filter(is_sample=True).count()
    for number in range(there, min(projects, MOST)):
        _Story(number, communities[number % len(communities)], communities[(number + 1) % len(communities)]).tell()
    return max(0, min(projects, MOST) - there)


class _Story:
    """One need and what became of it, at instants of the last weeks."""

    def __init__(self, number, community, neighbour):
        self.neighbour = neighbour
        self.kind, self.title, self.text, self.ago, self.ends = STORIES[number % len(STORIES)]
        self.need, _ = ask(f"sample-{number}", self.kind, self.title, text=self.text, place="示例路口东侧",
                           community=community, is_sample=True)
        self.first = self._days_before(self.ago)
        self.need.asked_at = self.first
        Need.objects.filter(pk=self.need.pk).update(asked_at=self.first)
        self.need.events.update(at=self.first)

    @staticmethod
    def _days_before(number):
        """Nine in the morning of so many working days ago; where the calendar does not know, of as many days."""
        day = timezone.localdate() - timedelta(days=number)
        with suppress(UnknownYear):
            day = WorkCalendar.load().on_or_before(day)
        return min(timezone.make_aware(datetime.combine(day, time(9))), timezone.now())

    def tell(self):
        need = self.need
        if self.ends == "received":
            return
        if self.ends == "refused":
            handling.do(need, Verb.REFUSE, None, text="示例：和另一件是同一处，请看那一件。", at=self._at(1))
            return
        handling.accept(need, None, at=self._at(1))
        if self.ends == "offered" and self.neighbour != need.holder:  # of a street with one community
            handling.offer(need, None, self.neighbour, "示例：这一段归邻近社区养护。")
        if self.ends in ("accepted", "offered"):
            return
        handling.do(need, Verb.START, None, at=self._at(2))
        rests = {"waiting": (Verb.ASK_BACK, "示例：请补一张能看清位置的照片。"),
                 "shelved": (Verb.SHELVE, "示例：要等绿化改造一起做，每个季度再看一次。")}
        if self.ends in rests:
            verb, words = rests[self.ends]
            handling.do(need, verb, None, text=words, at=self._at(3))
        elif self.ends not in ("handling", "late"):
            self._answer()

    def _answer(self):
        need = self.need
        answer = NeedAnswer(need=need, text=ANSWER, is_sample=True)
        need.move(Verb.HAND_IN, None, unit=need.holder, note=ANSWER, at=self._at(3))
        answer.save_draft(None)
        answer.submit(None)
        if self.ends == "in_review":
            return
        answer.publish(None)
        at = self._at(9)
        NeedAnswer.objects.filter(pk=answer.pk).update(recorded_at=at)
        need.events.filter(verb=Verb.ANSWER).update(at=at)
        Need.objects.filter(pk=need.pk).update(answered_at=at)
        need.refresh_from_db()
        if self.ends in ("judged", "reopened"):
            judging.judge(need, "solved" if self.ends == "judged" else "unsolved", words="示例：谢谢。")

    def _at(self, step):
        """Some hours later each time, never in the future."""
        return min(self.first + timedelta(hours=3 * step), timezone.now())


def rows():
    """All sample needs, in the order in which they can be deleted."""
    of_need = {"need__is_sample": True}
    return [
        NeedRating.objects.filter(answer__need__is_sample=True),
        NeedAnswerStep.objects.filter(answer__need__is_sample=True),
        NeedAnswer.objects.filter(**of_need),
        NeedEvent.objects.filter(**of_need),
        NeedPhoto.objects.filter(**of_need),
        NeedOriginal.objects.filter(**of_need),
        Need.objects.filter(is_sample=True),
    ]


register(More("诉求", seed, rows))
