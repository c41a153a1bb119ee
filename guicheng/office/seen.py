"""What a page showed, given back with the form, so that nobody approves a version they did not see."""
from django.core import signing

SALT = "guicheng.seen"
UNSEEN = "这一页没有显示它，或者显示以后又改过，请看过再办。"


def seal(rows):
    """The versions of these rows, signed."""
    return signing.dumps({str(row.pk): row.version for row in rows}, salt=SALT, compress=True)


class Seen:
    """The versions that came back with a form; none where the seal is missing or not ours."""

    def __init__(self, data):
        try:
            self.versions = signing.loads(data.get("seen", ""), salt=SALT)
        except signing.BadSignature:
            self.versions = {}

    def __contains__(self, row):
        return self.versions.get(str(row.pk)) == row.version
