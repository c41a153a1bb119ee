"""Whether the keys of this machine are those of its database."""
from guicheng.personal.rotating import unreadable
from guicheng.upkeep.health import Level, Seen, check


@check("personal", "居民电话的密钥", "居民留的电话是加密的；密钥文件不是这个数据库的，就谁也读不出来。")
def _keys():
    if wrong := unreadable():
        return Seen(Level.BAD, f"最近的 {wrong} 条读不出来。",
                    "把原来的密钥文件（personal_keys）放回来；放回以前，不要在这台机器上收新的诉求。")
    return Seen(Level.OK, "读得出来。")
