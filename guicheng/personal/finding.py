"""All that points at a person in one text, whoever wrote it."""
import re

from guicheng.personal.illness import found_illness
from guicheng.personal.markers import MASK, Kind, Marker, masked, settled
from guicheng.personal.names import found_names
from guicheng.personal.numbers import digits_of, found_numbers, local_part
from guicheng.personal.plain import Plain
from guicheng.personal.related import found_related
from guicheng.personal.rooms import found_rooms, place_before
from guicheng.personal.signs import found_signs

BETWEEN = r"[\s\-.·_,，、/*()]{0,3}"  # between two characters of the resident's own name or number
SHORTEST = 2  # characters of an own word
SHORTEST_NUMBER = 5  # digits: fewer stand in dates and amounts
ROUNDS = 6  # a masked word changes what stands beside it


def find(text, own=(), public_numbers=()):
    """Sorted, non-overlapping markers of all that points at a person in this text.

    `own`: what the resident wrote of themselves (name, phone, …), found wherever it stands. `public_numbers`: offices'
    telephones, which stay. What is found here is masked and looked at again until nothing new is seen, so that a text
    that was masked once is not masked further.
    """
    markers = _seen(text, own, public_numbers)
    for _ in range(ROUNDS):
        more = _behind_masks(text, markers, own, public_numbers)
        if not more:
            break
        markers = settled([*markers, *more])
    return _with_their_places(text, markers)


def _with_their_places(text, markers):
    """A room with the estate, the road and the lane before it: who handles a need sees the whole address marked.

    What the public reads does not change by it, and it reaches over no other marker.
    """
    whole, last = [], 0
    for each in markers:
        if each.kind == Kind.ROOM:
            wide = Marker(each.kind, place_before(text, last, each.start), each.end)
            each = wide if wide.hidden_from(text) == each.hidden_from(text) else each
        whole.append(each)
        last = each.end
    return whole


def _seen(text, own, public_numbers):
    plain = Plain(text)
    found = [*_own(plain, own), *found_numbers(plain, public_numbers), *found_signs(plain), *found_rooms(plain)]
    found += [*found_names(plain), *found_related(plain, found)]
    found += found_illness(plain, [(start, end) for _, start, end in found])
    return settled([Marker(Kind(kind), *plain.span(start, end)) for kind, start, end in found if end > start])


def _behind_masks(text, markers, own, public_numbers):
    """Markers of the masked text that the text itself did not show, in places of the text."""
    public = masked(text, markers)
    if public == text:
        return []
    way_back, place = [], 0
    for marker in markers:
        hidden = marker.hidden_from(text)
        way_back += range(place, hidden)
        way_back += [hidden] + [max(hidden, marker.end - 1)] * (len(MASK) - 1)
        place = marker.end
    way_back += range(place, len(text))
    again = _seen(public, own, public_numbers)
    return [Marker(each.kind, way_back[each.start], way_back[each.end - 1] + 1) for each in again
            if public[each.hidden_from(public):each.end].strip(MASK)]


def _own(plain, own):
    for word in own:
        signs = re.sub(BETWEEN.removesuffix("{0,3}") + "+", "", Plain(word or "").text)
        digits = digits_of(signs)
        is_number = len(digits) == len(signs.lstrip("+"))
        if len(signs) < (SHORTEST_NUMBER if is_number else SHORTEST):
            continue
        pattern = BETWEEN.join(map(re.escape, local_part(digits) if is_number else signs))
        kind = "phone" if is_number else "email" if "@" in signs else "name"
        for found in re.finditer(pattern, plain.digits if is_number else plain.text):
            yield kind, *found.span()


def hidden(text, own=()):
    """The text as others than who handles it may read it. `own`: the asker's own name and number, as typed."""
    return masked(text, find(text, own)) if text else ""
