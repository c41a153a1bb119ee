from django.urls import path

from partybuilding import views

urlpatterns = [path("party/", views.party, name="party")]
