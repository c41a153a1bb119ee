"""What a page tells of a database, told apart from what it says itself."""
from tests.upgrade.told import entered, told, untold


def test_what_was_entered_is_missed_and_what_the_page_says_itself_is_not():
    database = entered("INSERT INTO projects_fact VALUES('路灯，亮了','2021-11-11');\n"
                       "INSERT INTO projects_closefile VALUES('到期未见报道');\n")
    phrases = told(["路灯：亮了", "2021 年 11 月 11 日", "到期未见报道", "下载表格"], database)
    assert phrases == {"路灯", "亮了", "2021 年 11 月 11 日"}
    assert untold(phrases, ["2021 年 11 月 11 日，路灯亮了。下载"]) == []
    assert untold(phrases, ["2021 年 11 月，路灯没有消息。下载表格"]) == ["2021 年 11 月 11 日", "亮了"]
