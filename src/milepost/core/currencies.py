"""The currencies in use (ISO 4217), and sums of money to the last cent."""

from collections.abc import Sequence
from decimal import Context, Decimal

USUAL_DECIMALS = 2
_OTHER_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_TWO = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
    CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
    MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
    SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW
"""
DECIMALS = dict.fromkeys(_TWO.split(), USUAL_DECIMALS) | {
    code: places for places, codes in _OTHER_DECIMALS.items() for code in codes.split()
}
CURRENCIES = frozenset(DECIMALS)
# These are read in small letters too; other codes are words as well ("all", "top", "pen", "cup").
_COMMON = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF INR JPY KRW MXN NOK NZD PLN SEK SGD TRY USD ZAR"
COMMON = frozenset(_COMMON.split())
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₫": "VND"}
_EXACT = Context(prec=60)


def read_currency(text: str) -> str | None:
    """Return the code of a currency written as its code or sign, None if the text names none.

    Source: rule K1.
    """
    if text in SIGNS:
        return SIGNS[text]
    if text in CURRENCIES:
        return text
    return text.upper() if text.upper() in COMMON else None


def add_money(values: Sequence[float]) -> float | None:
    """Return the sum of amounts as they are written, to the last cent: .1 and .2 are .3.

    The order does not matter; None where the sum is beyond the largest float.

    Args:
        values: in one currency; finite.

    Source: rule K4.
    """
    whole = Decimal(0)
    for value in sorted(values):
        whole = _EXACT.add(whole, Decimal(repr(float(value))))
    found = float(whole)
    return found if abs(found) != float("inf") else None
