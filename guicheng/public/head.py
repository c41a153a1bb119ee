"""What is told of a public page to those who do not open it: search engines, chats, readers of feeds.

A view gives `head` with its context; `includes/_head_meta.html` writes it into the page's head, `_share.html` and
`_follow.html` lead to what is there to forward and to follow. Paths, not addresses: which host, the template asks.
"""
from dataclasses import dataclass

LONGEST = 120  # characters of a description: search engines and chats show no more


@dataclass(frozen=True)
class Feed:
    title: str
    path: str


@dataclass(frozen=True)
class Head:
    """`description` answers the page's question in one plain sentence.

    `card`: the path of the picture to forward, "" for that of the whole site; `poster`: of the sheet for the notice
    board; `feed` and `planned`: what follows the page in a reader of feeds and in a calendar.
    """

    title: str
    description: str
    card: str = ""
    poster: str = ""
    feed: Feed | None = None
    planned: Feed | None = None

    def __post_init__(self):
        object.__setattr__(self, "description", shortened(self.description))


def shortened(text, most=LONGEST):
    """A text in one line and at most so many characters; what was cut ends in “……”."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most - 2].rstrip("，。、；： ") + "……"
