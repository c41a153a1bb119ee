"""The models of this app; each stands beside what it is about."""
from guicheng.accounts.identity import BoundIdentity  # noqa: F401
from guicheng.accounts.models import AccessEvent, SignInBrake, UsedPassword, User  # noqa: F401
from guicheng.connectors.models import Connection  # noqa: F401
from guicheng.days.workdays import CalendarDay, CalendarYear  # noqa: F401
from guicheng.kept.publication import Publication  # noqa: F401
from guicheng.notices.direct import DirectMessage  # noqa: F401
from guicheng.notices.inbox import GroupPost, InboxMessage  # noqa: F401
from guicheng.office.saved_filters import SavedFilter  # noqa: F401
from guicheng.office.submissions import Submission  # noqa: F401
from guicheng.public.faces import FaceDecision  # noqa: F401
from guicheng.seal.models import Seal  # noqa: F401
from guicheng.trail.audit import AuditEntry  # noqa: F401
