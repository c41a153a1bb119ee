"""A door: the room in a building, the number in a street. The building, the road and the village stay public.

`place_before` gives where the estate, the road and the lane before a door begin: they belong to the address that a
clerk sees marked, and stay in what the public reads.

The patterns are bounded: each looks at a few dozen characters from where it begins. A road's name alone, a building
alone, a bus, a line of the metro, an exit and an office's own room are no markers.
"""
import re

from guicheng.personal.plain import Plain

NUMERAL = "零〇一二三四五六七八九十百两"
NUMBER = f"(?:[0-9]{{1,4}}|[{NUMERAL}]{{1,5}})"
SPACE = r"[ \-,/·#:~、]{0,2}"
BUILDING = (f"(?:[a-z][0-9]{{1,2}}|[0-9]{{1,3}}[a-z]?|[{NUMERAL}]{{1,4}}|[a-z]|[甲乙丙丁戊东南西北])"
            " ?(?:号楼|号院|#楼?|[座栋幢楼阁])")
UNIT = f"(?:{NUMBER}|[a-z]|[甲乙丙丁东西左右]) ?(?:单元|[梯门座])"
FLOOR = f"{NUMBER} ?[楼层]"
DOOR = ("(?:[a-z]?-?[0-9]{3,4}[a-z]?(?:[-/、至和][0-9]{3,4})?(?![0-9a-z])|[0-9]{1,2}[a-z][0-9]{1,2}(?![0-9a-z])|"
        "[0-9]{1,2}[a-z](?![0-9a-z])|"
        "(?<![0-9])[0-9](?: [0-9]){2,3}(?![0-9])|[零〇○一二三四五六七八九]{3,4}(?![零〇一二三四五六七八九十百千万])|"
        "[a-z](?= ?(?:单位|室|房|户))|十?[一二三四五六七八九]?十?零[一二三四五六七八九](?=[室房号]))")
SUFFIX = "(?: ?(?:号房|号室|房间|室|房|单位|号(?![线楼码召])|户(?=主|反映|投诉|的|业主|装修|漏|噪|住户|家)))"
COUNTED = (r"(?! ?(?:路|户|人|元|个|间|平|㎡|m2|m |米|年|月|日|次|辆|台|万|多|余|名|位|级|天(?!天)|%|吨|套|盏|棵|株|"
           r"度|分|点|公里|"
           r"步|条|件|份|块|张|周|岁|公斤|斤|楼|层|栋|座|幢|号楼|号线|厘米|千|倍|家|组|片|批|亩|种))")
IN_BUILDING = re.compile(
    f"(?<![0-9])(?P<public>{BUILDING}){SPACE}(?:的)?(?:{UNIT}{SPACE})?(?:{FLOOR}{SPACE})?{DOOR}(?:{SUFFIX}|{COUNTED})")
IN_UNIT = re.compile(f"(?<![0-9{NUMERAL}])(?:{UNIT}){SPACE}(?:{FLOOR}{SPACE})?{DOOR}(?:{SUFFIX}|{COUNTED})")
UNIT_ALONE = re.compile(f"(?<![0-9{NUMERAL}])(?P<public>{BUILDING}){SPACE}{UNIT}{SPACE}{FLOOR}(?![0-9])")
CALLED_ROOM = re.compile(
    f"(?<![0-9a-z{NUMERAL}.])(?:{FLOOR}{SPACE})?(?:[a-z]?[0-9]{{3,4}}[a-z]?|[0-9]{{1,2}}[a-z]|"
    "[零〇一二三四五六七八九]{3,4}|十?[二三四五六七八九]?十?零[一二三四五六七八九])"
    " ?(?:号房|号室|房间|室|房(?![子屋产])|单位|住户|业主|户主|号业主|号住户)")
AFTER_KEY = re.compile(
    "(?P<key>房号|室号|房间号|门牌号?码?|楼上|楼下|隔壁|对门|对面|住在?|我家|家住|家在|搬到|送到|"
    "地址)(?:住户|邻居|业主|人家)?[ :是为的在#(]{0,3}"
    f"(?P<door>{DOOR}|(?<=号)[0-9]{{1,4}} ?号|(?<=[号:])[0-9]{{1,4}} ?号)(?:{SUFFIX}|{COUNTED})")
