"""The text in which a search looks. Asks no database: migrations and seals use it too."""
from guicheng.search.folding import fold
from guicheng.search.spelling import HAN, spelled

NAME_ENDS, SPELLED = "\n", "\t"  # what stands after the name, and before the pinyin


def search_text(name, *parts):
    """The text in which a search looks: each part folded, on a line of its own, then pinyin and initials."""
    words = list(dict.fromkeys(filter(None, map(fold, filter(None, (name, *parts))))))
    ways = dict.fromkeys(way for word in words for run in HAN.findall(word) for way in spelled(run))
    return NAME_ENDS.join([*words, ""]) + SPELLED + " ".join(ways)
