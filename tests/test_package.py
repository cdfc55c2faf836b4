"""What the program reads at run time is in the package that is installed."""

import subprocess
from configparser import ConfigParser
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent
PACKAGES = ("agent", "drivers", "models", "simulators")


def patterns() -> dict[str, list[str]]:
    """Return setuptools' package data by package, "*" for those of all."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return {
        package: [word.strip() for word in line.replace("\n", ",").split(",") if word.strip()]
        for package, line in setup["options.package_data"].items()
    }


def package_of(file: PurePosixPath) -> PurePosixPath:
    """Return the folder of the innermost package that the file lies in."""
    return next(folder for folder in file.parents if (ROOT / folder / "__init__.py").exists())


def is_packaged(file: PurePosixPath, known: dict[str, list[str]]) -> bool:
    package = package_of(file)
    inside = file.relative_to(package)
    meant = known["*"] + known.get(str(package).replace("/", "."), [])
    return any(
        len(PurePosixPath(pattern).parts) == len(inside.parts) and inside.match(pattern)
        for pattern in meant
    )


def test_every_data_file_is_packaged() -> None:
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    data = [PurePosixPath(line) for line in listed.splitlines() if not line.endswith(".py")]
    assert len(data) > 20
    known = patterns()
    assert [str(file) for file in data if not is_packaged(file, known)] == []