STREET = ("(?:大道(?:[东西南北中])?|大街|直街|横街|马路|公路|[东西南北中一二三四五六七八九新]路|"
          "(?<![修铁道走问线])路|(?<![上逛])街|巷|坊|弄|胡同|便|"
          "新村|村|花园|小区|别墅|[一二三四五六七八九十0-9]队|围|基|涌边|苑|大院|(?<=[东南西北])里)")
HOUSE = re.compile(
    f"{STREET} ?(?P<door>{NUMBER} ?号(?:之[0-9一二三四五六七八九十]{{1,2}}|[-－][0-9]{{1,4}})?"
    f"(?: ?(?:{BUILDING}{SPACE})?(?:{UNIT}{SPACE})?(?:{FLOOR}{SPACE})?{DOOR}{SUFFIX}?|{FLOOR}|首层|"
    f"[前后]座)?)(?![0-9线楼码召令文口桥院])")
FLOOR_AND_LETTER = re.compile(
    f"(?<![0-9a-z{NUMERAL}])(?:首层|地下|{FLOOR})[a-h](?= ?(?:[的嘅](?!座|区|电梯|楼梯)|住|业主|租客|户主|单位|室|"
    f"房|[,。;!?\n]|$))")
LIVES = re.compile("(?:住|我家|屋企|家住|租)[^,。;!?\n]{0,8}$")
WITH_A_MOBILE = re.compile(  # 6号70313800138000
    f"(?:(?<=[0-9{NUMERAL}]号)|(?<=单元)|(?<=[座栋幢楼梯]))(?P<door>[0-9]{{3,4}})(?P<phone>1[3-9][0-9]{{9}})(?![0-9])")
NUMBER_BEFORE = re.compile(f"{NUMBER} ?号?$")
STREET_DASH = re.compile(f"{STREET} ?(?P<door>{NUMBER}[-之]{NUMBER} ?号)(?![0-9线楼码])")
DASHED = re.compile(r"(?<![0-9a-z.\-])(?P<public>[0-9]{1,2}|[a-z][0-9]?)-(?:[0-9]{1,2}-)?[0-9]{3,4}(?![0-9\-.:])"
                    r"(?!(?: ?(?:元|人|户(?!主)|年|月|米|万|号|岁|公斤|%)))")
HOME_NEAR = re.compile("住|家在|我家|业主|地址|花园|小区|苑|公寓|华庭|名庭|新村|单元|楼上|楼下|栋|座|房|室|豪庭|府|"
                       "湾|轩|阁")
DAY_AFTER = re.compile("开始|起|上午|下午|晚|至|到|停|前|后|早|凌晨|动工|开工|施工|当天|那天|左右|之前|以前|发|召|"
                       "举|正式|通")
OFFICE_BEFORE = re.compile(
    "(?:办公楼?|服务中心|居委会?|街道办|办事处|政府|大楼|窗口|大厅|法院|派出所|医院|门诊|学校|党群|行政中心|图书馆|站)"
    rf"[^,。;!?\n住]{{0,3}}(?:{NUMBER} ?[号座栋楼层]){{0,2}}[ 的]?$")
OFFICE_AFTER = re.compile(
    r" ?(?:之[一二三])?[(]?[^,。;!?\n0-9]{0,6}?(?:街道办|办事处|居委|服务中心|派出所|卫生站|医院|学校|小学|中学|"
    r"幼儿园|图书馆|公园|商场|市场|地铁|"
    "政府|党群|会议室|办公室|窗口|银行|酒店|大厦|展厅)")


