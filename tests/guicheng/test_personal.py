"""What points at a person is found before it is public, in every dress; what is everybody's stays.

The numbers are made up: of no area that is given out, or with the digits everybody uses in examples.
"""
import random
import re
import sys
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guicheng.personal.finding import find
from guicheng.personal.markers import MASK, Kind, masked, shown
from guicheng.personal.numbers import check_digit, is_citizen_number, passes_luhn

FOUND = {
    "phone": """
        tel:[+86-757-8633-1234] | [0757 - 8633 1234] | [1-3-8-0-0-1-3-8-0-0-0] | [138 00 138 000]
        电话是[幺三八，零零幺三，八零零零] | [138…0013…8000] | [138|0013|8000] | [138#0013#8000]
        [138(0013)8000] | [13 800 13 8000] | [85261234567] | [+852 6123 4567] | [壹叁捌-零零壹叁-捌零零零]
        [13800l38OO0] | [138 0 0 1 3 8 000] | 小灵通[0757-8633-1234] | 电话：[８６３３１２３４]
        致电[86331234]转801 | [1 3 8 零 零 一 三 8 0 0 0] | 电话號碼[13800138000]
        我的手机是[138 0013 8000]，谢谢 | 电话：[0757-8633 1234] | 座机[86331234]，晚上在家
        请打[137-1234-5678]或者[13912345678] | 致电[1 3 8 0 0 1 3 8 0 0 0] | 手机[一三八零零一三八零零零]吗
        电话[１３８－００１３－８０００] | [138.0013.8000] | [138、0013、8000] | 联系[138——0013——8000]
        [一三八 零零一三 八零零零] | [幺三八零零幺三八零零零] | [壹叁捌零零壹叁捌零零零] | [⒈⒊⒏00⒈⒊8000]
        [❶❸❽⓿⓿❶❸❽⓿⓿⓿] | [138**8000]短了 | [138****8000] | 手机尾号[8000]的就是我
        手机号后四位是[8000] | [0086-13800138000] | [8613800138000] | 请联系[13800138000]陈小姐
        电话[138零零13八000] | [(+86)138 0013 8000] | 固话[（0757）86331234] | 电话：[075786331234]
        短号[661234] | 联系方式:[138_0013_8000] | 电话[1380013800]写少一位 | [13800138000],[13900139000]
        打[13800138000]或[86331234] | 谢谢。[8600-0653]。 | 西街6号703[13800138000]""",
    "id_number": """
        [4406221953****8821] | [440622********8821] | 身份证[44068119790808451叉]
        身份证[440605199001011236] | [440605 19900101 1236] | [440605-19900101-1236]
        身份证号码：[44060519900101105X] | [４４０６０５１９９００１０１１２３６]
        [四四零六零五一九九零零一零一一二三六] | 老身份证[440605900101123]
        [4 4 0 6 0 5 1 9 9 0 0 1 0 1 1 2 3 6] | 身份证号写错的[440605199001011238] | 证号[440605********1236]
        残疾证号[44060519900101123641] | 护照[E12345678] | 港澳通行证：[C12345678] | [A123456(7)]
        [4406 0519 9001 0112 36]""",
    "plate": """
        车牌号：[E·12345] | [粤e幺二三四五] | [粤E 1234挂] | [粤·E12345] | [粤EAB123] | [粤E_12345]
        [湘A12345]的货车 | [粤E12345]、[粤E54321]
        车牌号[粤E12345] | [粤E·12345] | [粤E 12345] | [粤ED12345] | [粤E12345D] | [粤EF12345]一直停
        [粤Z·1234港] | [粤ZA123澳] | [粤e8k666]占道 | [粤Ｅ１２３４５] | [粤E-8K666] | [京A·88888]
        [粤E1234学] | [粤E.12345] | 白色小车（[粤X9Z27C]） | [粤 E 1 2 3 4 5] | 车牌是[E12345] | 车牌尾号[345]
        [粤E一二三四五] | [粤E12*45]""",
    "bank_card": """
        [6222****1234] | [6222 **** **** 1234] | [6217 0031 2000 1234 565] | 尾号[1234]的银行卡
        卡号[6222021234567890128] | [6222 0212 3456 7890 128] | [4111 1111 1111 1111] | [4111-1111-1111-1111]
        [４１１１１１１１１１１１１１１１] | [四一一一一一一一一一一一一一一一]
        建行卡[6217 0000 1234 5678 907] | 农商行账号：[801101000123456789]""",
    "room": """
        [万达华府5#1203] | 楼上住户（[1502]）扔烟头 | [8栋-1单元-602] | [9座29A] | [豪园十座十二楼1202]
        [3座502房] | [三栋B座1502] | 住[翠园12-1-501] | 1期[3座502] | [5栋5单元501室] | [兴业路2巷6号201]
        [金色家园12座一单元十楼1001] | [B栋12A06] | [5座 30楼 3004] | [五楼502] | [西约新村12号] | [西街十三号]
        [桂园北路12号3座401] | [1401 室] | [5幢乙单元302] | [十八座二零三] | [7栋A梯1201]
        [海八路99号5栋1203房] | [12座1梯803-804] | 住[8楼803] | [A栋1单元2楼201] | [怡翠玫瑰园11座1803]
        [１２栋３０２室]
        住[首层A]，漏水 | [二楼B]的人吵 | [夏禾村二坊五巷3号] | [南基街横二巷7号后座]租房 | [西约大街34号二楼]和车
        我住[3座502] | [12栋A单元1203房]漏水 | [X号楼三单元五零二] | [402室]天花漏水 | [怡翠花园5栋2梯601]
        [A座1203] | [3座-502] | [3座 502室] | [3 座 502] | [３座５０２] | [三座五零二] | [十二栋四零三房]
        [桂园路12号之三] | [桂园路12号]对面 | [海三路88号二楼] | [东便巷5号] | [平西村十二巷3号]
        住在[12-3-502]的住户 | [万科花园3-502] | [502房]的人 | [502号房] | [1203住户] | 楼上[602]天天吵
        隔壁[503] | 房号：[1203] | [7栋3单元12楼1203] | [2单元301] | [三单元五零二] | [8座23楼D单位] | [6座12A]
        [南新三路二十五号] | [12幢902房] | [5号楼2单元401] | [夏南一石东村23号] | [B3栋1102室] | 门牌号[45号]
        [翠颐居3座2梯1005房]""",
    "email": """
        [abc.def@qq.com] | [ABC_1@163.com] | 邮箱：[abc＠qq．com] | [abc @ qq.com]
        [zhang.wei+x@mail.example.com.cn] | [abc#qq.com] | [abc(at)qq.com]""",
    "account": """
        微信：[abc_123] | 微信号[wxid_abc123] | 加V: [good_day] | VX[abc12345] | vx：[zhangsan88]
        加我微信 [lin-2008] | QQ：[12345678] | QQ号是[1234567890] | 扣扣[123456789] | 微信（[abc_123]）
        ➕V [xyz_998] | 威信 [qwe123] | 加薇[abc123] | wx:[test-one] | [abc_123]（微信） | 抖音号：[abc12345]
        Ｑ Ｑ：[12345678] | 加Q [30054390]""",
    "name": """
        您反映的[邝国扬]私收费 | （[蒙志刚]，粤E12345） | [罗四妹]（身份证440605199001011236） | [冯桂枝]写成了[冯桂技]
        138 0013 8000 [容姨] | [施其琛]（翠苑2座1105） | name [Leung Sui Wo] | 她叫自己“[朵朵妈]” | 找[蓝姐]。
        网格员[周予安]、[麦穗] | 业主[潘沛霖][潘沛森]兄弟 | 902的[阿强]半夜 | 3座502嘅[九婆]跌倒 | 找[小麦]办理
        感谢[黄秀莲]姐 | 物业经理[栗先生]来过 | 当事人[岑伍]情绪稳定 | 保安[蔡队]推人
        车主[李XX]的车 | [黄家宝]，男 | 我老公[陈家豪]名下 | 副局长[冯某华] | 主管叫[叶志恒]
        [王sir]态度好 | 请[陈老师]转告 | [何国强]打人 | 负责人[谭志刚] | [周某某] | [吴XX] | [陈××]
        [霍启明]、[卢卫东]两人 | 我是[关美玲] | 签名：[苏文娟] | ——[苏文娟] | 此致敬礼 [林志豪] | [黎秀芬阿姨]
        [袁阿姨] | [老何]说 | [郭镇长] | [范区长]批示 | [莫医师] | [简律师] | [龙姐] | [麦叔] | [区伯]
        [尹校长] | [连主任] | [萧小姐] | [陆生] | [马老师] | 我同事[叶子晴] | 向[刘建军]反映 | [冯局长]答复
        找到[曹卫国]了解 | 经办人：[彭丽] | 被举报人[杜海波] | [唐女士]来电 | 嫌疑人[蒋某] | 司机[石磊]
        [温书记] | [江科长] | [任主任] | [安医生] | [白老师] | [高警官]
        [王主任]态度很差 | [李某某医生]误诊 | [张伟科长] | 居民[陈小明]反映 | 找[黄建国主任] | 举报[李建国]贪污
        投诉[王大伟]打人 | 感谢[陈志强师傅] | 感谢[陈师傅] | 我叫[林晓雯] | 本人[何秋月]，女 | 姓名：[区兆坚]
        [冼主任]说的 | [欧阳医生]很好 | [司徒美华女士] | [小陈]说他不管 | [老黄]家的狗 | [何伯]腿脚不便
        [李姨]说 | [罗生]您好 | [张总]来过 | 社区书记[陈伟强] | 村主任[梁某]收钱 | [陈某]打人 | [黄某明]霸占车位
        物业经理[周杰]骂人 | 网格员[邓丽芳]热心 | 业主[谭国华]乱搭建 | [梁sir] | [曾姑娘]每次都耐心
        [吴警官]处理得好 | 我老公[张志明] | 联系人：[刘洋] | [陈小明]、[李建国]、[王芳]联名反映 | 被[王强]打了
        [陈＊明] | [张女士] | [郭老师] | [阿强]说的 | 保安[赵铁柱]不让进 | 邻居[莫海燕]家 | [許小姐] | [陳先生]
        [诸葛亮明同志] | [招主任] | [关生] | [邝局长] | [李局]答应过""",
    "welfare_illness": """
        我爸[股骨头坏死] | 他[右手骨折]了 | 我妈要[截肢]了 | 老婆[怀孕六个月] | 我怀疑他摔倒，[脑梗后遗症] | 我是[聋人]
        她是[二级肢体残疾] | 我家婆[高血压三级] | 佢[断咗手骨] | 我老婆很怕，[先兆流产] | 阿嫲[褥疮]好多了
        我家是[特困户] | 邻居是[精神病]患者 | 她有[残疾证] | 我弟弟[智障] | 那个[艾滋病]人 | 女儿[白血病]住院
        妈妈[癌症]晚期 | 我查出[乙肝] | 老婆[抑郁]了 | 他[吸毒]被抓过 | 租客是[刑满释放人员] | 陈伯是[五保户]
        李某患[精神分裂症] | 我外公[低保]被取消了 | 我奶奶[肺结核]
        我妈是[低保户] | 我家[低收入]，交不起 | 他是[特困人员] | 我有[残疾证] | 我父亲患[肺癌] | 邻居有[精神病]
        儿子有[自闭症] | 他得了[艾滋病] | 楼下那人有[乙肝] | 我老婆有[抑郁症] | 这是我妈的[病历]
        我爸[中风]后瘫在床上 | 我爷爷[老年痴呆]走失 | 我是[二级残疾] | 隔壁陈伯是[五保户] | 我奶奶[糖尿病]要打针
        我本人确诊[白血病]""",
}
PUBLIC = """
    WiFi密码88888888 | 预算6000-8000元 | 老板高薪招聘员工 | 孩子高烧不退 | 业主应当缴费 | 车主连夜挪车 | 同事关系不好
    老公黄金首饰被偷 | 邻居时常吵架 | 房东于是涨价 | 老板任意扣工资 | 经理江湖习气 | 代表成功当选 | 中介包租
    孩子康复训练 | 老人和善 | 长者易跌倒 | 户名变更怎么办 | 姓名写错了 | 真名举报会泄露吗 | 阿莫西林缺货 | 阿尔山路
    我叫不到车 | 公园叫千灯湖 | 本人易激动 | 写成了黄岐 | 把梁写成了粱 | 孩子满意 | 业主于2020年入住 | 隔壁石油公司
    我家门前积水 | 我家水管断裂 | 小区扶手断裂我妈差点摔倒 | 我家外墙瓷砖脱落 | 孩子学校门口人流量大 | 桂花树头坏死
    我家网断了手机也没信号 | 我想了解骨折报销比例 | 工伤认定在哪里办 | 盲人按摩店扰民 | 盲道被占 | 听力四级考试
    我家门口路面硬化 | 桂城街道写成桂诚街道 | 找小区物业 | 我爸关节痛
    发票号码13800138 | 患者、残疾人、低保户均可申请 | 1-3栋电梯改造 | G325国道、S121省道 | 家庭医生签约 | 妇女主任
    全街道共有低保户320户 | 孩子要打乙肝疫苗 | 我家附近有精神病医院 | 7:00-22:00 施工 | 抗癌药纳入医保 | 关工委、文联
    请拨打12345或者110、119、120、12388 | 96110 96998 95598 10086 12329 12393
    2021年12月22日 20211222 2021-12-22 10:30 | 工单号20211222123456789 | 订单编号 86331234 | 预算35000000元
    15,000,000,000元 | 1300多万 138个 13、14、15、16、17、9号 | 400-830-1234 | 面积23456789平方米
    粤ICP备12345678号 | 粤B2-20051234 | 粤府办〔2021〕12号 | 桂府发2021 12345号 | 1号线到桂城站A口 | 3号口出来
    502路公交车 | 3座共120户居民 | 3座电梯坏了 | A座大堂 | 12栋楼下 | 5号楼后面 | 桂园路积水 | 南海大道北
    南海大道12号线 | 桂园路12号开始停水 | 修路12号完工 | 高主任务 | 王府井 | 黄石路 | 张贴公告 | 何时修好
    方便居民 | 常务会议 | 江边步道 | 高度重视 | 感谢高度重视 | 感谢街道的关心 | 感谢方便的服务 | 由于某些原因
    对某小区 | 安全主任 | 公安局长 | 保安队长 | 社区主任 | 社区书记 | 副主任 | 党委书记 | 全科医生 | 家庭医生
    牙科医生 | 货车司机 | 区长直通车 | 请问市长热线 | 和医生说 | 向医生咨询 | 项目经理 | 班主任 | 同志愿者一起
    先生产后生活 | 施工队扰民 | 排队两小时 | 小区路灯 | 老区改造 | 小高层 | 小黄车乱放 | 关公庙 | 叶问纪念馆
    黄飞鸿公园 | 学习习近平总书记重要讲话 | 雷锋精神 | 康有为故居 | 残疾人卫生间 | 无障碍通道 | 残疾人联合会
    残疾人车位 | 低保政策 | 低保怎么申请 | 请问低保申请条件 | 我想问低保怎么申请 | 肝炎疫苗 | 癌症筛查
    糖尿病讲座 | 精神病医院 | 艾滋病宣传日 | 全区低保户1200户 | 为低收入家庭发放补贴 | 微信群通知
    微信公众号桂城发布 | 微信小程序 | 微信支付 | QQ群 | 请到居委会302室办理 | 行政服务中心3楼305室
    联系我们 xx@nanhai.gov.cn | 统一社会信用代码 91440605MA4UXXXX12 | 订单号6222021234567890129 | 石肯村 | 罗村
    陈村花卉世界 | 夏东社区 | 平安是福 | 文明城市 | 和平路 | 林岳大道 | 华南师范大学 | 万科广场 | 周边环境
    包工头欠薪 | 房东涨租 | 车主乱停 | 水务局长 | 关于某事 | 马路对面 | 周日上午 | 时任领导 | 成本主管 | 老师说
    经理不管 | 医生说要住院 | 我们居民 | 项目负责人说 | 包括主任在内 | 平时主任不在 | 各位老师 | 街道主任接访
    钱主任务 | 有关科长 | 每年12万元 | 12号台风 | 疫苗接种 | 第3期工程 | 2栋3栋4栋都停水 | 12层 | 3楼302会议室
    物业费2.5元 | 楼上漏水 | 楼上120平方 | 隔壁2021年装修 | 住户1200人 | 地铁2号线 | 5路12路公交 | 车牌识别系统
    银行卡办理 | 身份证办理点 | 微信缴费方便 | 病历本在哪里领 | 诊断证明怎么开 | 防治结核病 | 肺癌早筛
    高血压义诊 | 防癌讲座 | 残疾人证怎么办 | 特困政策 | 孤儿院 | 黄色的花 | 白色小车 | 万一出事 | 许多人"""


