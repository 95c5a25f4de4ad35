"""Text that somebody else wrote, made safe to show: no control characters, no escape sequences, one line.

Every renderer passes every string through `clean`, so that no section has to remember to.
"""

import re
import unicodedata

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands: titles, links
    r"|[\x1b\x9b]\[?[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor
)
_BREAKS = re.compile(r"[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_PLAIN = re.compile(r"[\x20-\x7e]*")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str) -> str:
    """One printable line: escape sequences and invisible characters go, line breaks become a space.

    >>> clean("a\\x1b[31mred\\x1b[0m\\nline\\u202e")
    'ared line'
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _BREAKS.sub(" ", _ESCAPES.sub("", text))
    return "".join(c for c in text if unicodedata.category(c) not in _HIDDEN)


def words(name: str) -> str:
    """An identifier as words.

    >>> words("on_demand")
    'on demand'
    """
    return name.replace("_", " ")


EVERYWHERE = ("all", "any")
"""Regions that say nothing."""


def place_of(*parts: str | None) -> str:
    """Seller, region, country: what is known, each once.

    >>> place_of("aws", "us-east-1", None), place_of("site", "site"), place_of("lambda", "all")
    ('aws · us-east-1', 'site', 'lambda')
    """
    return " · ".join(dict.fromkeys(part for part in parts if part and part not in EVERYWHERE))


def from_to(first: str, last: str) -> str:
    """A span of months.

    >>> from_to("2027-01", "2027-03"), from_to("2027-01", "2027-01")
    ('2027-01 to 2027-03', '2027-01')
    """
    return first if first == last else f"{first} to {last}"


def listed(items: "list[str] | tuple[str, ...]") -> str:
    """An enumeration in English.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