def found_rooms(plain):
    """("room", start, end) in the plain text."""
    text = plain.text
    for pattern in (IN_BUILDING, IN_UNIT, UNIT_ALONE, CALLED_ROOM):
        for found in pattern.finditer(text):
            if not _is_of_an_office(text, *found.span()) and not _is_count(pattern, text, found):
                yield "room", *found.span()
    for found in AFTER_KEY.finditer(text):
        if not found["door"].endswith("00"):
            yield "room", *found.span("door")
    for pattern in (HOUSE, STREET_DASH):
        for found in pattern.finditer(text):
            start, end = found.span("door")
            if not _is_day(text, found["door"], end) and not _is_of_an_office(text, start, end):
                yield "room", start, end
    for found in FLOOR_AND_LETTER.finditer(text):
        is_lived_in = LIVES.search(text[max(0, found.start() - 10):found.start()]) or text[found.end():][:1] in "的嘅住"
        if is_lived_in:
            yield "room", *found.span()
    for found in WITH_A_MOBILE.finditer(text):
        number = NUMBER_BEFORE.search(text[max(0, found.start() - 6):found.start()])
        yield "room", found.start() - len(number[0] if number else ""), found.end("door")
        yield "phone", *found.span("phone")
    for found in DASHED.finditer(text):
        near = text[max(0, found.start() - 10):found.start()] + text[found.end():found.end() + 3]
        if HOME_NEAR.search(near):
            yield "room", *found.span()


def _is_of_an_office(text, start, end):
    before = text[max(0, start - 20):start]
    return bool(OFFICE_BEFORE.search(before) or OFFICE_AFTER.match(text, end))


def _is_count(pattern, text, found):
    """共 120 房, 约 302 住户: how many, not which."""
    before = text[max(0, found.start() - 2):found.start()].rstrip()
    is_round = re.search("(?<![0-9])[0-9]{1,2}00(?![0-9])", found[0])
    return pattern is CALLED_ROOM and bool(is_round or before.endswith(tuple("共约近超有等达余第足")))


def _is_day(text, door, end):
    """桂园路12号开始停水: the twelfth day, not the house."""
    day = re.fullmatch("([0-9]{1,2}) ?号", door)
    return bool(day and int(day[1]) <= 31 and DAY_AFTER.match(text, end))


ESTATE = ("(?:小区|花园|花園|花苑|新村|新城|新街|公寓|宿舍|大院|家园|[名华豪雅御]庭|名[居都苑]|锦苑|豪园|广场|"
          "大厦|经济社|[村苑園居湾轩庭府园坊里邨寨城])")
LANE = (f"(?:横?[{NUMERAL}0-9]{{1,3}}[巷坊街路弄队期区]|[東东西南北][区便约基]|"
        "[东西南北中]?(?:大道|大街|直街|横街|便街|约街|基街|新街|[街路巷坊里便围]))")
PLACE_END = f"(?:{ESTATE}|{LANE}) ?"
PLACE = re.compile(f"[㐀-鿿0-9a-z]{{1,30}}{PLACE_END}")
NO_PLACE = re.compile("[^㐀-鿿0-9a-zA-Z０-９]")
BEFORE_A_PLACE = re.compile(
    "(?:住[在喺于址]?|居于|位于|独居于?|地址|门牌|[在喺于系是到回去至由从的嘅]|联系|我[家们]?|我哋|屋企|想问一下|"
    "举报|投诉|反映|上个?礼拜|快来人?|原来?|隔壁|楼上|楼下|对面|即|把)(?=[㐀-鿿])")
FARTHEST = 24  # characters of a place before its door


def place_before(text, lowest, start):
    """Where the place begins that stands directly before a door at `start`, not before `lowest`; else `start`."""
    low = max(lowest, start - FARTHEST)
    near = text[low:start].rstrip()
    begins = max((found.end() for found in NO_PLACE.finditer(near)), default=0)
    if not re.search(f"{PLACE_END}$", Plain(near[begins:]).text):
        return start
    return low + max([begins, *(found.end() for found in BEFORE_A_PLACE.finditer(near, begins))])


def public_length(part):
    """How much of a marked room stays public: "3 座 " of "3 座 502", "翠苑3座" of "翠苑3座502"."""
    plain = Plain(part)
    if length := _building_length(part):
        return length
    place = PLACE.match(plain.text)
    return plain.at[place.end()] + _building_length(part[plain.at[place.end()]:]) if place else 0


def _building_length(part):
    plain = Plain(part)
    found = (IN_BUILDING.match(plain.text) or UNIT_ALONE.match(plain.text)
             or re.match(f"(?P<public>{BUILDING} ?)(?![楼座栋幢])", plain.text))
    if not found:
        return 0
    spaces = len(plain.text[found.end("public"):]) - len(plain.text[found.end("public"):].lstrip(" "))
    return plain.at[found.end("public") + spaces]
