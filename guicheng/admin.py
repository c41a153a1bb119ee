"""What the back office shows of this app; autodiscovery reads this module. The pieces are in `guicheng/office/`."""
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin  # noqa: F401, registered so that it can be taken away
from django.contrib.auth.models import Group
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

import guicheng.accounts.admin
import guicheng.accounts.log_admin
import guicheng.days.workdays_admin  # noqa: F401

admin.site.unregister(Group)  # the roles are written in roles.py and made after every migration
admin.site.unregister([TOTPDevice, StaticDevice])  # a second factor is set up by its person, reset on the account