def texts(block):
    return [each.strip() for line in block.strip().splitlines() for each in line.split(" | ")]


def kinds_in(text, **more):
    return [(str(each.kind), each.text_in(text)) for each in find(text, **more)]


def public(text, **more):
    return masked(text, find(text, **more))


def test_it_works():
    text = "我是桂园路翠苑3座502的陈小明，电话13800138000，找过王主任，请拨打12345。"
    assert kinds_in(text) == [
        ("room", "桂园路翠苑3座502"), ("name", "陈小明"), ("phone", "13800138000"), ("name", "王主任")]
    assert public(text) == f"我是桂园路翠苑3座{MASK}的{MASK}，电话{MASK}，找过{MASK}，请拨打12345。"


@pytest.mark.parametrize("kind, text", [(kind, text) for kind, block in FOUND.items() for text in texts(block)])
def test_what_points_at_a_person_is_found(kind, text):
    plain = re.sub(r"[\[\]]", "", text)
    found = [each.text_in(plain) for each in find(plain) if each.kind == kind]
    assert found == re.findall(r"\[([^\]]*)\]", text)


@pytest.mark.parametrize("text", texts(PUBLIC))
def test_what_is_everybodys_stays(text):
    assert kinds_in(text) == []


# --- numbers in every dress ----------------------------------------------------------------------------
CHINESE = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
DRESSES = {
    "as it is": lambda digits: digits,
    "full width": lambda digits: "".join(chr(ord(each) + 0xFEE0) for each in digits),
    "circled": lambda digits: "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(each)] for each in digits),
    "keycaps": lambda digits: "".join(f"{each}\ufe0f\u20e3" for each in digits),
    "bold": lambda digits: "".join(chr(0x1D7CE + int(each)) for each in digits),
    "arabic": lambda digits: "".join(chr(0x660 + int(each)) for each in digits),
    "chinese": lambda digits: "".join(CHINESE[each] for each in digits),
    "with 〇": lambda digits: "".join(CHINESE[each] for each in digits).replace("零", "〇"),
    "half chinese": lambda digits: "".join(CHINESE[each] if at % 2 else each for at, each in enumerate(digits)),
    "spaced": " ".join,
    "wide spaces": "\u3000".join,
    "dashed": "-".join,
    "dotted": "·".join,
    "unseen signs": "\u200b".join,
    "commas": "，".join,
    "halved": lambda digits: f"{digits[:7]} {digits[7:]}",
    "long dash": lambda digits: f"{digits[:3]}——{digits[3:7]}——{digits[7:]}",
    "line break": lambda digits: f"{digits[:3]}\n{digits[3:7]}\n{digits[7:]}",
}
AROUND = ("{}", "电话{}。", "找陈小姐（{}）", "3座，{}，谢谢", "12345和{}", "{}王先生收", "2021年12月1日 {}")


