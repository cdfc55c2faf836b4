"""How many real plates are read right, end to end, on the development pictures.

    python -m tests.benchmarks.accuracy [--set eu] [--countries SK,CZ] [--json PATH] [--show]

Strict: the best plate of the picture says exactly the truth. Tolerant: the same with O and Q as 0
and I as 1 on both sides. Raw: strict, before the syntax repaired anything. Plate texts are personal
data: they are printed only with --show.
"""

import argparse
import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from agent.core.share import wilson
from agent.core.vision import PlateDetector, PlateReader
from agent.plates.book import shipped_book
from agent.plates.reading import Limits, PlateResult, read_plates
from agent.plates.settings import PlatesSettings
from agent.plates.syntax import Syntax
from drivers.ports.picture import SUFFIXES, read_picture
from models.plates import ShippedPlateModels

TOLERANT = str.maketrans("OQI", "001")


@dataclass(frozen=True, slots=True)
class Score:
    """What became of one picture."""

    image: str
    truth: str
    best: PlateResult | None

    @property
    def strict(self) -> bool:
        return self.best is not None and self.best.text == self.truth

    @property
    def raw(self) -> bool:
        return self.best is not None and self.best.judgement.raw == self.truth

    @property
    def tolerant(self) -> bool:
        return self.best is not None and (
            self.best.text.translate(TOLERANT) == self.truth.translate(TOLERANT)
        )

    @property
    def country(self) -> str:
        if self.best is None:
            return "nothing read"
        if not self.best.judgement.fits:
            return "fits none"
        return self.best.judgement.country or "several fit"


def scores(
    folder: Path, detector: PlateDetector, reader: PlateReader, countries: Sequence[str]
) -> list[Score]:
    """Read every picture that truth.csv of `folder` names."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        truth = [(row["image"], row["plate"]) for row in csv.DictReader(file)]
    syntax = Syntax(shipped_book(), countries)
    found = []
    for image, plate in track(truth, f"{folder.name} {','.join(countries)}"):
        luma = read_picture(folder / image).luma
        plates = read_plates(luma, detector, reader, syntax, Limits()).plates
        found.append(Score(image, plate, plates[0] if plates else None))
    return found


def false_reports(folder: Path, detector: PlateDetector, reader: PlateReader) -> tuple[int, int]:
    """Return in how many pictures without a plate one is reported, and how many there are."""
    syntax = Syntax(shipped_book())
    unsure = PlatesSettings(camera="none", purpose="trial").unsure
    pictures = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    reported = 0
    for path in track(pictures, folder.name):
        plates = read_plates(read_picture(path).luma, detector, reader, syntax, Limits()).plates
        reported += any(min(c for _, c in plate.told.characters) >= unsure for plate in plates)
    return reported, len(pictures)


def share(found: Iterable[bool]) -> dict[str, float]:
    """Return count, right, share and its interval, in percent."""
    values = list(found)
    low, high = wilson(sum(values), len(values))
    part = sum(values) / len(values) if values else 0.0
    numbers = {"percent": 100 * part, "low": 100 * low, "high": 100 * high}
    return {
        "count": len(values),
        "right": sum(values),
        **{name: round(number, 1) for name, number in numbers.items()},
    }


def told(figures: dict[str, float]) -> str:
    """Return a share as a person reads it."""
    return (
        f"{figures['right']:.0f}/{figures['count']:.0f} = {figures['percent']:.1f} % "
        f"({figures['low']:.0f}..{figures['high']:.0f})"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--set", default="eu", choices=("eu", "us", "br"))
    parser.add_argument("--countries", default="SK,CZ", help="the hint to compare with none")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", action="store_true", help="print plate texts that were misread")
    asked = parser.parse_args()
    console = Console()
    data = Path(os.environ.get("SERENO_DATA", "../shared/data")) / "plates"
    if not (data / asked.set / "truth.csv").is_file():
        console.print(f"no pictures in {data / asked.set}: set SERENO_DATA to their folder")
        return int("CI" in os.environ)
    detector, reader = ShippedPlateModels().load()
    table = Table(title=f"plates/{asked.set}, end to end, 95 % interval (Wilson)")
    for name in ("expected countries", "strict", "tolerant", "raw"):
        table.add_column(name)
    report: dict[str, object] = {"set": asked.set}
    found: list[Score] = []
    hint = [code for code in asked.countries.split(",") if code]
    for countries in (hint, []) if hint else ([],):
        found = scores(data / asked.set, detector, reader, countries)
        figures = {
            name: share(getattr(score, name) for score in found)
            for name in ("strict", "tolerant", "raw")
        }
        report[",".join(countries) or "any"] = figures
        table.add_row(",".join(countries) or "any", *(told(f) for f in figures.values()))
    console.print(table)
    by_country: dict[str, list[bool]] = defaultdict(list)
    for score in found:
        by_country[score.country].append(score.strict)
    countries_table = Table("country named, without a hint", "strict")
    for name, values in sorted(by_country.items(), key=lambda item: -len(item[1])):
        countries_table.add_row(name, told(share(values)))
    console.print(countries_table)
    report["by_country"] = {name: share(values) for name, values in by_country.items()}
    reported, count = false_reports(data / "no-plates", detector, reader)
    report["false_reports"] = share([True] * reported + [False] * (count - reported))
    console.print(f"pictures without a plate that report one: {reported} of {count}")
    if asked.show:
        for score in (score for score in found if not score.strict):
            read = score.best.text if score.best else "nothing"
            console.print(f"{score.image}: {score.truth} read as {read}", markup=False)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
