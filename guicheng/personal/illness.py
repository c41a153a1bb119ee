"""Poverty, illness and disability where the words speak of a person: 我妈是低保户, not 低保怎么申请, 残疾人卫生间."""
import re
from bisect import bisect_left

DEGREE = "[一二三四五六七八九十1-9]{1,2}级"
FORM = "(?:肢体|视力|听力|智力|精神|言语|多重|重度)"
GRADED = (f"{DEGREE}(?:{FORM}?(?:残疾|伤残|残障)|{FORM}(?=[,。;!?了的 ]|$))|{FORM}(?:残疾|障碍|残)?{DEGREE}(?!考|"
         f"真题|证书)|残疾{DEGREE}|{FORM}残疾")
# a part of the body and what befalls it: 肺癌晚期, 股骨头坏死, 右手骨折, 高血压三级
ORGAN = ("(?:肺|肝|胃|[大直结]?肠|十二指肠|食[道管]|乳腺?|鼻咽?|咽喉?|喉|宫颈|子宫|卵巢|前列腺|甲状腺|胰腺?|膀胱|"
         "淋巴|血|脑|肾|心脏|心肌|"
         "胆囊?|脾|眼底|视网膜|角膜|中耳|口腔|牙周|皮肤|(?:支)?气管|血管|[动静]脉|尿道|阑尾|神经|骨髓?|股骨头?|"
         "软组织|半月板|韧带|跟腱|"
         "腰椎间盘|腰椎|颈椎|脊[柱椎髓]|椎间盘|肌肉)")
LIMB = ("(?:[左右双]?(?:手|脚|腿|[大小]腿|前?臂|腕|髋|膝盖?|踝|腰|肋|锁|胫|尺|桡|盆|肘|指|趾|颅)[骨部臂腕指趾踝]?|"
        "关节)")
HARM = ("(?:癌症?|肿?瘤|炎|梗塞?|梗死|栓塞|血栓|衰竭|结石|硬化症?|坏死|骨折|骨裂|脱臼|挫伤|扭伤|烧伤|烫伤|溃疡|结核|"
        "囊肿|息肉|穿孔|"
        "萎缩|增生)")
HARM_OF_AN_ORGAN = f"(?:{HARM}|出血|积水|突出|移植|切除|缺损|断裂|撕裂|脱落)"
AFTER = f"(?:早期|中期|晚期|末期|后遗症|{DEGREE}|并发症|术后)?"
GRAMMAR = (f"(?:先天性|急性|慢性|原发性|恶性|良性|粉碎性)?(?:{ORGAN}{{1,2}}{HARM_OF_AN_ORGAN}|"
           f"{LIMB}{{1,2}}粉?碎?性?{HARM}){AFTER}|"
           f"(?:高血压|糖尿病|冠心病|心脏病|肾病)(?:足|肾病|{DEGREE}){AFTER}|先天性(?:心脏病|[㐀-鿿]{{1,4}}(?:症|病|"
           f"缺陷))|"
           "断[咗了]?[左右]?[手脚腿肋腰臂]骨|断[咗了][左右]?[手脚腿臂](?![机续段工表])|[手脚腿臂]骨?断[了咗](?![电网])|"
           "(?:怀孕|怀胎|身孕|有孕|孕)了?[一二两三四五六七八九十0-9]{1,2}个?多?[月周]|怀孕(?![期妇检前])|"
           "(?:先兆|习惯性)?流产|(?<=[做完过了次])人流(?!量)|引产|宫外孕|早产|产后抑郁症?|"
           "截肢|高位截瘫|植物人|褥疮|压疮|失明|失聪|耳聋|全盲|弱视|卧床不起|大小便失禁|工伤|尘肺病?|矽肺|哮喘|"
           "肺气肿|痛风|"
           "甲亢|甲减|类风湿|强直性脊柱炎|白内障|青光眼|骨质疏松|地中海贫血|地贫|血友病|癔症|强迫症|妄想症?|狂躁症?|"
           "失智症?|"
           "肌无力|肌萎缩|轻生|自残|割腕|毒瘾|酒瘾")
STATUS = ("低保户|低保边缘(?:户|家庭)?|低保对象|低保家庭|低保证|低保金|吃低保|领低保|拿低保|低保|五保户|五保|"
          "低收入(?:家庭|户|人群|人员)?|"
          f"{GRADED}|"
          "孤寡老人|聋哑人?|聋人|盲人|哑巴|"
          "特困(?:户|人员|家庭|供养)?|贫困户|困难户|残疾证|残疾人证|[一二三四1234]级残疾|重度残疾|肢体残疾|智力残疾|"
          "精神残疾|视力残疾|听力残疾|"
          "残疾人?|残障人?|失独(?:家庭|老人)?|孤儿|刑满释放(?:人员)?|社区矫正(?:人员|对象)?|吸毒(?:人员)?|"
          "戒毒(?:人员)?|坐过牢|前科|单亲(?:家庭|妈妈)?")
ILLNESS = (f"{GRAMMAR}|"
           "精神分裂症?|精神病|精神障碍|神经病|躁郁症|躁狂症|双相(?:情感障碍|障碍)?|抑郁症?|焦虑症|自闭症|孤独症|"
           "多动症|唐氏综合征|脑瘫|智力障碍|智障|弱智|"
           "老年痴呆症?|阿尔茨海默症?|痴呆症?|帕金森(?:症|病)?|艾滋病?|hiv|梅毒|性病|乙肝|丙肝|甲肝|肝炎|肝硬化|"
           "肺结核|结核病?|"
           "[肺肝胃肠乳鼻咽宫颈血骨脑食道腺列巢直胰膀胱甲状]{0,4}癌症?|恶性肿瘤|脑瘤|肿瘤|白血病|尿毒症|肾衰竭?|透析|"
           "化疗|放疗|糖尿病|高血压|心脏病|冠心病|"
           "脑梗塞?|脑出血|中风|偏瘫|瘫痪|癫痫|羊癫疯|红斑狼疮|渐冻症|罕见病|流产|堕胎|不孕不育|重度烧伤")
