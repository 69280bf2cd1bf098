#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""How soon `gupdiff fuzz`, from an empty corpus on one core, finds each row of the catalogue that
is switched off.

Each row is looked for on the pair and the architecture of its witness, with several seeds. The
limit and the times are processor time, which a busy machine does not change much.

  bench/rows_found.py build/release/gupdiff --seeds 3 --limit 5 --json rows.json [--row D17 ...]
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import tomllib


# What takes a folio in a state that no kernel leaves a mapped one in.
BEYOND_KERNELS = {"F09", "F10"}


def rows(gupdiff, root):
    """(id, pair, architecture) of every row with a result or an effect facet."""
    out = []
    for row in json.loads(subprocess.run([gupdiff, "catalogue", "--json"], check=True, capture_output=True).stdout):
        witness = tomllib.loads((root / row["witness"]).read_text())
        if {"result", "effect"} & set(row["facets"]):
            out.append((row["id"], witness["expect"]["pair"], witness.get("config", {}).get("arch", "x86_64")))
    return out


def look_for(gupdiff, row, pair, arch, seed, limit, engine, folder):
    """One run: executions and processor seconds until the row was found, or None."""
    command = [gupdiff, "fuzz", "--pair", pair, "--arch", arch, "--without", row, "--seed", str(seed), "--json",
               "--time", str(limit * 3), "--findings", folder]
    if engine:
        command += ["--engine", engine]
    if row in BEYOND_KERNELS:
        command.append("--anything")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    def cap():
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))

    run = subprocess.run(command, capture_output=True, text=True, preexec_fn=cap)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    result = json.loads(run.stdout) if run.stdout else {}
    found = bool(result.get("findings"))
    return {"seed": seed, "found": found, "executions": result.get("executions"), "seconds": round(seconds, 3),
            "identity": result["findings"][0]["identity"] if found else None}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gupdiff")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each row")
    parser.add_argument("--limit", type=int, default=60, help="processor seconds a run")
    parser.add_argument("--engine", default="", help="as for gupdiff fuzz")
    parser.add_argument("--arch", help="rows of this architecture alone")
    parser.add_argument("--row", nargs="*", help="these rows alone")
    parser.add_argument("--json", help="write the runs to this file")
    o = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent
    table = []
    with tempfile.TemporaryDirectory() as folder:
        for row, pair, arch in rows(o.gupdiff, root):
            if (o.row and row not in o.row) or (o.arch and arch != o.arch):
                continue
            runs = [look_for(o.gupdiff, row, pair, arch, seed, o.limit, o.engine, os.path.join(folder, f"{row}-{seed}"))
                    for seed in range(1, o.seeds + 1)]
            table.append({"row": row, "pair": pair, "architecture": arch, "runs": runs})
            found = [r for r in runs if r["found"]]
            line = f"{row:5} {pair:12} {arch:8} {len(found)}/{len(runs)}"
            if found:
                line += (f"  median {statistics.median(r['executions'] for r in found):>10,.0f} pairs"
                         f" {statistics.median(r['seconds'] for r in found):>7.2f} s, most {max(r['seconds'] for r in found):>7.2f} s")
            print(line, flush=True)
    if o.json:
        pathlib.Path(o.json).write_text(json.dumps({"limit": o.limit, "engine": o.engine or "default", "rows": table}, indent=1) + "\n")
    missed = [t["row"] for t in table if not all(r["found"] for r in t["runs"])]
    print(f"{len(table)} rows, {len(table) - len(missed)} found by every run" + (f"; not: {', '.join(missed)}" if missed else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
