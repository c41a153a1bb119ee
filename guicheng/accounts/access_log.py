"""Writing the access log: from requests, which know who asks and from where, and from commands, which do not."""
from guicheng.accounts.models import AccessEvent
from guicheng.public.proxies import client_address


def record(kind, request=None, *, by=None, account=None, note=""):
    """Write one line down. `by` is who asks, unless given."""
    if by is None and request is not None and getattr(request, "user", None) and request.user.is_authenticated:
        by = request.user
    event = AccessEvent(kind=kind, by_id=by.pk if by else None, account_id=account.pk if account else None,
                        address=client_address(request) if request is not None else None, note=note)
    event.full_clean(exclude=["by", "account"])
    event.save()
    return event
