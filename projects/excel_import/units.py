"""Who answers, as offices write it: 示例办（牵头）、示例中心; 牵头：示例办；配合：示例中心; 桂城街道桂一社区居委会."""
import re
import unicodedata
from functools import lru_cache

from guicheng.excel_import.values import parts_of

EVERYWHERE = re.compile(r"(?:桂城街道)?(?:全街道?|全部?社区|各社区|各村居|所有社区|全域|辖区内?|街道|桂城街道|桂城)"
                        r"(?:居委会)?")
AROUND = re.compile(r"^(?:佛山市?)?(?:南海区?)?桂城(?:街道)?(?=.)"
                    r"|(?:社区)?(?:居民委员会|居委会|党委|党总支|党支部|党组织)$")
BOTH = re.compile(r"(?:牵头|主责|责任)(?:单位|部门)?:(.+?)[;,\n]\s*(?:配合|协办|协助)(?:单位|部门)?:(.+)", re.S)
LEAD = re.compile(r"[(]?(?:牵头|主责|主办|责任)(?:单位|部门)?[)]?$")
SUPPORT = re.compile(r"[(]?(?:配合|协助|协办|参与)(?:单位|部门)?[)]?$")


@lru_cache(1000)  # few answer for many rows
def community_named(text):
    """The name of a community without the street before it and the committee behind it; "" for the whole street."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return "" if EVERYWHERE.fullmatch(text) else AROUND.sub("", AROUND.sub("", text)) or text


@lru_cache(1000)
def units_named(text):
    """(names of who leads, names of who supports) of one cell; without any mark the first one leads."""
    text = unicodedata.normalize("NFKC", text).strip()
    if found := BOTH.fullmatch(text):
        return _names(found[1]), _names(found[2])
    if found := re.fullmatch(r"([^()]+)\(([^()]+?)(?:配合|协办|协助)\)", text):
        return _names(found[1]), _names(found[2])
    if found := re.fullmatch(r"(.+?)牵头[,;、]\s*(.+?)(?:配合|协办|协助|参与)", text):
        return _names(found[1]), _names(found[2])
    lead, support, plain = [], [], []
    for part in _names(text):
        bare = part
        if LEAD.search(part) and LEAD.sub("", part):
            bare = LEAD.sub("", part)
            lead.append(bare)
        elif SUPPORT.search(part) and SUPPORT.sub("", part):
            support.append(SUPPORT.sub("", part))
        else:
            plain.append(bare)
    if lead:
        return lead, plain + support
    return plain[:1] or support[:1], plain[1:] + (support if plain else support[1:])


def is_marked(text):
    """Whether a cell says itself who leads and who supports."""
    return bool(re.search("牵头|配合|协办|主责", text))


def _names(text):
    return [re.sub(r"^\((.*)\)$", r"\1", part.strip()).strip() for part in parts_of(text)]
