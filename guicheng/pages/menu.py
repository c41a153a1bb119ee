"""The menu of the back office, by work: what a person does, not which table it stands in.

It names lists by their model and pages by their address, in reading order. What a person may not open is left out, and
so is a section of which nothing is left. A list that nobody placed stands at the end of 设置: none is without a way in.
"""
from dataclasses import dataclass, field

from django.urls import reverse

from guicheng.access.permissions import can_make_accounts, can_see_faces, can_see_health
from guicheng.office.manual import address_of
from guicheng.seal.permissions import can_see_seals


@dataclass(frozen=True)
class Entry:
    """One way: a list ("projects.project") or a page of our own (the name of its URL), and for whom it is."""

    leads_to: str
    says: str = ""
    words: str = ""  # a list is called what its model is called
    query: dict = field(default_factory=dict)
    may: object = None  # asked of a page; a list asks its own admin
    holds: tuple = ()  # names of other pages that belong to it

    @property
    def is_list(self):
        return "." in self.leads_to

    @property
    def place(self):
        """The name of its URL, without the namespace."""
        return self.leads_to.replace(".", "_") + "_changelist" if self.is_list else self.leads_to


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    entries: list


@dataclass(frozen=True)
class Way:
    """An entry as one person has it."""

    words: str
    says: str
    address: str
    is_here: bool


@dataclass(frozen=True)
class Part:
    """A section as one person has it."""

    key: str
    title: str
    ways: list
    is_here: bool

    @property
    def address(self):
        return reverse("admin:work", args=[self.key])


def _has(permission):
    return lambda user: user.has_perm(permission)


RECORDS, REVIEWS = _has("projects.add_progressupdate"), _has("projects.check_progressupdate")
STATEMENTS = "projects_progressupdate"
# a word in the name of a page's URL -> the heading of the 使用手册 that tells about it
KINDS = {"index": "today", "reportingtask": "reporting", "superiorform": "reporting",
         "importbatch": "import", "supervision": "supervise",
         "_record": "record", "_decide": "review", "faces": "faces", "seal": "faces", "health": "health",
         "secretary": "places"}

SECTIONS = [
    Section("record", "填报", [
        Entry(f"{STATEMENTS}_changelist", "草稿、送审的、退回的，都在这里。", "我填报的进展",
              {"for_me": "own"}, RECORDS,
              (f"{STATEMENTS}_record", f"{STATEMENTS}_postpone", f"{STATEMENTS}_close", f"{STATEMENTS}_photos")),
        Entry("projects.reportingtask", "每月、每季要报的表，一张表填完。", "报送任务（月报）"),
        Entry("projects.superiorform", "上级发的空表传一次，每月点一下就填好。", "上级表样"),
        Entry("projects_importbatch_add", "传一个文件，或者从 Excel 粘贴。先看会写进什么，再确认。", "导入 Excel",
              may=_has("projects.add_importbatch")),
        Entry("projects_importbatch_template", "本单位的项目都在里面，改好再导入。", "下载 Excel，改好再导入",
              may=_has("projects.add_importbatch")),
        Entry("projects.importbatch", "每次导入写了什么，也可以整批撤销。", "导入过的文件"),
        Entry("projects.bulkchange", "一次改了哪些项目，可以撤销。", "批量修改的记录"),
        Entry(f"{STATEMENTS}_week", "发到微信群的文字，一键复制。", "复制本周进展成微信文字",
              may=_has("projects.view_progressupdate")),
    ]),
    Section("review", "审核", [
        Entry(f"{STATEMENTS}_changelist", "别人填报、等你看的，最早交来的在前。", "等我审核的",
              {"for_me": "review"}, REVIEWS),
        Entry("projects_project_changelist", "新录入、还没有公开的项目。", "没有公开的项目", {"is_published__exact": 0},
              _has("projects.publish_progressupdate")),
        Entry("projects.reviewstep", "谁在什么时候通过、退回，可按月导出。"),
        Entry("projects.watchedword", "文字里出现就提醒核对的词。"),
        Entry("seals", "依规不再公开的文字、姓名、照片和附件。", "封存", may=can_see_seals, holds=("seal_ask",)),
    ]),
    Section("supervise", "督办", [
        Entry("projects_supervisionnotice_desk", "逾期、待核、将到期、久无进展、缺资料。", "督办台",
              may=_has("projects.view_supervisionnotice")),
        Entry("projects.supervisionnotice", "提醒、催办单、督办单，签收和回复。", "督办单"),
        Entry("projects.lightrule", "几天算黄灯、几天算红灯。"),
        Entry("guicheng.calendaryear", "哪天放假、哪天上班，算期限用。"),
    ]),
    Section("needs", "诉求", [
        Entry("communities.need", "居民反映的事，先到期的在前。"),
        Entry("communities_need_add", "有人到柜台或者打电话来，替他登记，打印受理回执。", "替居民登记",
              may=_has("communities.add_need")),
        Entry("communities_needanswer_changelist", "别人写好、等你看的答复。", "等我审的答复",
              {"for_me": "review"}, _has("communities.check_needanswer")),
        Entry("communities.needanswer", "写过的每一份答复，发出的和没发出的。"),
        Entry("communities.answertemplate", "常用的开头，每件不一样的地方留空。"),
        Entry("communities.needterm", "每一类几个工作日签收、几个工作日答复。"),
    ]),
    Section("projects", "项目和清单", [
        Entry("projects.project", "找一个项目，看灯，填报进展。"),
        Entry("projects.projectlist", "重点项目、社区项目、微实事等各张清单，和公布的总数。"),
        Entry("projects.progressupdate", "每一条说过的进展，哪天、谁说的。", "进展台账"),
        Entry("projects.department", "牵头和配合的单位，经办人和审核员。"),
        Entry("projects.source", "每个说法出自哪里。"),
        Entry("projects.fact", "有出处、又不是进展的话。"),
        Entry("projects.discrepancy", "两个来源说法不一样的地方。"),
        Entry("projects.policydocument", "发布过的工作指引。"),
    ]),
    Section("places", "阵地和组织", [
        Entry("communities.community", "45 个社区的地址、电话、办公时间。"),
        Entry("communities.unit", "小区、经济社、楼宇、园区。"),
        Entry("communities.secretaryproject", "社区书记每年领办的一件事。"),
        Entry("partybuilding.partyorganisation", "党委、党总支、党支部。"),
        Entry("partybuilding.venue", "党群服务中心、服务站的地址和开放时间。"),
    ]),
    Section("figures", "数据和报告", [
        Entry("projects.quarterreport", "写正文、锁定、签发。"),
        Entry("partybuilding.metric", "每个数是多少、怎么算、哪天的。"),
        Entry("partybuilding.reportedreading", "社区在报送任务里报的数，审过才公开。", "社区报的数"),
        Entry("projects.exportfile", "后台生成的 Excel，生成好了在这里下载。", "导出的文件"),
    ]),
    Section("settings", "设置", [
        Entry("guicheng.user", "新增账号、重置口令、停用。", "账号"),
        Entry("guicheng_user_import", "一张表建好各单位的账号。", "导入账号", may=can_make_accounts),
        Entry("faces", "哪些内容给居民看，谁批准的。", "对外发布", may=can_see_faces, holds=("face",)),
        Entry("audit", "每一处改动，前后各是什么。", "审计记录", may=_has("guicheng.read_audit")),
        Entry("guicheng.accessevent", "登录、下载、账号变动。"),
        Entry("admin.logentry", "谁改了什么。"),
        Entry("health", "数据库、磁盘、备份、后台任务。", "运行情况", may=can_see_health),
        Entry("pieces", "页面上各种零件的样子，给维护的人看。", "界面零件"),
        Entry("inbox", "系统发给你的消息。", "收件箱"),
        Entry("password_change", "换一个新口令。", "改口令"),
        Entry("second_factor_set_up", "登录时再输一次手机上的数字。", "两步验证", holds=("recovery_codes",)),
        Entry("manual", "怎么填、怎么审、怎么管，可以打印。", "使用手册"),
        Entry("tables", "后台的每一张表，按系统里的分法。", "全部表"),
    ]),
]


