"""What staff may choose and type about photos and papers."""
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from guicheng.files.attach import attach, read_paper, read_photo
from guicheng.files.models import PEOPLE, Role, models_of
from guicheng.files.papers import MAX_BYTES as PAPER_BYTES
from guicheng.files.photos import MAX_BYTES as PHOTO_BYTES
from guicheng.text import clean_text

HELD_FOR = 12 * 3600  # seconds; sweep_media leaves a file alone for a day
SALT = "projects.forms_media"
# what is needed to make the row when the form comes back
KEPT = {
    "photo": ["file", "size", "sha256", "width", "height", "role"],
    "paper": ["file", "size", "sha256", "pages", "title"],
}
MB = 1024 * 1024
PHOTO_HELP = f"可一次选多张。JPEG、PNG 或 WebP，每张不超过 {PHOTO_BYTES // MB} MB。拍摄地点等信息会自动去掉。"
PAPER_HELP = f"可一次选多份。每份不超过 {PAPER_BYTES // MB} MB。居民可以下载，请先去掉个人信息。"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def __init__(self, accept, max_bytes, **attrs):
        super().__init__(attrs={"accept": accept, "multiple": True, "data-max-bytes": max_bytes} | attrs)


class FilesField(forms.FileField):
    """Several files, each only looked at when the form is cleaned: a bad one does not spoil the good ones."""

    def clean(self, data, initial=None):
        return [each for each in data or [] if each]


class Carried(forms.CharField):
    """A hidden value that came with the page. What somebody made of it is no mistake to be told of."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput)

    def to_python(self, value):
        return clean_text(super().to_python(value))


class HeldFilesForm(forms.Form):
    """A form with files on it. `of` is the model that shall have them; `by` the member of staff, None for a resident.

    A browser does not show chosen files again. So the good ones are on disk as soon as they arrived and come back
    as the signed field `held`; the bad ones are named, each with its sentence.
    """

    held = Carried()

    def __init__(self, data=None, files=None, *, by, of, **kwargs):
        super().__init__(data, files, **kwargs)
        self.by, self.rows = by, []
        self.models = {model.kind: model for model in models_of(of)}

    @property
    def _who(self):
        return self.by.pk if self.by else None

    def read_files(self, name, files, read, kind):
        """Put what is good of these files into `rows`, and say of each other what is wrong with it."""
        for file in files:
            try:
                self.rows.append(read(file, self.by, self.models[kind]))
            except ValidationError as error:
                self.add_error(name, f"{clean_text(file.name)}：{' '.join(error.messages)}")

    def held_rows(self, token):
        """The rows whose files came with an earlier try; a stale or altered token is as good as none."""
        try:
            kept = signing.loads(token, salt=SALT, max_age=HELD_FOR) if token else []
        except signing.BadSignature:
            return []
        return [self.models[kind](uploaded_by=self.by, **values) for by, kind, values in kept if by == self._who]

    def keep(self):
        """Put into the page what must not be lost when it is shown again."""
        kept = [(self._who, row.kind, {name: getattr(row, name) for name in KEPT[row.kind]}) for row in self.rows]
        self.data = self.data.copy()
        self.data[self.add_prefix("held")] = signing.dumps(kept, salt=SALT, compress=True) if kept else ""


class AttachmentsForm(HeldFilesForm):
    """Photos and papers chosen on a form that says something else as well."""

    photos = FilesField(label="照片", required=False, widget=FilesInput("image/*", PHOTO_BYTES),
                        help_text=PHOTO_HELP)
    alt = forms.CharField(label="这张照片拍的是什么（替代文字）", required=False, max_length=200,
                          help_text="看不见照片的人会听到这句话。传了好几张时写第一张的，其余的下一步再写。")
    people_agreed = forms.BooleanField(label=f"新照片：{PEOPLE}", required=False,
                                       help_text="选了照片才要勾，只管这次选的。已有的照片，在它自己那一栏勾。")
    papers = FilesField(label="附件（PDF）", required=False,
                        widget=FilesInput("application/pdf,.pdf", PAPER_BYTES), help_text=PAPER_HELP)

    def __init__(self, data=None, files=None, **kwargs):
        kwargs.setdefault("prefix", "media")
        super().__init__(data, files, **kwargs)

    def clean(self):
        data = super().clean()
        self.rows = self.held_rows(data.get("held"))
        self.read_files("photos", data.get("photos") or [], read_photo, "photo")
        self.read_files("papers", data.get("papers") or [], read_paper, "paper")
        self.read_more(data)
        for photo in self._photos():
            photo.people_agreed = bool(data.get("people_agreed"))
        self._say("photos", data.get("alt"), self._photos(Role.SINGLE))
        self.keep()
        return data

    def read_more(self, data):
        """Take what a form with more places for photos has got."""

    def _photos(self, *roles):
        return [row for row in self.rows if row.kind == "photo" and row.role in (roles or Role.values)]

    def _say(self, name, alt, photos):
        """Let the first of these photos have its words; without one they are asked after."""
        if photos:
            photos[0].alt = alt or ""
        elif alt and not self.errors:
            self.add_error(name, "写了替代文字，还没有选照片。")

    @property
    def kept_sentence(self):
        """What the page says of the files that are already here."""
        if not self.rows:
            return ""
        number = sum(row.kind == "photo" for row in self.rows)
        parts = [f"{number} 张照片"] * bool(number) + [f"{len(self.rows) - number} 份附件"] * (len(self.rows) > number)
        return f"已收到 {'、'.join(parts)}，不用再选；保存时一起存。"

    @property
    def is_ready(self):
        """Whether its owner could be handed in with these: each photo has its sentence and its tick."""
        return all(row.alt and row.people_agreed for row in self.rows if row.kind == "photo")

    def attach(self, owner):
        """Put them on their owner, in the caller's transaction; give the number added."""
        return attach(owner, self.rows, self.by) if self.rows else 0


