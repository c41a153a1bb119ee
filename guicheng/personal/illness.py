"""Poverty, illness and disability where the words speak of a person: 我妈是低保户, not 低保怎么申请, 残疾人卫生间."""
import re
from bisect import bisect_left

STATUS = ("低保户|低保边缘(?:户|家庭)?|低保对象|低保家庭|低保证|低保金|吃低保|领低保|拿低保|低保|五保户|五保|"
          "低收入(?:家庭|户|人群|人员)?|"
          "特困(?:户|人员|家庭|供养)?|贫困户|困难户|残疾证|残疾人证|[一二三四1234]级残疾|重度残疾|肢体残疾|智力残疾|"
          "精神残疾|视力残疾|听力残疾|"
          "残疾人?|残障人?|失独(?:家庭|老人)?|孤儿|刑满释放(?:人员)?|社区矫正(?:人员|对象)?|吸毒(?:人员)?|"
          "戒毒(?:人员)?|坐过牢|前科|单亲(?:家庭|妈妈)?")
ILLNESS = ("精神分裂症?|精神病|精神障碍|神经病|躁郁症|躁狂症|双相(?:情感障碍|障碍)?|抑郁症?|焦虑症|自闭症|孤独症|"
           "多动症|唐氏综合征|脑瘫|智力障碍|智障|弱智|"
           "老年痴呆症?|阿尔茨海默症?|痴呆症?|帕金森(?:症|病)?|艾滋病?|hiv|梅毒|性病|乙肝|丙肝|甲肝|肝炎|肝硬化|"
           "肺结核|结核病?|"
           "[肺肝胃肠乳鼻咽宫颈血骨脑食道腺列巢直胰膀胱甲状]{0,4}癌症?|恶性肿瘤|脑瘤|肿瘤|白血病|尿毒症|肾衰竭?|透析|"
           "化疗|放疗|糖尿病|高血压|心脏病|冠心病|"
           "脑梗塞?|脑出血|中风|偏瘫|瘫痪|癫痫|羊癫疯|红斑狼疮|渐冻症|罕见病|流产|堕胎|不孕不育|重度烧伤")
PAPER = "病历本?|病例本?|诊断书|诊断证明|出院小结|检查报告|化验单|住院记录|病情"
WORD = re.compile(f"(?P<status>{STATUS})|(?P<illness>{ILLNESS})|(?P<paper>{PAPER})")
PERSON = re.compile(
    "本人|我(?!们|街|市|区|国|省|社区|村|镇|办|局|想问|想咨询|院)|我们家|咱家|家里|家中|家人|父亲|母亲|爸|妈|丈夫|"
    "妻子|老公|老婆|爱人|儿子|女儿|"
    "孙子|孙女|孩子|小孩|老人家?|奶奶|爷爷|外婆|外公|婆婆|公公|哥哥?|弟弟?|姐姐?|妹妹?|叔|伯|姨|舅|[他她](?!们)|某|"
    "邻居|隔壁|楼上|楼下|户主|租客|"
    "房东|业主|这[个位户]|那[个位户]|一[个位]|有[个位]|该[户居人业女男]|其[子女母父妻夫]|此人|男子|女子|居民")
STATE = re.compile("(?:是|系|有|患|得了?|享受|领[取着]?|吃|属于?|持|确诊|查出|检出|诊断[为出]?|生了?|因|为|曾|犯|靠|"
                   "查到|被评为|做|的|过)$")
SUFFERS = re.compile("(?:患有?|得了|确诊[为了]?|查出|检出|被诊断为?|诊断为|诊断出|罹患|感染了?|身患)[^,。;!?\n]{0,6}$")
POLICY_BEFORE = re.compile("(?:申请|申领|申办|办理|咨询|什么是|防|抗|预防|筛查|关爱|帮扶|慰问|针对|面向|为|各类|全部|"
                           "所有|对|给|防治|救助|防范|"
                           "有关|关于|[0-9]{1,8} ?[户名位个人] ?|符合|补办|评定|哪些|能办|怎么办|扶持|等)$")
POLICY_AFTER = re.compile(
    r"(?:人|者|患者|病)?(?:卫生间|厕所|洗手间|通道|坡道|设施|车位|停车|联合会|联会|专用|政策|标准|怎么|如何|申请|"
    r"办理|条件|材料|讲座|宣传|筛查|疫苗|防治|预防|"
    r"知识|专科|医院|院|科(?!的)|中心|门诊|补贴|补助|义诊|日(?!子)|活动|基金|救助|保障|服务|家访|工作|帮扶|群体|朋友|"
    r"就业|事业|运动|奥|需要|要什么|"
    r"可以|[均都]可|"
    r"能否|人员?(?:的)?(?:优惠|免费|乘车)|优惠|等|证明? ?(?:怎么|如何|办|年审|换)|证(?:怎么|如何|在哪|年审|要)|"
    r"疾?病?管理|认定|对象认定|"
    r"[^,。;!?\n]{0,3}(?:怎么|如何)(?:申请|办))|[ ]?[0-9]{1,8} ?[户名位个人]|[一二三四五六七八九十百]{1,6}[户名位]")
SOMEBODY_S = re.compile(
    "(?:我|他|她|人|妈|爸|儿子|女儿|老公|老婆|父亲|母亲|奶奶|爷爷|孩子|家人|某)[^,。;!?]{0,3}$")
CLAUSE = re.compile("[。!?;\n]")
NEAR = 30  # characters of the sentence, before and after, in which somebody is spoken of


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
    return bool(PERSON.search(last) or PERSON.search(before) and STATE.search(before)
                or PERSON.search(after[:6]) and STATE.search(before[-2:] or " "))
