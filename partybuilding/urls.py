from django.urls import path

from partybuilding import views

urlpatterns = [
    path("party/", views.party, name="party"),
    path("party/figures/", views.figures, name="party-figures"),
    path("party/figures/<slug:slug>/", views.figure, name="party-figure"),
    path("party/730/", views.board, name="party-board"),
    path("party/organisations/", views.organisations, name="party-organisations"),
    path("party/stories/", views.stories, name="party-stories"),
    path("party/stories/<slug:kind>/", views.stories_of_kind, name="party-stories-of"),
    path("venues/", views.venues, name="venue-index"),
]
