"""The pinyin and the initials of Chinese, in every reading: 大圩 is daxu and dawei, 朝阳路 chaoyanglu and zhaoyanglu.

`readings.txt` says what the dictionary (pypinyin) does not: one line, one character or word, with its readings.
"""
import re
from functools import cache, lru_cache
from itertools import islice, product
from pathlib import Path

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
SHORT = 12  # characters: a longer run has its other readings in windows of this length
MOST = 12  # spellings of one short run


@cache
def _readings():
    """Word -> its readings, each a list of syllables; the longest words first."""
    found = {}
    for line in (Path(__file__).parent / "readings.txt").read_text(encoding="utf-8").splitlines():
        word, *readings = line.split() or [""]
        if word and not word.startswith("#"):
            found[word] = [reading.split("-") for reading in readings]
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=4096)
def spelled(run):
    """The spellings of a run of characters, each once: whole pinyin first, then the initials.

    Places and offices come again and again.
    """
    ways = _ways(run)
    if len(run) <= SHORT:
        chosen = list(islice(product(*ways), MOST))
    else:
        first = [way[0] for way in ways]
        chosen = [first]
        for place, way in enumerate(ways):
            start, end = max(0, place - SHORT // 2), place + SHORT // 2
            chosen += [[*first[start:place], other, *first[place + 1:end]] for other in way[1:]]
    return tuple(dict.fromkeys(["".join(each) for each in chosen]
                               + ["".join(syllable[0] for syllable in each) for each in chosen]))


def _ways(run):
    """For each character its readings, the likeliest first."""
    from pypinyin import lazy_pinyin  # 54 MB: only those who save pay for it

    plain = lazy_pinyin(run)
    if len(plain) != len(run):  # characters it does not know stay together
        plain = [lazy_pinyin(sign)[0] for sign in run]
    ways = [[syllable] for syllable in plain]
    for word, readings in _readings().items():
        for match in re.finditer(re.escape(word), run):
            for syllables in readings:
                for place, syllable in enumerate(syllables, match.start()):
                    ways[place].append(syllable)
    # lü is typed lv and lu
    return [list(dict.fromkeys([*way, *(each.replace("v", "u") for each in way)])) for way in ways]
