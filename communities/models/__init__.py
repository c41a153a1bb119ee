"""What the communities keep: themselves, their secretaries' projects, what residents ask."""
from communities.models.answer_templates import AnswerTemplate
from communities.models.need_answers import NeedAnswer, NeedAnswerStep
from communities.models.need_events import NeedEvent
from communities.models.need_kinds import Channel, NeedKind
from communities.models.need_originals import NeedOriginal, NeedPhoto
from communities.models.need_ratings import Lacking, NeedRating, RatingSource, Verdict
from communities.models.need_terms import NeedNumber, NeedTerm
from communities.models.needs import Need
from communities.models.places import Community, CommunityKind, CommunityQuerySet, Unit, UnitKind
from communities.models.secretary_projects import SecretaryProject

__all__ = ["AnswerTemplate", "Channel", "Community", "CommunityKind", "CommunityQuerySet", "Lacking", "Need",
           "NeedAnswer", "NeedAnswerStep", "NeedEvent", "NeedKind", "NeedNumber", "NeedOriginal", "NeedPhoto",
           "NeedRating", "NeedTerm", "RatingSource", "SecretaryProject", "Unit", "UnitKind", "Verdict"]
