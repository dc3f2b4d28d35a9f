"""Accounts and groups on the desk, for administrators."""

from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from catalogue.admin.desk import desk

desk.register(User, UserAdmin)
desk.register(Group, GroupAdmin)
