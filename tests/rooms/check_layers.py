#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Holds every source file to the order of the rooms: what a room may include, and
# what it may not touch. Usage: check_layers.py ROOT
import pathlib
import re
import sys

# A room may include itself and the rooms named here.
MODEL = ["model"]
WALKS = MODEL + ["legacy", "unified"]
ROOMS = {"model": [], "legacy": MODEL, "unified": MODEL, "oracle": WALKS}
above = WALKS + ["oracle"]
for room in ["scenario", "fuzz", "proofs", "guest", "mutants", "report", "cli"]:
    ROOMS[room] = list(above)
    above.append(room)

PURE = ["model", "legacy", "unified", "oracle"]
OLD_COMPILER = PURE + ["scenario", "fuzz"]  # also built with clang-14 for AFL++
INPUT_OUTPUT = re.compile(r"^(iostream|fstream|cstdio|stdio\.h|filesystem|unistd\.h|fcntl\.h|sys/.*|print)$")
SOLVER = re.compile(r"^z3")
TOO_NEW = re.compile(r"^(ranges|format|print)$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Written by the build, so not below the root.
GENERATED = {"cli_build.hpp", "proofs_build.hpp", "report_build.hpp"}


def check_file(root, path):
    """Yields one sentence for each rule that the file breaks."""
    name = path.relative_to(root).as_posix()
    room = name.split("/")[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or "SPDX-License-Identifier: GPL-2.0-only" not in lines[0]:
        yield f"{name}:1: the first line is not the SPDX licence line"
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, what = match.group(1) == '"', match.group(2)
        where = f"{name}:{number}: {room}/ may not include "
        if quoted and what not in GENERATED:
            other = what.split("/")[0]
            if other not in ROOMS:
                yield f"{name}:{number}: include '{what}' by its path from the root"
            elif other != room and other not in ROOMS[room]:
                yield where + f"{other}/ ({what})"
            elif not (root / what).exists():
                yield f"{name}:{number}: there is no '{what}'"
        if not quoted and room in PURE and INPUT_OUTPUT.match(what):
            yield where + f"<{what}>: it does no input or output"
        if SOLVER.match(what) and room != "proofs":
            yield where + f"<{what}>: only proofs/ uses the solver"
        if not quoted and room in OLD_COMPILER and TOO_NEW.match(what):
            yield where + f"<{what}>: clang-14 cannot compile it"


def check(root):
    """All broken rules below `root`, in a stable order."""
    broken = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                broken.extend(check_file(root, path))
    return broken


if __name__ == "__main__":
    found = check(pathlib.Path(sys.argv[1]).resolve())
    print("\n".join(found) or "every include respects the rooms")
    sys.exit(1 if found else 0)
