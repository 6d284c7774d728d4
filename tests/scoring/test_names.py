"""The table is the law: typed text, then the code of the unit, or ? and the codes to ask about, or - for refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scoring.names import MAX_TEXT, Choices, Match, Unknown, find, knows, resolve
from scoring.strangers import STRANGERS
from scoring.unit import Unit
from scoring.units import Tree

DISTRICTS = """
đông hưng|340
Đông Hưng|340
ĐÔNG HƯNG|340
dong hung|340
donghung|340
ddoong huwng|340
dong hugn|340
đong hưg|340
đh|340
d.hung|340
huyện đông hưng|340
h. đông hưng|340
h đông hưng|340
dong hung district|340
UBND huyện Đông Hưng|340
UBND huyện Đông Hugn|340
quỳnh phụ|338
quynh phu|338
Q.Phu|338
q phu|338
quynhf phuj|338
quynh fu|338
QP|338
kien xuong|343
kienxuong|343
KX|343
k.x.|343
K.Xuong|343
kieesn xuwowng|343
kien suong|343
huyện KX|343
hkx|343
thái thụy|341
Thái Thuỵ|341
thai thuy|341
thais thuyj|341
thai thuyy|341
tiền hải|342
tien hia|342
tieefn hari|342
vũ thư|344
vux thuw|344
vu thu|344
Vũ Thư.|344
hưng hà|339
hungw haf|339
hung haa|339
tptb|336
TPTB|336
tp|336
TP Thái Bình|336
tp.thai binh|336
thành phố thái bình|336
tỉnh thái bình|34
thai binh province|34
340|340
"""
COMMUNES = """
thái thủy|12913
xã thái thủy|12913
xã đông hưng|12688
tt đông hưng|12688
thị trấn vũ thư|13192
mỹ lộc|12949
mĩ lộc|12949
Phường Kỳ Bá|12442
p. hoàng diệu|12460
hoàng diệu|12460
vũ quý|13141
thái nguyên|12910
Bình Định|13186
tây ninh|12994
một cửa xã nam cao|13120
12433|12433
"""
DEPARTMENTS = """
sở nội vụ|34-SNV
nội vụ|34-SNV
so noi vu|34-SNV
SNV|34-SNV
34-snv|34-SNV
sở nội vuj|34-SNV
kế hoạch và đầu tư|34-SKHDT
sở kế hoạch đầu tư|34-SKHDT
so tai chinhh|34-STC
gtvt|34-SGTVT
sở giao thông|34-SGTVT
sở y tế|34-SYT
thanh tra|34-TTR
văn phòng ubnd tỉnh|34-VP
sở lao động|34-SLDTBXH
"""
ASKED = """
thái bình|? 34 336
tb|? 34 336
nguyên xá|? 12730 13261
xã nguyên xá|? 12730 13261
Hoà Bình|? 12655 13135 13258
tt thai thuy|? 341 12913
quang trung|? 12445 13165
nam bimh|? 13180
huyện nam bình|? 13180
thai binhh|? 34 336
"""
STRANGE = """
nam định|-
nam dinh|-
tỉnh nam định|-
bình thường|-
binh thuong|-
hà nội|-
hưng yên|-
hải dương|-
tp hồ chí minh|-
quỳnh|-
thai|-
q|-
abc|-
xin chào các bạn|-
...|-
|-
1234|-
huyện|-
"""
TABLE = DISTRICTS + COMMUNES + DEPARTMENTS + ASKED + STRANGE
ROWS = [tuple(line.rsplit("|", 1)) for line in TABLE.splitlines() if line]


def shown(tree: Tree, text: str, on: date) -> str:
    match resolve(tree, text, on):
        case Match(unit, _):
            return unit.code
        case Choices(units):
            return " ".join(["?", *(unit.code for unit in units)])
        case Unknown():
            return "-"


@pytest.mark.parametrize(("text", "meant"), ROWS)
def test_what_people_type(thai_binh: Tree, today: date, text: str, meant: str) -> None:
    assert shown(thai_binh, text, today) == meant


def test_the_table_is_long_enough() -> None:
    assert len(DISTRICTS.strip().splitlines()) >= 38
    assert len(ROWS) >= 60


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("đông hưng", "12688"), ("thái bình", "13225"), ("hưng yên", "33"), ("vũ quí", "13141"), ("nam định", "-"),
        ("huyện đông hưng", "? 12688"), ("tiên hưng", "12754"), ("kien xuong", "13075"), ("hung yeen", "33"),
    ],
)  # fmt: skip
def test_the_new_province_has_no_districts(hung_yen: Tree, today: date, text: str, meant: str) -> None:
    assert shown(hung_yen, text, today) == meant


def test_the_commune_behind_a_district_is_offered(thai_binh: Tree, today: date) -> None:
    for text in ("dong hung", "dong hugn", "ddoong huwng"):
        found = resolve(thai_binh, text, today)
        assert isinstance(found, Match)
        assert [unit.name for unit in found.others] == ["Thị trấn Đông Hưng"]
    town = resolve(thai_binh, "tt đông hưng", today)
    assert isinstance(town, Match)
    assert [unit.name for unit in town.others] == ["Huyện Đông Hưng"]


def test_every_full_name_means_its_unit_or_asks(thai_binh: Tree, hung_yen: Tree, today: date) -> None:
    for tree in (thai_binh, hung_yen):
        for unit in tree.units:
            found = resolve(tree, unit.name, today)
            meant = found.units if isinstance(found, Choices) else (found.unit,) if isinstance(found, Match) else ()
            assert unit in meant, unit.name
            assert isinstance(found, Match) or all(other.name == unit.name for other in meant), unit.name


def test_every_short_name_is_found_never_guessed(thai_binh: Tree, hung_yen: Tree, today: date) -> None:
    for tree in (thai_binh, hung_yen):
        for unit in tree.units:
            found = resolve(tree, unit.short_name, today)
            assert not isinstance(found, Unknown)
            reached = found.units if isinstance(found, Choices) else (found.unit, *found.others)
            assert unit in reached, unit.short_name


def test_no_other_province_is_taken_for_an_office_here(thai_binh: Tree, hung_yen: Tree, today: date) -> None:
    for tree in (thai_binh, hung_yen):
        own = {name for name in STRANGERS if knows(tree, name, today)}
        for name in STRANGERS - own:
            assert resolve(tree, name, today) == Unknown(), name


def test_a_guess_never_answers_alone_for_a_commune(thai_binh: Tree, today: date) -> None:
    for unit in thai_binh.units:
        if unit.level == "commune":
            for text in (unit.short_name + "x", unit.short_name[:-1] + "x", unit.name + "zz"):
                found = resolve(thai_binh, text, today)
                exact = knows(thai_binh, text, today)
                assert exact or not isinstance(found, Match) or found.unit.level != "commune", text


def test_a_unit_is_known_only_on_its_days(hung_yen: Tree) -> None:
    assert resolve(hung_yen, "tiên hưng", date(2025, 6, 30)) == Unknown()
    assert knows(hung_yen, "tiên hưng", date(2025, 7, 1))
    assert not knows(hung_yen, "tiên hưng", date(2025, 7, 1) - timedelta(days=1))


def test_no_text_is_too_odd(thai_binh: Tree, today: date) -> None:
    for text in ("\u202eđông hưng\u202c", "x" * 5000, "\x00", "🙂", "đông hưng " * 100, "ⅷ", "'; drop table", "_" * 20):
        resolve(thai_binh, text, today)
        find(thai_binh, text, today)
    assert resolve(thai_binh, "đông hưng" + " " * MAX_TEXT, today) == Unknown()
    assert shown(thai_binh, "\u202eđông hưng\u202c", today) == "340"


def names(units: tuple[Unit, ...]) -> list[str]:
    return [unit.name for unit in units]


def test_finding_offers_what_begins_so_first(thai_binh: Tree, today: date) -> None:
    assert names(find(thai_binh, "dong hung", today, 2)) == ["Huyện Đông Hưng", "Thị trấn Đông Hưng"]
    assert names(find(thai_binh, "quynh", today, 1)) == ["Huyện Quỳnh Phụ"]
    assert names(find(thai_binh, "nguyên xá", today, 2)) == ["Xã Nguyên Xá", "Xã Nguyên Xá"]
    assert all(unit.level == "department" for unit in find(thai_binh, "sở", today))
    assert all(unit.name.startswith("Phường") for unit in find(thai_binh, "phường tran", today))
    assert names(find(thai_binh, "hung nhan", today, 1)) == ["Thị trấn Hưng Nhân"]
    assert "Xã Thụy Lương" in names(find(thai_binh, "luong", today))
    assert "Xã Nam Bình" in names(find(thai_binh, "nam bimh", today))
    assert find(thai_binh, "xyz", today) == ()
    assert find(thai_binh, "", today) == ()
    assert find(thai_binh, "340", today, 1)[0].code == "340"
    assert len(find(thai_binh, "nam", today, 5)) == 5
    assert names(find(thai_binh, "ubnd xã nam cao", today, 1)) == ["Xã Nam Cao"]


@pytest.mark.parametrize(
    ("sentence", "offered"),
    [
        ("Tôi đi làm khai sinh ở xã Vũ Hội", ["Xã Vũ Hội"]),
        ("hôm qua bác lên huyện đông hưng làm sổ đỏ", ["Huyện Đông Hưng"]),
        ("trung tâm phục vụ hành chính công xã nam cao", ["Xã Nam Cao"]),
        ("Vũ Hội Vũ Thư", ["Xã Vũ Hội", "Huyện Vũ Thư"]),
        ("làm ở xã An Ninh xong rồi", ["Xã An Ninh", "Xã An Ninh"]),
        ("hôm qua, tôi làm khai sinh ở xã Vũ Hội", ["Xã Vũ Hội"]),
        ("toi lam khai sinh o xa vu hoi", ["Xã Vũ Hội"]),
        ("anh Vũ Thư bán hàng dẫn tôi lên xã Nam Cao", ["Xã Nam Cao"]),
        ("hôm nay trời mưa to quá tôi không nhớ đã đến đâu", []),
        ("thái độ cán bộ ở đấy rất tốt", []),
        ("nhà có đồng tiền bát gạo thì mới được", []),
    ],
)
def test_an_office_named_in_a_sentence_is_offered(
    thai_binh: Tree, today: date, sentence: str, offered: list[str]
) -> None:
    found = names(find(thai_binh, sentence, today))
    assert found[: len(offered)] == offered
    assert offered or not found


def test_a_unit_without_a_level_word_in_its_name(today: date) -> None:
    centre = Unit("tt1", "tt1", "commune", "Trung tâm Phục vụ hành chính công", "Trung tâm", None)
    tree = Tree([centre])
    for text in ("trung tâm", "Trung tâm phục vụ hành chính công", "tt1", "TT1"):
        assert resolve(tree, text, today) == (Match(centre) if text != "TT1" else Unknown())


def test_what_stands_behind_a_comma_says_where_an_office_lies(thai_binh: Tree) -> None:
    def means(text: str) -> object:
        match resolve(thai_binh, text, date(2018, 1, 1)):
            case Match(unit=unit):
                return unit.name
            case Choices(units=units):
                return len(units)
            case _:
                return None

    assert means("vũ hội, thái bình") == "Xã Vũ Hội"
    assert means("an ninh, tiền hải") == "Xã An Ninh"
    assert means("an ninh, huyện quỳnh phụ") == "Xã An Ninh"
    assert means("an ninh, đông hưng") == 2
    assert means("nhà tôi, thái bình") is None
    assert [unit.name for unit in find(thai_binh, "xã Vũ Hội, tỉnh Thái Bình", date(2018, 1, 1))] == ["Xã Vũ Hội"]
