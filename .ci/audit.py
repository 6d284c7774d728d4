"""Is a fault known in anything we depend on? Asks the package index about every version in the lock files.

Only the standard library, so that it can run anywhere before anything is installed. Exit codes: 0 every package was
checked and none has a known fault; 1 a fault is known; 4 something could not be checked, so nothing is claimed. (A
common tool answers 0 and "no known vulnerabilities" when it could check nothing at all.) Also writes what the lock
files hold as a CycloneDX list, which needs no network.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SECONDS = 20
AT_ONCE = 8
CLEAN, FAULTY, NOT_CHECKED = 0, 1, 4
_PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)((?:[^\n]*\\\n)*[^\n]*)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, order=True)
class Package:
    name: str
    version: str
    hashes: tuple[str, ...] = ()


def locked(files: list[Path]) -> list[Package]:
    """Every version that any of the lock files pins, also for other machines than this one."""
    found: dict[tuple[str, str], Package] = {}
    for file in files:
        for name, version, rest in _PINNED.findall(file.read_text(encoding="utf-8")):
            found[name, version] = Package(name, version, tuple(_HASH.findall(rest)))
    return sorted(found.values())


def known_faults(package: Package, api: str) -> list[str] | None:
    """What is known against one version, a line each; None when nobody could be asked."""
    try:
        with urllib.request.urlopen(f"{api}/{package.name}/{package.version}/json", timeout=SECONDS) as answer:  # noqa: S310
            told = json.load(answer)
        if told["info"]["version"] != package.version:
            return None
        faults = [one for one in told["vulnerabilities"] if not one.get("withdrawn")]
        return [f"{one['id']} ({', '.join(one.get('fixed_in') or ['not mended yet'])})" for one in faults]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def bill(packages: list[Package]) -> dict[str, object]:
    """The list of what the program is made of, as CycloneDX 1.6."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "sipas-bot"}},
        "components": [_component(package) for package in packages],
    }


def _component(package: Package) -> dict[str, object]:
    address = f"pkg:pypi/{package.name.lower()}@{package.version}"
    hashes = [{"alg": "SHA-256", "content": digest} for digest in package.hashes]
    return {
        "type": "library",
        "bom-ref": address,
        "name": package.name,
        "version": package.version,
        "purl": address,
        # One of the files with these hashes is what is installed.
        "externalReferences": [{"type": "distribution", "url": address, "hashes": hashes}],
    }


def index_api() -> str:
    """The public index's own address, as pip has it in its code; empty where there is no pip."""
    try:
        return str(importlib.import_module("pip._internal.models.index").PyPI.pypi_url)
    except (ImportError, AttributeError):
        return ""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("locks", nargs="+", type=Path)
    arguments.add_argument("--api", default=index_api(), help="the JSON API of a package index, ending in /pypi")
    arguments.add_argument("--sbom", type=Path)
    given = arguments.parse_args()
    packages = locked(given.locks)
    if given.sbom:
        given.sbom.parent.mkdir(parents=True, exist_ok=True)
        given.sbom.write_text(json.dumps(bill(packages), indent=1) + "\n", encoding="utf-8")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda package: known_faults(package, given.api), packages))
    unasked = [package for package, faults in zip(packages, answers, strict=True) if faults is None]
    faulty = [(package, faults) for package, faults in zip(packages, answers, strict=True) if faults]
    for package, faults in faulty:
        sys.stdout.write(f"{package.name} {package.version}: {'; '.join(faults)}\n")
    if unasked:
        some = ", ".join(f"{package.name} {package.version}" for package in unasked[:5])
        where = f"{given.api} not reached" if given.api else "the index's address is not known, give --api"
        sys.stdout.write(f"NOT CHECKED: {len(unasked)} of {len(packages)} packages ({some} ...): {where}\n")
    if not packages:
        sys.stdout.write("NOT CHECKED: no package in the lock files\n")
    if not unasked and not faulty and packages:
        sys.stdout.write(f"{len(packages)} packages checked, no fault is known.\n")
    return FAULTY if faulty else NOT_CHECKED if unasked or not packages else CLEAN


if __name__ == "__main__":
    sys.exit(main())
