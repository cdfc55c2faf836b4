"""The node's own figures, where the kernel has them."""

from pathlib import Path

from agent.watch.resources import Resources


def test_memory_processor_and_disk_are_told(tmp_path: Path) -> None:
    figures = Resources(tmp_path).readings()
    assert 1 < figures["anonymous_mib"] < figures["resident_mib"]
    assert figures["cpu_percent"] >= 0
    assert figures["disk_free_mib"] >= 0


def test_a_store_that_is_gone_has_no_figure(tmp_path: Path) -> None:
    assert "disk_free_mib" not in Resources(tmp_path / "gone").readings()
