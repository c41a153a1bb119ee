"""What the templates have beside Django's own: a sentence over several lines, the new pieces of a text."""
from django.template import Context, Template


def shown(source, **context):
    return Template(source).render(Context(context))


SENTENCE = """<p>
{% sentence %}
到{{ day }}，
{% if more %}
还有 <b>{{ more }}</b>
 条
{% endif %}
。
{% endsentence %}
</p>"""


def test_a_sentence_loses_the_breaks_of_the_template_only():
    assert shown(SENTENCE, day="五月\n六日", more=3) == "<p>\n到五月\n六日，还有 <b>3</b>\n 条。\n</p>"
    assert shown(SENTENCE, day="今天", more=0) == "<p>\n到今天，。\n</p>"


def test_new_pieces_are_marked_and_nothing_in_them_is_html():
    pieces = [("原来<b>\n二", False), ("<i>新", True)]
    assert shown("{{ pieces|marked }}", pieces=pieces) == "原来&lt;b&gt;<br>二<mark>&lt;i&gt;新</mark>"
