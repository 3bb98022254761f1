"""Template tags of the operations app."""

from django import template

register = template.Library()
