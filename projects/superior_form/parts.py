"""The parts of an .xlsx as trees that are written back as they were read: prefixes, unknown parts and order stay.

Known to the limited child: it imports no Django. The outside of the file was looked at before (`read_sheets`).
"""
import posixpath
import re
import zipfile
from xml.dom import minidom

MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml."
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
IN_ATTRIBUTE = re.compile('[&<>"\n\r\t]')
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D\0O|E\0N)|\0<\0!\0(?:D|E)", re.IGNORECASE)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def escaped(text):
    """A text as it may stand in an element: nothing that XML cannot hold."""
    text = FORBIDDEN.sub("", text)
    return re.sub("[&<>\"\r]", lambda found: ESCAPED[found[0]], text)


def local(node):
    return node.nodeName.rpartition(":")[2]


def children(node, name=""):
    return [each for each in node.childNodes if each.nodeType == each.ELEMENT_NODE and name in ("", local(each))]


def child(node, name):
    return next(iter(children(node, name)), None)


def everywhere(node, name):
    """All elements of this name below, whatever their prefix."""
    found = []
    for each in children(node):
        if local(each) == name:
            found.append(each)
        found += everywhere(each, name)
    return found


def text_of(node):
    """What stands in an element, without its phonetic signs."""
    if node is None:
        return ""
    return "".join(each.data if each.nodeType in (each.TEXT_NODE, each.CDATA_SECTION_NODE) else text_of(each)
                   for each in node.childNodes
                   if each.nodeType != each.ELEMENT_NODE or local(each) not in ("rPh", "phoneticPr"))


def set_text(node, text):
    while node.firstChild:
        node.removeChild(node.firstChild)
    node.appendChild(node.ownerDocument.createTextNode(text))


def opening(node):
    """The start tag of an element, without its end."""
    attributes = "".join(f' {name}="{IN_ATTRIBUTE.sub(_escape, value)}"' for name, value in node.attributes.items())
    return f"<{node.nodeName}{attributes}"


def _escape(found):
    return ESCAPED[found[0]]


def written(node):
    """An element as text."""
    if node.nodeType in (node.TEXT_NODE, node.CDATA_SECTION_NODE):
        return escaped(node.data)
    if node.nodeType != node.ELEMENT_NODE:
        return ""
    inner = "".join(map(written, node.childNodes))
    return f"{opening(node)}>{inner}</{node.nodeName}>" if inner else f"{opening(node)}/>"


class Parts:
    """The package: parts by name, read once, written with what was changed."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        self.names = [each.filename for each in self.zip.infolist() if not each.is_dir()]
        self.trees, self.changed, self.gone = {}, {}, set()

    def __contains__(self, name):
        return (name in self.names or name in self.changed) and name not in self.gone

    def tree(self, name):
        """The root element of a part; changes to it are written."""
        if name not in self.trees:
            content = self.zip.read(name)
            if DECLARATION.search(content):
                raise ValueError(name)
            self.trees[name] = minidom.parseString(content)  # noqa: S318 no declaration, and the child has limits
        return self.trees[name].documentElement

    def relations(self, name):
        """{id: (kind, part)} of a part."""
        folder, file = posixpath.split(name)
        own = posixpath.join(folder, "_rels", f"{file}.rels")
        if own not in self:
            return {}
        return {each.getAttribute("Id"): (each.getAttribute("Type").rpartition("/")[2],
                                          _target(folder, each.getAttribute("Target")))
                for each in children(self.tree(own)) if each.getAttribute("TargetMode") != "External"}

    @property
    def workbook(self):
        return next((part for kind, part in self.relations("").values() if kind == "officeDocument"), "xl/workbook.xml")

    def sheets(self):
        """[(name, part, its element in the workbook)] in their order."""
        known = self.relations(self.workbook)
        found = []
        for each in children(child(self.tree(self.workbook), "sheets")):
            key = next((value for name, value in each.attributes.items() if name.endswith(":id")), "")
            kind, part = known.get(key, ("", ""))
            if kind == "worksheet":
                found.append((each.getAttribute("name"), part, each))
        return found

    def drop(self, name):
        self.gone.add(name)

    def write(self, path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for name in [*self.names, *(each for each in self.changed if each not in self.names)]:
                if name in self.gone:
                    continue
                if name in self.changed:
                    content = self.changed[name].encode()
                elif name in self.trees:
                    content = (HEAD + written(self.trees[name].documentElement)).encode()
                else:
                    content = self.zip.read(name)
                out.writestr(name, content)


def _target(folder, target):
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
