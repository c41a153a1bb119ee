"""What a seal has to do here: the files of closed quarters."""
from guicheng.seal.work import work


@work
def cover_closes():
    from projects.report.covered import make_missing  # what draws the files is large: only who draws loads it

    make_missing()
