"""Codes of places, components and organisations: what they are made of, and whether they can be right."""

import re
from dataclasses import dataclass

REGION = re.compile(r"[1-8]\d{5}")
STREET = re.compile(r"[1-8]\d{8}")
COMMUNITY = re.compile(r"[1-8]\d{11}")
UNIT_GRID = re.compile(r"([1-8]\d{5})(\d{3})(\d{3})(\d{3})")
RESPONSIBILITY_GRID = re.compile(r"[ZCX][1-8]\d{9}")
COMPONENT_2013 = re.compile(r"([1-8]\d{5})((?:0[1-6]|99|[1-9]\d)\d{2})(\d{6})")
COMPONENT_2026 = re.compile(r"([1-8]\d{5})(\d{2}\d{3})(\d{6})")

LEVELS = {6: "district", 9: "street", 12: "community"}
"""Digits of a region's code → its level (GB/T 2260, GB/T 10114)."""

CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RT-UW-Y]{2}\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}")
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True)
class UnitGridCode:
    """The parts of a unit grid's code: 6, 9 and 12 digits of its regions, and its number in the community."""

    region: str
    street: str
    community: str
    number: str


@dataclass(frozen=True)
class ComponentCode:
    """The parts of a component's code; ``category`` has 4 digits in the 2013 system, 5 in that of 2026."""

    region: str
    category: str
    number: str


def level_of(code: str) -> str | None:
    """district, street or community by the form of ``code``; city for a code that ends in 00; None when it is none."""
    if not re.fullmatch(r"[1-8]\d+", code) or len(code) not in LEVELS:
        return None
    return "city" if len(code) == 6 and code.endswith("00") else LEVELS[len(code)]


def parent_of(code: str) -> str | None:
    """The code one level above: of the community, the street; of a district, the city."""
    parents = {12: code[:9], 9: code[:6], 6: f"{code[:4]}00"}
    parent = parents.get(len(code))
    return None if parent == code else parent


def read_unit_grid(code: str) -> UnitGridCode | None:
    """The parts of a 15-digit code (GB/T 30428.1); None when it is none. Number 000 is never given out."""
    match = UNIT_GRID.fullmatch(code)
    if match is None or match[4] == "000":
        return None
    return UnitGridCode(code[:6], code[:9], code[:12], match[4])


def read_component(code: str) -> ComponentCode | None:
    """The parts of a component's code, 16 digits in the 2013 system and 17 in that of 2026; None when it is neither."""
    pattern = {16: COMPONENT_2013, 17: COMPONENT_2026}.get(len(code))
    match = pattern.fullmatch(code) if pattern else None
    if match is None or match[3] == "000000":
        return None
    return ComponentCode(match[1], match[2], match[3])


def credit_check_digit(first17: str) -> str:
    """Check character of a unified social credit code (GB 32100) whose first 17 characters are given."""
    total = sum(CREDIT_ALPHABET.index(char) * weight for char, weight in zip(first17, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def is_credit_code(code: str) -> bool:
    """Is this a unified social credit code, check character included?"""
    return bool(CREDIT_CODE.fullmatch(code)) and credit_check_digit(code[:17]) == code[17]
