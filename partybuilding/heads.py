"""What is told of the party's page to those who do not open it."""
from guicheng import words
from guicheng.public.head import Head


def of_party(board):
    """`board`: the ListSummary of the newest 730 board, or None."""
    said = f"{board.project_list.title}：{board.gap_sentence}" if board else ""
    return Head("党建", f"桂城街道党建的数据、党组织和党群服务中心，每个数写明截至哪天、谁说的。{said}")


FIGURES = Head("党建数据", "桂城街道党建的全部数据，一个数一行：是多少、哪天的、谁说的。")
ORGANISATIONS = Head("党组织", "公开资料点名的桂城党组织，一类一类列出，写明属于哪里、出处是什么。")
VENUES = Head("可以去的地方", "桂城的党群服务中心、服务站和别的场所：在哪里、能办什么、出处是什么。")
STORIES = Head("党建还知道些什么", "公开资料对桂城党建的记述，一类一页，每条写明出处。")


def of_figure(row):
    """Of a MetricSummary."""
    latest = row.latest
    days = words.day_range(latest.effective_from, latest.effective_on)
    return Head(row.metric.name, f"{row.metric.name}：{latest.told}（{days}），历次的数和出处。")


def of_figure_by_community(metric):
    """Of a Metric of which only single communities told a value."""
    return Head(metric.name, f"{metric.name}：各社区报的数，写明哪一天、谁报的。")


def of_board(board):
    said = f"{board.project_list.title}的主题和要点，每一条办到哪一步。{board.gap_sentence}" if board else ""
    return Head("党建 730", said or "桂城党建 730 的主题和要点，每一条办到哪一步。")


def of_stories(label):
    return Head(label, f"公开资料对桂城党建的记述：{label}，每条写明出处。")
