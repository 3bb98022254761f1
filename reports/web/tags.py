"""Template tags of the reports app."""

from django import template

register = template.Library()
