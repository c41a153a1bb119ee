"""A child process that has all that Django needs already, to be killed."""
import os

from django.db import connections


def forked(work):
    """Do it in a child of this process, which has all that Django needs already; give the child's number."""
    connections.close_all()  # a connection is not shared with a child
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)  # no test runs on in the child
    return child
