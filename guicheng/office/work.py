"""One thing that waits for a person, whatever kind it is: the first page shows them as one list, by day."""
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = "一二三四五六日"


def weekday(day):
    """"周六"."""
    return f"周{WEEK[day.weekday()]}"


@dataclass(frozen=True)
class Work:
    """What is to be done, by which day if one is known, and the page where it is done."""

    title: str
    address: str
    button: str
    said: str = ""
    day: date | None = None
    hour: str = ""  # "17:30 前"
    today: date | None = None

    @property
    def is_hot(self):
        """Today's or past."""
        return self.day is not None and self.day <= self.today

    @property
    def when(self):
        """"今天", "11 月 30 日"; of another year with it."""
        if self.day is None:
            return "没有写期限"
        if self.day == self.today:
            return "今天"
        year = "" if self.day.year == self.today.year else f"{self.day.year} 年 "
        return f"{year}{self.day.month} 月 {self.day.day} 日"

    @property
    def hint(self):
        """What stands under the day: the hour, the weekday, how far it is."""
        if self.day is None:
            return ""
        days = (self.day - self.today).days
        far = f"过了 {-days} 天" if days < 0 else f"{weekday(self.day)}，还有 {days} 天" if days else ""
        return "，".join(filter(None, [far, self.hour]))


def by_day(works):
    """The most pressing first; what has no day last."""
    return sorted(works, key=lambda work: work.day or date.max)


def headline(today, returned, pressing, works, waiting, red=0):
    """The page in one sentence: what was returned, what is due, how much waits for a review, what has a red light.

    `pressing`: (how many are past their day, how many are of today), for `works` may be the first of more.
    """
    late, due = pressing
    parts = [words for number, words in [
        (returned, f"退回来 {returned} 件"), (late, f"过了期限 {late} 件"), (due, f"今天到期 {due} 件"),
        (waiting, f"等你审核 {waiting} 条"), (red, f"红灯的项目 {red} 个")] if number]
    coming = next((work for work in by_day(works) if work.day and work.day > today), None)
    if coming:
        parts.append(f"{'' if parts else '今天没有到期的，'}下一件 {coming.when}到期")
    return f"{today.month} 月 {today.day} 日，{weekday(today)}：{'，'.join(parts) or '今天没有要办的'}"


def week_of(today, marks):
    """Monday to Sunday: (day, weekday, [(words, address)]); [] where nothing falls in it.

    `marks`: (day, words, address), each in its day.
    """
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    week = [(day, weekday(day), [(words, address) for at, words, address in marks if at == day]) for day in days]
    return week if any(here for _, _, here in week) else []
