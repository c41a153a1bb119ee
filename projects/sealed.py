"""What a seal has to do here: the files of closed quarters, and the cards that were kept."""
from guicheng.seal.work import work


@work
def forget_cards():
    from projects.cards import kept

    kept.forget()


@work
def cover_closes():
    from projects.report.covered import make_missing  # what draws the files is large: only who draws loads it

    make_missing()
