"""What RFC 4287 and RFC 5545 want of a feed and of a calendar, asked strictly; a feed is read by feedparser as well.

A feed library forgives what a reader may not: it tells what a subscriber sees, not whether the standard is kept.
"""
import re
from datetime import date, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
# element: (least, most) below feed and below entry; an entry has an author of its own or that of the feed
IN_FEED = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "author": (1, 9), "subtitle": (0, 1), "link": (1, 9),
           "entry": (0, 999)}
IN_ENTRY = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "published": (0, 1), "summary": (0, 1), "link": (1, 9)}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def faults(element, wanted):
    """What the standard misses below this element, or does not know there."""
    names = [child.tag.removeprefix(ATOM) for child in element]
    found = [f"{name}: {names.count(name)}" for name, (least, most) in wanted.items()
             if not least <= names.count(name) <= most]
    found += [f"unknown {name}" for name in sorted(set(names) - set(wanted))]
    for child in element:
        text, name = child.text or "", child.tag.removeprefix(ATOM)
        if name in ("updated", "published") and not STAMP.fullmatch(text):
            found.append(f"no instant: {text}")
        if name == "id" and not urlsplit(text).scheme:
            found.append(f"no IRI: {text}")
        if name == "link" and not child.get("href"):
            found.append("a link to nowhere")
    return found


def read_feed(content):
    """(faults, [{"id", "title", "updated", "published", "summary", "link"}]) of an Atom document."""
    root = ET.fromstring(content)  # noqa: S314
    found = faults(root, IN_FEED) + [fault for entry in root.iter(f"{ATOM}entry") for fault in faults(entry, IN_ENTRY)]
    if root.tag != f"{ATOM}feed" or not [link for link in root.iter(f"{ATOM}link") if link.get("rel") == "self"]:
        found.append("no feed that names itself")
    entries = [{child.tag.removeprefix(ATOM): child.text or child.get("href") for child in entry}
               for entry in root.iter(f"{ATOM}entry")]
    ids = [entry.get("id") for entry in entries]
    found += unlike(feedparser.parse(content), entries)
    return found + ([] if len(ids) == len(set(ids)) else ["an id stands twice"]), entries


def unlike(read, entries):
    """In what a subscriber's reader sees another feed than these entries."""
    found = [f"a reader finds a fault: {read.bozo_exception!r}"] if read.bozo else []
    if read.version != "atom10":
        found.append(f"a reader takes it for {read.version or 'no feed'}")
    for name in ("id", "title", "link"):
        seen, wanted = ([str(each.get(name, "")) for each in rows] for rows in (read.entries, entries))
        found += [] if seen == wanted else [f"a reader sees another {name}: {seen}"]
    undated = [each.get("id") for each in read.entries if not each.get("updated_parsed")]
    return found + [f"a reader finds no day: {each}" for each in undated]


# --- calendars -------------------------------------------------------------------------------------
EVENT = {"UID": 1, "DTSTAMP": 1, "DTSTART": 1, "SUMMARY": 1}
STATUS = {"CONFIRMED", "TENTATIVE", "CANCELLED"}


def read_calendar(content):
    """(faults, [{property: value}]) of an iCalendar stream; values are unescaped, a DATE is a date."""
    found = []
    if not content.endswith(b"\r\n") or re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        found.append("a line that does not end in CRLF")
    raw = content.removesuffix(b"\r\n").split(b"\r\n")
    found += [f"longer than 75 octets: {line!r}" for line in raw if len(line) > 75]
    for line in raw:
        try:
            line.decode()
        except UnicodeDecodeError:
            found.append(f"folded within a character: {line!r}")
    lines = content.replace(b"\r\n ", b"").decode("utf-8", "replace").splitlines()
    if lines[:2] != ["BEGIN:VCALENDAR", "VERSION:2.0"] or not lines[2].startswith("PRODID:"):
        found.append("no calendar")
    events = _events(lines, found)
    return found + _nesting(lines), events


def _nesting(lines):
    open_, found = [], []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_.append(value)
        elif name == "END" and (not open_ or open_.pop() != value):
            found.append(f"ended and not begun: {value}")
    return found + [f"begun and not ended: {each}" for each in open_]


def _events(lines, found):
    events = []
    for line in lines:
        name, _, value = line.partition(":")
        name, _, parameters = name.partition(";")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and name not in ("BEGIN", "END"):
            if name in events[-1]:
                found.append(f"{name} twice")
            events[-1][name] = _value(name, parameters, value, found)
    for event in events:
        found += [f"lacks {name}" for name in EVENT if name not in event]
        if event.get("STATUS") not in STATUS:
            found.append(f"no status: {event.get('STATUS')}")
        if event.get("DTEND") and not event["DTEND"] > event["DTSTART"]:
            found.append("ends before it begins")
    uids = [event.get("UID") for event in events]
    found += [] if len(uids) == len(set(uids)) else ["a UID stands twice"]
    return events


def _value(name, parameters, value, found):
    if parameters == "VALUE=DATE":
        return date(int(value[:4]), int(value[4:6]), int(value[6:])) if re.fullmatch(r"\d{8}", value) else None
    if name == "DTSTAMP":
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ")
    if re.search(r"(?<!\\)[,;]", value) and name in ("SUMMARY", "DESCRIPTION"):
        found.append(f"not escaped: {value}")
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)
