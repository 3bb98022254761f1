"""In which language a text is, where that is not the document's own.

A draft in English may hold sections that so far exist in Russian alone, and a list of sources keeps publishers' names
as they write them. Such a passage is marked, so that it is read aloud and hyphenated as what it is. The two languages
are told apart by their alphabets.
"""

import re

_CYRILLIC = re.compile("[А-Яа-яЁё]")
_LATIN = re.compile("[A-Za-z]")
_ADDRESS = re.compile(r"\S*(?:://|\.[a-z]{2,}\b)\S*")
#: Shorter runs of Latin letters in Russian are codes and abbreviations, not English.
_SHORTEST = 6


def foreign_language(text: str, *, language: str) -> str:
    """`ru` or `en` where the text is of that language and the document is not; empty otherwise."""
    if language == "ru" and _CYRILLIC.search(text):
        return ""
    said = _ADDRESS.sub("", text)
    cyrillic, latin = len(_CYRILLIC.findall(said)), len(_LATIN.findall(said))
    if language == "en":
        return "ru" if cyrillic > latin else ""
    return "en" if latin >= _SHORTEST else ""