def with_luhn(start):
    return next(start + last for last in "0123456789" if passes_luhn(start + last))


def made_up(kind, dice):
    digits = "".join(dice.choice("0123456789") for _ in range(20))
    if kind == "phone":
        return f"1{dice.choice('3456789')}{digits[:9]}"
    if kind == "bank_card":
        return with_luhn(f"62{digits[:dice.choice((13, 16))]}")
    birth = f"{dice.randint(1930, 2020)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    start = f"4406{dice.choice(('04', '05', '06'))}{birth}{digits[:3]}"
    return start + check_digit(start)


@pytest.mark.parametrize("kind", ["phone", "id_number", "bank_card"])
@pytest.mark.parametrize("dress", DRESSES)
def test_a_number_is_found_in_every_dress(kind, dress):
    dice, missed = random.Random(f"{kind} {dress}"), []  # noqa: S311
    for turn in range(40):
        number = made_up(kind, dice)
        body, last = (number[:-1], "X") if number.endswith("X") else (number, "")
        text = AROUND[turn % len(AROUND)].format(DRESSES[dress](body) + last)
        left = public(text).replace("12345", "").replace("2021年12月1日", "").replace("3座", "")
        left = re.sub("[^0-9一二三四五六七八九零〇]", "", left)
        if kind not in [str(each.kind) for each in find(text)] or left:
            missed.append(text)
    assert missed == []


