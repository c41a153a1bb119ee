"""What a page tells of the database it was drawn from: names, sentences and days. What it says around them is its own.

A later version may redraw a page, fold it or say its headings otherwise; what somebody entered may not be gone.
Figures are compared in JSON and CSV, whole.
"""
import re

DAY = re.compile(r"\d{4} 年(?: \d{1,2} 月(?: \d{1,2} 日)?)?")
BREAK = re.compile(r"[\s，。；：、（）《》“”›—！？:]+")
# rows that no person wrote, and documents that hold a page's own sentences
NOT_ENTERED = re.compile(
    r'INSERT INTO "?(public\.)?'
    r"(auth|django|sqlite|guicheng_calendar|projects_(quarterclose|quarterreport|closefile|import)).*?;\n", re.DOTALL)


def entered(sql):
    """The text of a dump in which a phrase of a page is looked for."""
    return _run_on(NOT_ENTERED.sub("", sql))


def told(blocks, database):
    """The phrases and days of these blocks of a page that stand in the database, `entered()`."""
    text = " ".join(blocks)
    days = {day for day in DAY.findall(text) if _iso(day) in database}
    return days | {each for each in BREAK.split(DAY.sub(" ", text))
                   if len(each) > 1 and not each.isdigit() and each in database}


def untold(phrases, blocks):
    """Which of them these blocks do not tell."""
    text = _run_on(" ".join(blocks))
    return sorted(each for each in phrases if each not in text)


def _run_on(text):
    return BREAK.sub(" ", text)


def _iso(day):
    year, *rest = re.findall(r"\d+", day)
    return "-".join([year, *(each.zfill(2) for each in rest)])