def menu_of(user, available_apps, match, query):
    """The Parts this person has. `available_apps`: Django's, which asked every admin; `match`: where the request is."""
    lists = {f"{app['app_label']}.{model['object_name'].lower()}": model
             for app in available_apps for model in app["models"] if model["admin_url"]}
    placed = {entry.leads_to for section in SECTIONS for entry in section.entries}
    unplaced = [Entry(label) for label in lists if label not in placed]
    has = {section.key: [entry for entry in section.entries + (unplaced if section.key == "settings" else [])
                         if _may_open(entry, lists, user)] for section in SECTIONS}
    here = _here(match, query, [entry for entries in has.values() for entry in entries])
    opened = match.kwargs.get("part") if match and match.url_name == "work" else None
    return [Part(section.key, section.title, [_way(entry, lists, here) for entry in has[section.key]],
                 is_here=opened == section.key or here in has[section.key])
            for section in SECTIONS if has[section.key]]


def manual_address(request):
    """Where the 使用手册 tells about this page: by its kind, else by its section; the first page by its own heading."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    kind = next((key for part, key in KINDS.items() if part in name), "")
    section = next((section.key for section in SECTIONS for entry in section.entries
                    if entry.place == name or name in entry.holds
                    or entry.is_list and name.startswith(entry.leads_to.replace(".", "_") + "_")), "")
    chapter, key = address_of(request.user, kind or section)
    return f"{reverse('admin:manual')}#{chapter}{f'-{key}' if key else ''}"


def _may_open(entry, lists, user):
    if entry.is_list:
        return entry.leads_to in lists
    return entry.may is None or entry.may(user)


def _way(entry, lists, here):
    words = entry.words or lists[entry.leads_to]["name"]
    # a list of another admin site than ours is where Django says
    address = lists[entry.leads_to]["admin_url"] if entry.is_list and not entry.query else reverse(
        f"admin:{entry.place}", query=entry.query or None)
    return Way(words, entry.says, address, entry is here)


def _here(match, query, entries):
    """The entry that a page belongs to: itself with its filter, itself, or the list whose model it is about."""
    if match is None or match.url_name is None:
        return None
    name = match.url_name
    asked = [entry for entry in entries if entry.query and entry.place == name
             and all(query.get(key) == str(value) for key, value in entry.query.items())]
    plain = [entry for entry in entries if not entry.query and entry.place == name or name in entry.holds]
    of_model = [entry for entry in entries
                if entry.is_list and name.startswith(entry.leads_to.replace(".", "_") + "_")]
    return next(iter(asked + plain + of_model), None)