@pytest.mark.parametrize("gap", ["", "·", " ", "-", ".", "\u3000", "•", "\u200b"])
def test_plates_of_every_kind(gap):
    dice, signs = random.Random(gap), "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"  # noqa: S311
    for turn in range(60):
        digits = "".join(dice.choice("0123456789") for _ in range(6))
        serial = [digits[:5], f"D{digits[:5]}", f"{digits[:5]}F",
                  f"{dice.choice(signs)}{digits[:3]}{dice.choice(signs)}", f"{digits[:4]}港",
                  f"{digits[:4]}学"][turn % 6]
        plate = f"{dice.choice('粤京沪桂湘')}{dice.choice('ABCDEX')}{gap}{serial}"
        plate = plate.lower() if turn % 4 == 1 else plate
        assert kinds_in(f"车{plate}停在消防通道") == [("plate", plate)]


def test_the_check_digit_of_an_id_number():
    assert is_citizen_number("11010519491231002X")  # the example of GB 11643-1999
    assert not is_citizen_number("110105194912310021") and not is_citizen_number("990105194912310021")
    assert kinds_in("编码440605199001011231") == [] != kinds_in("身份证440605199001011231")


def test_the_check_digit_of_a_card():
    assert passes_luhn("4111111111111111") and not passes_luhn("4111111111111112")
    assert kinds_in("4111111111111112") == []


