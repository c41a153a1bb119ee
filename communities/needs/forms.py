"""What a resident types: the asking itself, finding the link again, and a word to what is being handled."""
import base64
import hashlib
import re
import secrets

from django import forms
from django.conf import settings
from django.urls import Resolver404, get_script_prefix, resolve

from communities.models import Lacking, Need, NeedKind, Verdict
from communities.needs import asking
from guicheng import media_store
from guicheng.files.attach import read_photo
from guicheng.files.forms import Carried, FilesField, FilesInput, HeldFilesForm
from guicheng.files.photos import MAX_BYTES, WIDTHS
from guicheng.personal.phones import plain_phone
from guicheng.text import clean_text
from projects.models import Project

UNKNOWN = "unknown"
PHONE = "电话应是 11 位手机号，或带区号的固定电话，如 0757-12345678。"
TOO_LARGE = f"有一张照片太大，没有收下：每张不超过 {MAX_BYTES // 1024 // 1024} MB。"
PHOTOS = (f"JPEG、PNG 或 WebP，每张不超过 {MAX_BYTES // 1024 // 1024} MB，加起来不超过 25 MB。"
          "拍摄地点会自动去掉；请不要拍到别人的脸和车牌。")
CALLED = "写个称呼就行，例如：李女士。"
PHONED = f"只用来联系您、帮您找回链接。不公开，办结 {settings.PERSONAL_DAYS} 天后删除。"
NOT_FOR_PEOPLE = "有一格应当空着却写了字，已经清掉，请再按一次“发出”。"
SENDING = re.compile(r"[0-9a-f]{32}")


def faults_of(form):
    """(field or None, sentence) of all that is to be mended, in the order of the page."""
    found = [(form[name], error) for name in form.fields for error in form.errors.get(name, [])]
    return [(None, error) for error in form.non_field_errors()] + found


class Words(forms.CharField):
    """Words of a resident, cleaned before they are measured; one line unless it is a box."""

    def __init__(self, *, most, rows=0, **kwargs):
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        super().__init__(max_length=most, widget=widget, **kwargs)
        self.error_messages["max_length"] = f"最多 {most} 个字，现在是 %(show_value)d 个，请删短一些。"
        self.is_line = not rows

    def to_python(self, value):
        value = clean_text(super().to_python(value))
        return " ".join(value.split()) if self.is_line else value


class AskForm(HeldFilesForm):
    """One need. `project` and `page` come with the address and are passed over where they are none of ours.

    What is written wrongly is said; nothing that was right is lost, photos least of all.
    """

    MOST_PHOTOS = asking.MOST_PHOTOS

    sending = Carried()
    project = Carried()
    page = Carried()
    community = forms.ChoiceField(label="哪个社区", error_messages={"required": "请选一个社区，不清楚就选“不知道”。",
                                                               "invalid_choice": "请从列出的社区里选一个。"})
    title = Words(label="一句话说清", most=60, error_messages={"required": "请用一句话说清是什么事。"})
    text = Words(label="具体情况", most=2000, rows=5, error_messages={"required": "请写具体情况，一两句就行。"})
    place = Words(label="在哪里", most=120, required=False)
    photos = FilesField(label="照片", required=False, help_text=PHOTOS,
                        widget=FilesInput("image/jpeg,image/png,image/webp", MAX_BYTES))
    name = Words(label="怎么称呼您", most=20, required=False, help_text=CALLED)
    phone = Words(label="电话", most=40, required=False, help_text=PHONED)
    website = Carried()

    def __init__(self, kind, data=None, files=None, *, too_large=(), **kwargs):
        super().__init__(data, files, by=None, of=Need, auto_id="f-%s", use_required_attribute=False, **kwargs)
        self.kind, self.too_large = NeedKind(kind), too_large
        asked = data or self.initial
        self.about_project = _project(asked.get("project", ""))
        self.about_path = _own_page(asked.get("page", ""))
        self.fields["title"].help_text = self.kind.asks
        self.fields["title"].widget.attrs["autocomplete"] = "off"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}
        self.communities = {}
        if self.kind == NeedKind.MISTAKE:  # of a page: it lies nowhere
            del self.fields["community"], self.fields["place"]
        else:
            self.communities = {each.slug: each for each in asking.communities_to_choose()}
            self.fields["community"].choices = _by_letter(self.communities)
        if data is None:
            self.initial |= {"sending": secrets.token_hex(16)}
            if self.about_project and self.about_project.community:
                self.initial.setdefault("community", self.about_project.community.slug)

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and not plain_phone(phone):
            raise forms.ValidationError(PHONE)
        if phone and asking.asked_enough(phone):
            raise forms.ValidationError(
                f"这个电话一天内已经反映了 {asking.MOST_A_DAY} 件，请明天再发；着急的请打电话说。")
        return phone

    def clean(self):
        data = super().clean()
        dropped = self.data.getlist("drop") if hasattr(self.data, "getlist") else []
        self.rows = [row for row in self.held_rows(data.get("held")) if row.sha256 not in dropped]
        self._read_photos(data.get("photos") or [])
        if self.too_large:
            self.add_error("photos", TOO_LARGE)
        self.keep()
        if data.get("website"):
            self.data["website"] = ""
            self.add_error(None, NOT_FOR_PEOPLE)
        return data

    def _read_photos(self, files):
        """What came now, behind what came before; of two that are the same one stays."""
        room = asking.MOST_PHOTOS - len(self.rows)
        if len(files) > max(room, 0):
            self.add_error("photos", f"最多 {asking.MOST_PHOTOS} 张，多出的 {len(files) - max(room, 0)} 张没有收。")
        self.read_files("photos", files[:max(room, 0)], read_photo, "photo")
        self.rows = list({row.sha256: row for row in self.rows}.values())

    @property
    def key(self):
        """What one sending is known by. The page's random key alone would lose other words sent from the same page."""
        data = self.cleaned_data
        random = data["sending"] if SENDING.fullmatch(data["sending"]) else secrets.token_hex(16)
        told = "\n".join([random, self.kind, data["title"], data["text"], data.get("place", "")])
        return hashlib.sha256(told.encode()).hexdigest()

    def send(self):
        """Take it in; gives the need. Raises ValidationError."""
        data = self.cleaned_data
        need, _ = asking.ask(
            self.key, self.kind, data["title"], text=data["text"], place=data.get("place", ""),
            community=self.communities.get(data.get("community")), project=self.about_project,
            about_path=self.about_path, name=data["name"], phone=data["phone"], photos=self.rows)
        return need

    # --- what the page shows
    @property
    def numbered(self):
        """The fields that must be filled in, in their order."""
        return [name for name in ("community", "title", "text") if name in self.fields]

    @property
    def must(self):
        return [self[name] for name in self.numbered]

    @property
    def about_address(self):
        """The address of the page it is about, in the edition that is open."""
        return get_script_prefix() + self.about_path[1:]

    @property
    def not_sent(self):
        """What stands above that, in numbers."""
        kept = f"，照片 {len(self.rows)} 张也在" if self.rows else ""
        return f"还差 {len(self.faults)} 处，写好的都在{kept}"

    @property
    def faults(self):
        return faults_of(self)

    @property
    def thumbs(self):
        """(number, digest, small picture as a data: address) of the photos that are here already."""
        return [(number, row.sha256, _thumb(row)) for number, row in enumerate(self.rows, 1)]


