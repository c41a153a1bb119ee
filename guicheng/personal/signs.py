"""Car plates, e-mail addresses and accounts: what is written with letters.

GA 36-2018: a province, a letter of the office, five signs (six of a new-energy car, the letter first or last); no I and
no O among them; 港 and 澳 end a plate of the two regions, 学 警 挂 领 试 their own.
"""
import re

PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使军"
GAP = "[ ·.•・_\"“”-]{0,2}"
SIGN = "[a-hj-np-z0-9零幺〇一二三四五六七八九]"
PLATE = re.compile(
    f"[{PROVINCE}]{GAP}[a-z]{GAP}(?:{SIGN}{GAP}){{4}}(?:[港澳学警挂领试超]|{SIGN}(?:{GAP}{SIGN})?)(?![a-z0-9])")
CALLED_PLATE = re.compile(
    "车牌(?:号码?)?[^a-z0-9\n。；;]{0,5}((?:[a-z][ ·.-])?(?=[a-z]{0,4}[0-9])[a-z0-9]{4,7})(?![a-z0-9])")
HALF_PLATE = re.compile(
    f"[{PROVINCE}]{GAP}[a-z]{GAP}(?=[a-z0-9]{{0,5}}[*x]{{1,4}}[a-z0-9])[a-z0-9*]{{5,6}}(?![a-z0-9*])")

LOCAL, HOST = "a-z0-9._%+-", "a-z0-9-"
AT = r" ?(?:@|\(at\)|\[at\]|艾特|(?<= )at(?= )|#(?=(?:qq|163|126|gmail|foxmail|sina|139|189|hotmail|outlook)[.点])) ?"
EMAIL = re.compile(f"(?<![{LOCAL}])[{LOCAL}]++{AT}[{HOST}]{{1,63}}(?: ?(?:[.。点]|dot) ?[{HOST}]{{2,24}}){{1,4}}")
OFFICE_EMAIL = re.compile(r"[.。点]gov[.。点]cn$")

WECHAT = ("微信|威信|薇信|徽信|微x|v信|wechat|weixin|wx|vx|v x(?![a-z0-9])|(?<=[加+➕])[v薇微]|"
          "(?<![a-z0-9])v(?=[ :])|薇(?=[:+])")
QQ = "qq|扣扣|q q|企鹅号?|q号|球球号?"
OTHER = "抖音|小红书|快手|支付宝|微博|钉钉|飞信|b站|闲鱼|陌陌|telegram|whatsapp|line号"
LINK = r"(?:号码?|帐号|账号|账户|id)?[ :=是为叫我的(\[“\"'加一下➕+~→@-]{0,5}"
HANDLE = "[a-z0-9][a-z0-9_-]{4,24}(?![a-z0-9_@-])"
ACCOUNT = re.compile(
    f"(?P<key>{WECHAT}|{QQ}|{OTHER})(?!群|公众|小程序|支付|服务号|订阅)(?P<link>{LINK})(?P<handle>{HANDLE})")
QQ_NUMBER = re.compile(r"(?:qq|(?<=[加+➕])q|扣扣|企鹅号?|q号|"
                       r"球球号?)(?!群)(?:号码?)?[ :是为(我的]{0,4}([0-9](?:[ -]?[0-9]){4,10})(?![0-9@])")
HANDLE_FIRST = re.compile(r"(?<![a-z0-9_-])(?=[a-z_-]*[0-9_-])([a-z][a-z0-9_-]{5,19}) ?[(]?(?:是|"
                          r"为)?(?:我的?)?(?:微信|wx|vx|v信)号?")


def found_signs(plain):
    """(kind, start, end) in the plain text."""
    for found in PLATE.finditer(plain.text):
        if sum(each.isdecimal() for each in plain.digits[found.start():found.end()]) >= 2:
            yield "plate", *found.span()
    for found in HALF_PLATE.finditer(plain.text):
        yield "plate", *found.span()
    for found in CALLED_PLATE.finditer(plain.text):
        yield "plate", *found.span(1)
    for found in EMAIL.finditer(plain.text):
        if not OFFICE_EMAIL.search(found[0][-16:]):
            yield "email", *found.span()
    for found in ACCOUNT.finditer(plain.text):
        if any(sign in found["link"] for sign in ":=是为叫号id@(") or re.search("[0-9_-]", found["handle"]):
            yield "account", *found.span("handle")
    for pattern in (QQ_NUMBER, HANDLE_FIRST):
        for found in pattern.finditer(plain.text):
            yield "account", *found.span(1)
