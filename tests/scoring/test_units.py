from __future__ import annotations

from datetime import date

from scoring.unit import Unit
from scoring.units import Tree

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)

OLD = Unit("p", "34", "province", "Tỉnh Cũ", "Cũ", None, valid_to=BEFORE)
NEW = Unit("q", "33", "province", "Tỉnh Mới", "Mới", None, valid_from=AFTER)
DISTRICT = Unit("d", "340", "district", "Huyện Giữa", "Giữa", "p", valid_to=BEFORE)
COMMUNE = Unit("c-old", "13225", "commune", "Xã Một", "Một", "d", valid_to=BEFORE)
SECOND = Unit("c-two", "13226", "commune", "Xã Hai", "Hai", "d", valid_to=BEFORE)
REUSED = Unit("c-new", "13225", "commune", "Phường Ba", "Ba", "q", valid_from=AFTER)
TREE = Tree([OLD, NEW, DISTRICT, COMMUNE, SECOND, REUSED])


def test_a_code_names_another_unit_after_it_was_reused() -> None:
    assert TREE.by_code("13225", BEFORE) == COMMUNE
    assert TREE.by_code("13225", AFTER) == REUSED
    assert TREE.by_code("340", AFTER) is None
    assert TREE.by_code("nothing", AFTER) is None


def test_the_root_changes_with_the_reform() -> None:
    assert TREE.root(BEFORE) == OLD
    assert TREE.root(AFTER) == NEW
    assert Tree([]).root(AFTER) is None


def test_look_ups_follow_the_day() -> None:
    assert TREE.get("d") == DISTRICT
    assert TREE.get("x") is None
    assert TREE.children("p", BEFORE) == (DISTRICT,)
    assert TREE.children("p", AFTER) == ()
    assert TREE.ancestors("c-old", BEFORE) == (DISTRICT, OLD)
    assert TREE.ancestors("c-old", AFTER) == ()
    assert TREE.ancestors("x", BEFORE) == ()
    assert TREE.descendants("p", BEFORE) == (DISTRICT, COMMUNE, SECOND)
    assert TREE.descendants("q", AFTER) == (REUSED,)


def test_covering_is_being_it_or_lying_under_it() -> None:
    assert TREE.covers("p", "c-old")
    assert TREE.covers("c-old", "c-old")
    assert not TREE.covers("c-old", "p")
    assert not TREE.covers("q", "c-old")
    assert not TREE.covers("x", "x")


def test_the_shipped_provinces_are_whole(thai_binh: Tree, hung_yen: Tree, today: date) -> None:
    root = thai_binh.root(today)
    assert root is not None
    assert root.name == "Tỉnh Thái Bình"
    levels = [unit.level for unit in thai_binh.descendants(root.id, today)]
    assert {level: levels.count(level) for level in set(levels)} == {"department": 17, "district": 8, "commune": 286}
    district = {
        unit.code: len(thai_binh.children(unit.id, today)) for unit in thai_binh.units if unit.level == "district"
    }
    assert district == {"336": 19, "338": 38, "339": 35, "340": 44, "341": 48, "342": 35, "343": 37, "344": 30}
    assert len(hung_yen.descendants("33", today)) == 104
    assert hung_yen.root(date(2025, 6, 30)) is None


def test_a_tree_of_any_depth_is_climbed_without_recursion() -> None:
    deep = [Unit(str(i), str(i), "commune", f"Xã {i}", str(i), str(i - 1) if i else None) for i in range(3000)]
    tree = Tree(deep)
    assert len(tree.ancestors("2999", AFTER)) == 2999
    assert len(tree.descendants("0", AFTER)) == 2999