# --- a person, by who it is to somebody ------------------------------------------------------------------
WHO = ["老板", "法人", "户主", "车主", "业主", "物业经理", "负责人", "群主", "我阿嫲", "我妈", "女儿", "丈夫", "同事",
       "他叫", "姓名：", "真名", "代表：", "经办人", "二房东", "前夫", "我女儿", "工友", "家婆", "法定代表人"]
CALLED = ["麦映苔", "蒋承泽", "罗四妹", "韦一诺", "霍柏年", "司徒安", "蒙志刚", "丘大海", "樊一鸣", "宁以骁",
          "赖文轩", "容嘉穗"]
GOES_ON = ["", "，", "的电话", "（", "说", "\n", "经常骂人", "住"]


@pytest.mark.parametrize("who", WHO)
def test_a_person_is_found_behind_who_it_is(who):
    spoken = [(f"投诉{who}{name}{on}", name) for name in CALLED for on in GOES_ON]
    assert [text for text, name in spoken if ("name", name) not in kinds_in(text)] == []


@pytest.mark.parametrize("number", ["13800138000", "440605199001011236", "粤E12345", "6222021234567890128"])
@pytest.mark.parametrize("between", ["{} {}", "（{}，{}）", "{}，{}", "{}：{}", "{}（电话{}）", "有{} {}、"])
def test_a_person_is_found_beside_a_number(number, between):
    names = [name for name in CALLED if ("name", name) not in kinds_in(between.format(name, number))]
    assert names == []


