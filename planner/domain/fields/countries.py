"""Country codes, ISO 3166-1 alpha-2."""

import re

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
"""All codes assigned in 2026."""
_MEMBERS_OF_THE_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_CODE = re.compile(r"^[A-Z]{2}$")


def wrong_country(text: str) -> tuple[str, str | None] | None:
    """What is wrong with a country code, and the remedy; None if nothing is.

    >>> wrong_country("DE"), wrong_country("UK")
    (None, ('`UK` is not an ISO 3166 code', 'did you mean `GB`?'))
    """
    if text in COUNTRIES:
        return None
    if not text:
        return "expected a country code like `DE`", None
    if _CODE.match(text):
        return f"`{text}` is not an ISO 3166 code", remedy_of(text)
    return f"expected a country code like `DE`, not `{text[:40]}`", remedy_of(text) or "two capital letters (ISO 3166)"


def remedy_of(text: str) -> str | None:
    """What an unknown country code was probably meant to be.

    >>> remedy_of("de"), remedy_of("XX")
    ('did you mean `DE`?', None)
    """
    upper = text.upper()
    if upper == "UK":
        return "did you mean `GB`?"
    if upper == "EU":
        return f"name its members: {', '.join(_MEMBERS_OF_THE_EU.split())}"
    return f"did you mean `{upper}`?" if upper in COUNTRIES else None
