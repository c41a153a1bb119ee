"""How the log is written: one line where the fault is the visitor's, the whole traceback where it is ours.

No line holds what somebody asked for after the "?", nor a row that PostgreSQL refused: names and telephone numbers
stand there. Nor the key of a secret address, which follows a number: whoever reads the log could open it.
"""
import logging
import re

QUERY = re.compile(r"\?[^\s'\"]*")
KEY = re.compile(r"(/[A-Z]{2}\d{4}-\d{4,}/)[0-9A-Za-z]+")
# what PostgreSQL says of a refused row: up to the next exception of the chain
DETAIL = re.compile(r"^DETAIL: .*?(?=^\n?(?:The above exception|During handling)|\Z)", re.MULTILINE | re.DOTALL)
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
OURS = 500  # answers from here on are our fault


class Lines(logging.Formatter):
    """The format of every line: when, how bad, where from, what."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record):
        record.message = BREAKS.sub(" ", KEY.sub(r"\1…", QUERY.sub("?…", record.message)))
        return super().formatMessage(record)

    def formatException(self, exc_info):
        return DETAIL.sub("DETAIL: …\n", super().formatException(exc_info)).rstrip("\n")

    def format(self, record):
        if getattr(record, "status_code", OURS) < OURS:
            record = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None, "stack_info": None})
        elif record.exc_text:  # as another handler wrote it
            record = logging.makeLogRecord(record.__dict__ | {"exc_text": None})
        return super().format(record)
