"""The words of the report: its four parts, the levels of a paragraph."""
import re

PARTS = {"overview": "总体情况", "work": "主要做法和成效", "problems": "存在问题", "plans": "下一步打算"}
LEVELS = [  # GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）; the first is the part itself
    (2, re.compile(r"^（[一二三四五六七八九十]+）")),
    (3, re.compile(r"^\d{1,2}[.．](?!\d)")),
    (4, re.compile(r"^（\d{1,2}）")),
]


def paragraphs(text):
    """[{"level", "text"}] of a part: one a line. Level 0 is running text, 2 to 4 are the levels under 一、"""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found.append({"level": next((level for level, start in LEVELS if start.match(line)), 0), "text": line})
    return found
