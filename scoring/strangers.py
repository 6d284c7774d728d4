"""Names that are never a misspelt office: other provinces, and the words of the answer scale."""

from __future__ import annotations

from scoring.typed import spaced

_PROVINCES = (
    "An Giang, Bà Rịa, Vũng Tàu, Bà Rịa - Vũng Tàu, Bắc Giang, Bắc Kạn, Bạc Liêu, Bắc Ninh, Bến Tre, Bình Định, "
    "Bình Dương, Bình Phước, Bình Thuận, Cà Mau, Cần Thơ, Cao Bằng, Đà Nẵng, Đắk Lắk, Đắk Nông, Điện Biên, Đồng Nai, "
    "Đồng Tháp, Gia Lai, Hà Giang, Hà Nam, Hà Nội, Hà Tĩnh, Hải Dương, Hải Phòng, Hậu Giang, Hòa Bình, Hồ Chí Minh, "
    "Hưng Yên, Khánh Hòa, Kiên Giang, Kon Tum, Lai Châu, Lâm Đồng, Lạng Sơn, Lào Cai, Long An, Nam Định, Nghệ An, "
    "Ninh Bình, Ninh Thuận, Phú Thọ, Phú Yên, Quảng Bình, Quảng Nam, Quảng Ngãi, Quảng Ninh, Quảng Trị, Sóc Trăng, "
    "Sơn La, Tây Ninh, Thái Bình, Thái Nguyên, Thanh Hóa, Thừa Thiên Huế, Huế, Tiền Giang, Trà Vinh, Tuyên Quang, "
    "Vĩnh Long, Vĩnh Phúc, Yên Bái, Sài Gòn, Việt Nam"
)
_SCALE = "rất hài lòng, hài lòng, bình thường, không hài lòng, rất không hài lòng, không có ý kiến, không biết"

STRANGERS: frozenset[str] = frozenset(spaced(name) for name in f"{_PROVINCES}, {_SCALE}".split(","))
"""Spaced folded names; an exact name of the tree still wins over this list."""