def _thumb(row):
    """Nobody may fetch a photo that is no row yet; so the page carries it."""
    try:
        content = media_store.path_of(row.file, f"-{WIDTHS[0]}.jpg").read_bytes()
    except OSError:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def _by_letter(communities):
    """Choices by pinyin, a group for each letter."""
    groups = {}
    for slug, community in communities.items():
        groups.setdefault(slug[0].upper(), []).append((slug, str(community)))
    return [("", "请选择"), (UNKNOWN, "不知道"), *groups.items()]


def _project(code):
    code = clean_text(code)[:80]
    return Project.objects.published().select_related("community").filter(code=code).first() if code else None


def _own_page(path):
    """The path of a public page of ours, else "". A page that is one person's is none."""
    if not path.startswith("/") or path.startswith("//") or len(path) > 300 or clean_text(path) != path:
        return ""
    try:
        route = resolve(path).route
    except Resolver404:
        return ""
    return "" if route.startswith(("admin/", "needs/")) else path


class WordForm(forms.Form):
    """A word of the asker to what is being handled; `needed` where nothing moves without it."""

    text = Words(label="", most=1000, rows=4, required=False)
    version = Carried()

    def __init__(self, verb, label, data=None, *, needed=True):
        super().__init__(data, auto_id=f"{verb}-%s", use_required_attribute=False)
        self.verb = verb
        self.fields["text"].label = label
        self.fields["text"].required = needed
        self.fields["text"].error_messages["required"] = f"请写“{label}”。"
        self.is_optional = not needed

    @property
    def faults(self):
        return faults_of(self)


class FindForm(forms.Form):
    """The number and the last four digits of the telephone number that was left."""

    number = Words(label="编号", most=20, error_messages={"required": "请写编号，例如 GC2611-0047。"})
    digits = Words(label="电话后四位", most=4, error_messages={"required": "请写当时留的电话的后四位。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="f-%s", use_required_attribute=False, **kwargs)
        self.fields["number"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        self.fields["digits"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    @property
    def faults(self):
        return faults_of(self)


class JudgeForm(forms.Form):
    """A verdict, or more words about the one that stands."""

    verdict = forms.ChoiceField(choices=Verdict, required=False,
                                error_messages={"invalid_choice": "请点“已解决”“部分解决”或“未解决”。"})
    lacking = forms.ChoiceField(label="还差什么", choices=Lacking, required=False, widget=forms.RadioSelect,
                                error_messages={"invalid_choice": "请从列出的几项里选。"})
    words = Words(label="想说的话", most=500, rows=4, required=False)

    def __init__(self, data=None):
        super().__init__(data, auto_id="judge-%s", use_required_attribute=False)

    def clean(self):
        said = super().clean()
        if not self.errors and not any(said.values()):
            raise forms.ValidationError("请点一项，或者写几句话。")
        return said

    @property
    def faults(self):
        return faults_of(self)


class MyDataForm(forms.Form):
    """What the asker puts right about themselves."""

    name = Words(label="怎么称呼您", most=20, required=False, help_text=CALLED)
    phone = Words(label="新的电话", most=40, required=False, help_text="不写就还用原来的。")
    no_phone = forms.BooleanField(label="不再留电话", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="mine-%s", use_required_attribute=False, **kwargs)
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and not plain_phone(phone):
            raise forms.ValidationError(PHONE)
        return phone

    @property
    def faults(self):
        return faults_of(self)
