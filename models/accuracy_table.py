"""Measured accuracies as a table for people, int8 beside float32."""

from rich.table import Table

from models.card import Accuracy


def table(accuracy: list[Accuracy]) -> Table:
    """Return the accuracies as a table, int8 beside float32."""
    shown = Table("measure", "slice", "numbers", "right", "95 %", "n")
    for one in accuracy:
        shown.add_row(one.measure, one.slice, one.numbers, f"{one.value:.1%}",
                      f"{one.low:.1%} to {one.high:.1%}", str(one.n))  # fmt: skip
    return shown
