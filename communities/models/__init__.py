"""What the communities keep: themselves, their secretaries' projects, what residents ask."""
from communities.models.places import Community, CommunityKind, CommunityQuerySet, Unit, UnitKind
from communities.models.secretary_projects import SecretaryProject

__all__ = ["Community", "CommunityKind", "CommunityQuerySet", "SecretaryProject", "Unit", "UnitKind"]