@pytest.mark.parametrize("place", ["翠苑", "桂禾小区", "石肯村南便街3巷", "三洲经济社", "西约大街", "映穗华庭",
                                   "桂榕园东区"])
def test_the_place_before_a_door_is_marked_and_stays_public(place):
    for door, left in (("3座502", "3座"), ("12栋A单元1203房", "12栋"), ("12号", "")):
        if door == "12号" and not place.endswith(("村", "小区", "巷", "大街")):
            continue
        text = f"陈小明住{place}{door}。"
        assert ("room", f"{place}{door}") in kinds_in(text)
        assert public(text).endswith(f"住{place}{left}{MASK}。")


def test_a_place_reaches_over_no_other_marker():
    text = "陈小明，翠苑3座502、翠苑3座503"
    found = find(text, own=("陈小明",))
    assert [each.text_in(text) for each in found] == ["陈小明", "翠苑3座502", "翠苑3座503"]


# --- own, public, parts --------------------------------------------------------------------------------
@pytest.mark.parametrize("text", [
    "陈小明", "陈 小 明", "我，陈小明说", "陈\u3000小\u3000明", "陳小明", "13800138000", "１３８００１３８０００",
    "1380 0138 000", "一三八零零一三八零零零",
    "号2138001380001尾", "138/0013/8000",
])
def test_ones_own_name_and_number_are_found_wherever_they_stand(text):
    found = find(text, own=("陈小明", "138 0013 8000"))
    assert len(found) == 1 and MASK in masked(text, found)


def test_own_words_that_say_nothing_find_nothing():
    assert find("12月今天天气好", own=("", None, "天", "12")) == []


def test_numbers_of_offices_stay():
    text = "可拨0757-86331234或8633 1234、（0757）86331234，不要打86339999"
    assert kinds_in(text, public_numbers=("0757-86331234",)) == [("phone", "86339999")]
    assert [kind for kind, _ in kinds_in(text)] == ["phone"] * 4


