"""What signing in means here: accounts are made by an administrator, never by a visitor."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """django-allauth without sign-up: an account is a post somebody holds, so nobody opens one for himself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
