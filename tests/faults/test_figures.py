"""The document of figures holds what a run recorded, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.figures import Figure, main, record


def test_recorded_figures_replace_the_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, document = tmp_path / "figures", tmp_path / "trust.md"
    document.write_text("# A\n\n<!-- faults:begin -->\nold\n<!-- faults:end -->\nend\n", encoding="utf-8")
    monkeypatch.setenv("SIPAS_FAULTS_FIGURES", str(found))
    record(Figure("kills", 3000, 0, "7 recovered", "3 lost"))
    record(Figure("cuts", 100, 2))
    main(found, document)
    text = document.read_text(encoding="utf-8")
    assert "| kills | 3,000 | 0 | < 1.0e-03 | 7 recovered | 3 lost |" in text
    assert "| cuts | 100 | 2 | – |" in text
    assert "old" not in text
    assert text.startswith("# A\n")
    assert text.endswith("end\n")


def test_nothing_is_kept_where_nobody_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIPAS_FAULTS_FIGURES", raising=False)
    monkeypatch.chdir(tmp_path)
    record(Figure("kills", 1, 0))
    assert list(tmp_path.iterdir()) == []