def test_a_template_gets_the_text_in_parts():
    text = "找王主任，3座502"
    parts = shown(text, find(text))
    assert "".join(part for part, _ in parts) == text
    assert [(part, marker and marker.kind.label) for part, marker in parts] == [
        ("找", None), ("王主任", "姓名和身份"), ("，", None), ("3座502", "门牌和房号")]
    assert shown("", []) == []


@pytest.mark.parametrize("text, seen", [
    ("3 座 502", f"3 座 {MASK}"), ("12栋A单元1203房", f"12栋{MASK}"), ("桂园路12号之三", f"桂园路{MASK}"),
    ("X号楼三单元五零二", f"X号楼{MASK}"), ("402室", MASK), ("３座５０２", f"３座{MASK}"),
])
def test_of_a_room_the_building_stays(text, seen):
    assert public(text) == seen


def test_what_is_written_behind_one_another():
    number = "440605199001011236"
    assert [kind for kind, _ in kinds_in(f"{number}13800138000")] == ["id_number", "phone"]
    assert [kind for kind, _ in kinds_in("1380013800013900139000")] == ["phone", "phone"]


# --- whatever is typed ---------------------------------------------------------------------------------
PIECES = [*(re.sub(r"[\[\]]", "", text) for block in FOUND.values() for text in texts(block)), *texts(PUBLIC),
          *"，。、 -王李某主任长号座室路0123一二三X@.*（）＊", "\n", "\u200b", "138", "6222", "粤E", "微信",
          "低保", "我", "患"]
typed = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(typed)
def test_whatever_is_typed_is_masked_once_and_for_all(text):
    found = find(text, own=("陈小明", "13800138000"))
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(before.end <= after.start for before, after in zip(found, found[1:], strict=False))
    assert "".join(part for part, _ in shown(text, found)) == text
    seen = masked(text, found)
    assert masked(seen, find(seen, own=("陈小明", "13800138000"))) == seen
    assert not re.search("(?<![0-9])1[3-9][0-9]{9}(?![0-9])", seen)


def test_a_marker_keeps_no_word():
    assert set(vars(find("王主任")[0])) == {"kind", "start", "end"} and {each.label for each in Kind} > {"车牌"}


# --- how long it takes ---------------------------------------------------------------------------------
HOSTILE = ["1", "1 ", "一", "六", "6666 ", "王", "王主任", "某", "a.", "a@", "@", "3座", "3座502", "路12号", "三单元",
           "癌", "我有低保", "加v:", "qq1", "粤E", "1*", "-", "居民陈", "陈小明、", "尾号", "12-", "138****", "微信",
           " ", "\n", "身份1234567890123456", "号", "王某、", "楼上", "3-", "x×",
           "我妈", "老板叫", "住二楼B", "怀孕", "陈小写成了", "村6号", "粤E12345，陈"]
MODULES = ["illness", "names", "numbers", "related", "rooms", "signs"]


def steps(text):
    """How many calls of functions, regular expressions among them, it takes to look through a text."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")
    sys.setprofile(counted)
    try:
        find(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", HOSTILE)
def test_the_work_grows_with_the_text_and_no_faster(unit):
    short, long = (steps(unit * (size // len(unit))) for size in (1_000, 4_000))
    assert long < 5 * short + 500


@pytest.mark.parametrize("unit", ["1 ", "一", "王主任", "3座", "a@", "1*"])
def test_a_text_of_a_hundred_thousand_characters(unit):
    assert isinstance(find((unit * 100_000)[:100_000]), list)


def test_each_pattern_looks_at_so_many_characters_and_no_more():
    """A match that begins at one place cannot run through the text: nothing repeats without end but possessively."""
    patterns = [(f"{name}.{key}", value) for name in MODULES
                for key, value in vars(import_module(f"guicheng.personal.{name}")).items()
                if isinstance(value, re.Pattern)]
    assert len(patterns) > 40
    endless = [key for key, pattern in patterns if longest(pattern.pattern) > 400]
    assert endless == []
    assert longest("(a+)+b") > 400 > longest("a{1,9}b")


def longest(pattern):
    """The most characters a match may have, possessive repeats (which never go back) left out."""
    return re._parser.parse(re.sub(r"(\]|\))(\+\+|\*\+)", r"\1", pattern)).getwidth()[1]
