"""Forms that ask once about the words of the office's list; a tick says that the author looked.

They look at every text that a person writes and that can become public (`watched`, guicheng/fields.py).
"""
from django.apps import apps
from django.db import models

from guicheng.fields import watched

ASK = "有些说法请再核对一下，核对过就勾上“已核对”再提交。"


class WordList(models.Model):
    """The table of the words. One app has it; its queryset says `found_in(text)`."""

    class Meta:
        abstract = True


def words_in(*texts):
    """The words of the list that stand in these texts."""
    rows = next(model for model in apps.get_models() if issubclass(model, WordList))._default_manager.all()
    return rows.found_in("\n".join(filter(None, texts)))


def texts_of(rows):
    """The watched texts of these rows."""
    return [getattr(row, name) for row in rows for name in watched(type(row))]


class AsksAboutWords:
    """Mixed into a form, before the form class. On the page `admin/_words.html` shows what it asks, with the tick.

    A form of a model looks at what was changed of the model's watched texts; any other names in `writes` the fields
    whose text becomes public, and the field of a model that each fills: {"reason": "projects.QuarterReopening.reason"}.
    """

    tick = "_words_checked"  # one for a whole page, its inline rows too
    writes = {}
    words = ()

    def watched_names(self):
        """The fields of this form in which it looks."""
        if self.writes:
            return [name for name in self.writes if name in self.fields]
        return [name for name in watched(self._meta.model) if name in self.fields]

    def watched_texts(self, values):
        """What was typed, out of the `cleaned_data`, into which the portal looks."""
        return [values.get(name) for name in self.watched_names() if name in self.changed_data]

    @property
    def is_ticked(self):
        return bool(self.data.get(self.tick))

    def clean(self):
        values = super().clean()
        values = self.cleaned_data if values is None else values
        self.words = words_in(*self.watched_texts(values))
        if self.words and not self.is_ticked:
            self.add_error(None, ASK)
        return values


def asking(form):
    """This class of model forms, as one that asks."""
    if issubclass(form, AsksAboutWords):
        return form
    return type(form.__name__, (AsksAboutWords, form), {"__module__": form.__module__})


class Asked:
    """What all forms of one page ask together, for `admin/_words.html`."""

    tick = AsksAboutWords.tick

    def __init__(self, data, forms):
        self.is_ticked = self.tick in data
        self.words = list(dict.fromkeys(word for form in forms for word in getattr(form, "words", ())))


class WatchedEditing:
    """Mixed into an admin: its form and its inline rows ask about the words of the list."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        if watched(self.model):
            kwargs["form"] = asking(kwargs.get("form") or self.form)
        return super().get_form(request, obj, change=change, **kwargs)

    def render_change_form(self, request, context, *args, **kwargs):
        inlines = [form for each in context["inline_admin_formsets"] for form in each.formset.forms]
        context["asked"] = Asked(request.POST, [context["adminform"].form, *inlines])
        return super().render_change_form(request, context, *args, **kwargs)


class WatchedInline:
    """Mixed into an inline table."""

    def get_formset(self, request, obj=None, **kwargs):
        if watched(self.model):
            kwargs["form"] = asking(kwargs.get("form") or self.form)
        return super().get_formset(request, obj, **kwargs)
