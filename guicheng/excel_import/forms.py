"""The form that takes a table in."""
from django import forms

from guicheng.files.spreadsheets import TOO_BIG


class SheetField(forms.FileField):
    """A workbook or CSV file; `missing` is what is said where none was chosen."""

    def __init__(self, *, missing="请先选一个文件。", **kw):
        said = {"required": missing, "missing": missing, "invalid": missing, "empty": "这个文件是空的。"}
        super().__init__(error_messages=said, widget=forms.FileInput({"accept": ".xlsx,.xls,.ods,.csv"}), **kw)


class SheetForm(forms.Form):
    """A form with a `file`. `too_large`: the names of uploads that were left out as too large."""

    def __init__(self, *args, too_large=(), **kw):
        super().__init__(*args, **kw)
        self.too_large = too_large

    def full_clean(self):
        if "file" in self.too_large:
            self.fields["file"].error_messages["required"] = TOO_BIG
        super().full_clean()


def sent(request):
    """What a form of a page is made of: what was sent with it, and which uploads were too large."""
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return dict(zip(("data", "files"), data, strict=True)) | {"too_large": getattr(request, "too_large_uploads", ())}
