"""A page with its links told anew, and without what needs the site itself: forms, its whole address."""
import re
from html import escape, unescape
from html.parser import HTMLParser

NO_FORM = '<p class="note">这是存下来的网页，不能搜索、筛选和提交，只能照着链接看。</p>'
LINKS = re.compile(r'(?<=\s)(href|src|srcset)="([^"]*)"')
WHOLE = re.compile(r"og:(url|image)")  # what only means something with a host


class Rewriter(HTMLParser):
    """`resolve(link)` gives what a link becomes, or None: then an anchor becomes words, and any other tag goes."""

    def __init__(self, resolve):
        super().__init__(convert_charrefs=False)
        self.resolve, self.parts = resolve, []
        self.in_form = self.had_form = self.is_dead = False
        self.in_drawing = 0

    @classmethod
    def rewritten(cls, html, resolve):
        page = cls(resolve)
        page.feed(html)
        page.close()
        return "".join(page.parts)

    def say(self, text):
        if not self.in_form:
            self.parts.append(text)

    # tags
    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "form":
            self.say("" if self.had_form else NO_FORM)
            self.in_form = self.had_form = True
        if tag == "svg":
            self.in_drawing += 1
        if self.in_form or _is_of_the_site(tag, named):
            return
        text, is_dead = self._told(self.get_starttag_text())
        if not is_dead:
            self.say(text)
        elif tag == "a":
            self.is_dead = not self.in_drawing
            self.say(text if self.in_drawing else re.sub(r"^<a\b", "<span", text))

    def handle_startendtag(self, tag, attributes):
        if not _is_of_the_site(tag, dict(attributes)):
            text, is_dead = self._told(self.get_starttag_text())
            self.say("" if is_dead else text)

    def handle_endtag(self, tag):
        if tag == "form":
            self.in_form = False
            return
        if tag == "svg":
            self.in_drawing -= 1
        if tag == "a" and self.is_dead:
            self.is_dead = False
            self.say("</span>")
        else:
            self.say(f"</{tag}>")

    def _told(self, text):
        """A start tag with its links told anew, and whether one of them leads nowhere."""
        dead = []

        def told(match):
            name, value = match[1], unescape(match[2])
            new = self._srcset(value) if name == "srcset" else self.resolve(value)
            if not new:
                dead.append(name)
                return ""
            return f'{name}="{escape(new)}"'

        return LINKS.sub(told, text), bool(dead)

    def _srcset(self, value):
        found = [(self.resolve(each.split()[0]), *each.split()[1:]) for each in value.split(",") if each.strip()]
        return ", ".join(" ".join(each) for each in found if each[0])

    # all the rest, as it stands
    def handle_data(self, data):
        self.say(data)

    def handle_entityref(self, name):
        self.say(f"&{name};")

    def handle_charref(self, name):
        self.say(f"&#{name};")

    def handle_comment(self, data):
        self.say(f"<!--{data}-->")

    def handle_decl(self, decl):
        self.say(f"<!{decl}>")

    def handle_pi(self, data):
        self.say(f"<?{data}>")


def _is_of_the_site(tag, named):
    """Whether a tag of the head tells the whole address of the page."""
    return (tag == "link" and named.get("rel") == "canonical"
            or tag == "meta" and bool(WHOLE.match(named.get("property") or "")))
