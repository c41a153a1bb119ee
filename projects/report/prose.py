"""The words of the report: its parts in the three registers, the levels of a paragraph."""
import re

PARTS = {"overview": "总体情况", "work": "项目进展", "problems": "存在问题", "plans": "下一步安排"}
WRITTEN = ["opening", *PARTS]  # what the office writes, in the order of the paper
PROGRAMME = ("key", "community", "micro")  # the kinds of lists of “我为群众办实事”
ENDINGS = {"report": "特此报告。"}
LEVELS = [  # GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）; the first is the part itself
    (2, re.compile(r"^（[一二三四五六七八九十]+）")),
    (3, re.compile(r"^\d{1,2}[.．](?!\d)")),
    (4, re.compile(r"^（\d{1,2}）")),
]


def matter_of(lists):
    """What a paper on these lists is about: the programme's name only where one of its lists is told."""
    is_programme = any(each.get("kind", "key") in PROGRAMME for each in lists)
    return "“我为群众办实事”项目" if is_programme or not lists else "重点工作项目"


def of_the_year(lists, year):
    """The street's lists of the year, or, where it has none yet, of the newest year before; then the older ones."""
    own = [each for each in lists if each.get("is_street", True) and each.get("year", year) <= year]
    newest = max((each.get("year", year) for each in own), default=None)
    return ([each for each in own if each.get("year", year) == newest],
            [each for each in own if each.get("year", year) != newest])


def titles_of(kind):
    """{part: its title} in this register: a 通报 ends in what is asked of the units."""
    return {**PARTS, "plans": "工作要求"} if kind == "bulletin" else PARTS


def paragraphs(text):
    """[{"level", "text"}] of a part: one a line. Level 0 is running text, 2 to 4 are the levels under 一、"""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found.append({"level": next((level for level, start in LEVELS if start.match(line)), 0), "text": line})
    return found