def _one_photo(role):
    return FilesField(label=f"{role.label}的照片", required=False, help_text="有就放，没有不用放。",
                      widget=FilesInput("image/*", PHOTO_BYTES, multiple=False))


def _words_of(role):
    return forms.CharField(label=f"{role.label}的照片拍的是什么（替代文字）", required=False, max_length=200)


class PairedAttachmentsForm(AttachmentsForm):
    """With a place for a photo before and one after; neither is ever required."""

    before, before_alt = _one_photo(Role.BEFORE), _words_of(Role.BEFORE)
    after, after_alt = _one_photo(Role.AFTER), _words_of(Role.AFTER)

    def read_more(self, data):
        for role in (Role.BEFORE, Role.AFTER):
            others, held = [row for row in self.rows if row.kind != "photo" or row.role != role], self._photos(role)
            self.rows = []
            self.read_files(role.value, (data.get(role.value) or [])[:1], read_photo, "photo")
            chosen = self.rows or held  # chosen anew it stands for what came before
            for row in chosen:
                row.role = role
            self.rows = others + chosen
            self._say(role.value, data.get(f"{role.value}_alt"), chosen)

    def pairs(self):
        """(the photo's field, its words' field), before and after."""
        return [(self["before"], self["before_alt"]), (self["after"], self["after_alt"])]


class PhotoForm(forms.ModelForm):
    """The words of one photo on the page of photos. What is still missing there is said, and saved all the same."""

    pair = forms.IntegerField(label="第几对", required=False, min_value=1, max_value=20)
    order = forms.IntegerField(label="顺序", min_value=0, max_value=999)
    remove = forms.BooleanField(label="去掉这一张", required=False)

    class Meta:
        fields = ["alt", "people_agreed", "caption", "credit", "role", "pair", "order"]
        labels = {"alt": "替代文字（必填）", "people_agreed": f"{PEOPLE}（必填）"}

    def clean(self):
        data = super().clean()
        if data.get("role") == Role.SINGLE:
            data["pair"] = None
        elif data.get("pair") is None and "pair" not in self.errors:
            self.add_error("pair", "改造前、改造后的照片要写是第几对。")
        return data

    def validate_constraints(self):
        """The page looks at all photos together: two may change places in one go."""


class PaperForm(forms.ModelForm):
    order = forms.IntegerField(label="顺序", min_value=0, max_value=999)
    remove = forms.BooleanField(label="去掉这一份", required=False)

    class Meta:
        fields = ["title", "order"]


def forms_of(owner):
    """The forms of one photo and of one paper of this owner, a model or a row."""
    photo, paper = models_of(owner)
    return forms.modelform_factory(photo, PhotoForm), forms.modelform_factory(paper, PaperForm)