PAPER = "病历本?|病例本?|诊断书|诊断证明|出院小结|检查报告|化验单|住院记录|病情"
WORD = re.compile(f"(?P<status>{STATUS})|(?P<illness>{ILLNESS})|(?P<paper>{PAPER})")
PERSON = re.compile(
    "本人|我(?!们(?!一家|家|是|系|俩)|街|市|区|国|省|社区|村|镇|办|局|想问|想咨询|院)|我们家|咱家|家里|家中|家人|"
    "父亲|母亲|爸|妈|丈夫|"
    "妻子|老公|老婆|爱人|儿子|女儿|"
    "孙子|孙女|孩子|小孩|老人家?|奶奶|爷爷|外婆|外公|婆婆|公公|哥哥?|弟弟?|姐姐?|妹妹?|叔|伯|姨|舅|[他她](?!们)|某|"
    "邻居|隔壁|楼上|楼下|户主|租客|"
    "房东|业主|佢|阿嫲|阿妈|阿爸|老豆|老母|家婆|家公|岳父|岳母|前夫|前妻|同事|工友|屋企|当事人|员工|这[个位户]|"
    "那[个位户]|一[个位]|有[个位]|该[户居人业女男]|其[子女母父妻夫]|此人|男子|女子|居民")
STATE = re.compile("(?:是|系|有|患|得了?|享受|领[取着]?|吃|属于?|持|确诊|查出|检出|诊断[为出]?|生了?|因|为|曾|犯|靠|"
                   "查到|被评为|做|的|过)$")
SUFFERS = re.compile("(?:患有?|得了|诊断[:是]?|确诊[为了]?|查出|检出|被诊断为?|诊断为|诊断出|罹患|感染了?|"
                     "身患)[^,。;!?\n]{0,6}$")
POLICY_BEFORE = re.compile("(?:申请|了解|申领|申办|办理|咨询|什么是|防|抗|预防|筛查|关爱|帮扶|慰问|针对|面向|为|"
                           "各类|全部|"
                           "所有|对|给|防治|救助|防范|"
                           "有关|关于|[0-9]{1,8} ?[户名位个人] ?|符合|补办|评定|哪些|能办|怎么办|扶持|等)$")
POLICY_AFTER = re.compile(
    r"(?:人|者|患者|病)?(?:卫生间|厕所|洗手间|通道|坡道|设施|车位|停车|联合会|联会|专用|政策|标准|怎么|如何|申请|"
    r"办理|条件|材料|讲座|宣传|筛查|疫苗|防治|预防|"
    r"知识|专科|医院|院|科(?!的)|中心|门诊|补贴|补助|义诊|日(?!子)|活动|基金|救助|保障|服务|家访|工作|帮扶|群体|朋友|"
    r"就业|事业|运动|奥|需要|要什么|"
    r"可以|[均都]可|"
    r"能否|人员?(?:的)?(?:优惠|免费|乘车)|优惠|等|证明? ?(?:怎么|如何|办|年审|换)|证(?:怎么|如何|在哪|年审|要)|"
    r"疾?病?管理|年审|年检|换证|号就?是|按摩|认证|等级|鉴定|赔偿|保险|认定|对象认定|"
    r"[^,。;!?\n]{0,3}(?:怎么|如何)(?:申请|办))|[ ]?[0-9]{1,8} ?[户名位个人]|[一二三四五六七八九十百]{1,6}[户名位]")
SOMEBODY_S = re.compile(
    "(?:我|他|她|人|妈|爸|儿子|女儿|老公|老婆|父亲|母亲|奶奶|爷爷|孩子|家人|某)[^,。;!?]{0,3}$")
CLAUSE = re.compile("[。!?;\n]")
OPENS = 4  # characters of a clause before an illness that opens it
NEAR = 40  # characters of the sentence, before and after, in which somebody is spoken of


def found_illness(plain, persons=()):
    """("welfare_illness", start, end). `persons`: places of the text where something else points at a person."""
    text = plain.text
    starts = sorted(start for start, _ in persons)
    for found in WORD.finditer(text):
        start, end = found.span()
        before = CLAUSE.split(text[max(0, start - NEAR):start])[-1]
        after = CLAUSE.split(text[end:end + NEAR])[0]
        if _is_of_a_person(found, before, after, _any_within(starts, start - len(before), end + len(after))):
            yield "welfare_illness", start, end


def _any_within(starts, low, high):
    place = bisect_left(starts, low)
    return place < len(starts) and starts[place] < high


def _is_of_a_person(found, before, after, is_named):
    suffers = SUFFERS.search(before)
    if POLICY_AFTER.match(after) and not (suffers and found["illness"]):
        return False
    if suffers and found["illness"]:
        return True
    if POLICY_BEFORE.search(before):
        return False
    if is_named:
        return True
    if found["paper"]:
        return bool(SOMEBODY_S.search(before))
    last = before.rsplit(",", 1)[-1]
    if len(last) < OPENS and found["illness"]:  # 我老婆怀孕了, 先兆流产: the clause goes on with the one before
        last = before
    return bool(PERSON.search(last) or PERSON.search(before) and STATE.search(before)
                or PERSON.search(after[:6]) and STATE.search(before[-2:] or " "))
