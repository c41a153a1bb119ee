from django.contrib import admin


class GuichengAdminSite(admin.AdminSite):
    pass
