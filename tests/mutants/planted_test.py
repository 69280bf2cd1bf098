# SPDX-License-Identifier: GPL-2.0-only
# Mutants planted for the purpose: each end that a mutant can come to, as the command says it.
import difflib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from command import CommandTest, SOURCE

FILE = "model/kernel/check_vma_flags.hpp"
LINE = "  const auto write = (flags & FOLL_WRITE) != 0u;\n"
DEAD = "  const auto write = (flags & FOLL_WRITE) == 0u;\n"
HEADER = """Mutant: {name}
Title: {name}
Kind: {kind}
Re-enacts: none
Source: planted
Pair: v6.9:v6.10
Walk: v6.10
Arch: x86_64
Facet: result, effect
Theorem: {theorem}
{more}
---
"""


class Planted(CommandTest):
    @classmethod
    def setUpClass(cls):
        built = tempfile.TemporaryDirectory()  # of all tests: building is what takes time
        cls.addClassCleanup(built.cleanup)
        cls.built = built.name
        cls.source = (SOURCE / FILE).read_text()
        assert cls.source.count(LINE) == 1, "the line that is changed is there no more: plant the mutants elsewhere"

    def plant(self, name, to, kind="real", theorem="none: planted", more=""):
        """A mutant whose patch puts `to` in the place of the line."""
        changed = self.source.replace(LINE, to)
        diff = "".join(difflib.unified_diff(self.source.splitlines(True), changed.splitlines(True), "a/" + FILE, "b/" + FILE))
        return self.file(f"set/{name}/mutant.patch", HEADER.format(name=name, kind=kind, theorem=theorem, more=more) + diff)

    def mutants(self, *arguments, budget=2):
        done = self.run_command("mutants", "--mutants", "set", "--cache", self.built, "--budget", budget, "--json", *arguments)
        try:
            section = json.loads(done.stdout)
        except json.JSONDecodeError:
            self.fail((done.returncode, done.stderr))
        return done.returncode, {e["mutant"]: e for e in section["mutants"]}, section

    def test_every_end_is_told_apart(self):
        self.plant("dead", DEAD, theorem="x86_64/*/hugetlb-2M/two-inside/faults-0")
        self.plant("comment", LINE + "  // nothing\n")
        self.plant("loop", LINE + "  if (write) for (volatile bool on = true; on;) {}\n")
        self.plant("crash", LINE + "  if (write) __builtin_trap();\n")
        self.plant("stillborn", LINE + "  return nothing;\n", kind="generated")
        self.plant("broken", LINE + "  return nothing;\n")
        self.plant("apart", DEAD, more="Needs: concurrency\n")
        stale = self.plant("stale", DEAD)
        stale.write_text(stale.read_text().replace("-  const auto write", "-  const auto wrote"))
        self.file("set/header/mutant.patch", "Mutant: header\nKind: odd\n")
        code, entries, section = self.mutants("--out", "results.json")
        self.assertEqual({n: e["verdict"] for n, e in entries.items()},
                         {"dead": "killed", "comment": "survived", "loop": "killed", "crash": "killed", "stillborn": "stillborn", "broken": "failed",
                          "apart": "needs concurrency", "stale": "failed", "header": "failed"}, entries)
        self.assertEqual(code, 6)  # tools failed
        dead = entries["dead"]
        self.assertEqual(dead["fuzz"]["outcome"], "finding")
        self.assertTrue(dead["fuzz"]["as_named"])
        self.assertGreater(dead["fuzz"]["executions"], 0)
        self.assertEqual(dead["witness"]["mappings"], 1)
        self.assertTrue((self.folder / dead["witness"]["file"]).exists())
        self.assertEqual(entries["loop"]["fuzz"]["outcome"], "hang")
        self.assertEqual(entries["crash"]["fuzz"]["outcome"], "crash")
        self.assertIn("signal", entries["crash"]["fuzz"]["detail"])
        self.assertIn(f"does not apply any more ({FILE}, Hunk #1 FAILED", entries["stale"]["reason"])
        self.assertIn("does not compile: " + FILE, entries["broken"]["reason"])
        self.assertIn("has no diff", entries["header"]["reason"])
        everything = section["summary"][-1]
        self.assertEqual((everything["mutants"], everything["counted"], everything["either"], everything["survived"]), (9, 4, 3, 1))
        self.assertEqual(json.loads((self.folder / "results.json").read_text())["mutants"], section["mutants"])

        # Again, from the cache: the same record but for the times, and 0 when all that counts is dead.
        code, again, section = self.mutants("dead", "apart")
        self.assertEqual(code, 0)
        self.assertEqual(again["dead"], dead)
        self.assertEqual(section["run"]["mutants"]["mutants"]["dead"]["build_seconds"], 0)
        code, alone, _ = self.mutants("comment", "--no-proof")
        self.assertEqual((code, alone["comment"]["fuzz"]), (10, {"outcome": "none"}))
        # Its witness replays by the command that is given for it.
        command = section["run"]["mutants"]["mutants"]["dead"]["replay"].split()
        self.assertEqual(self.run_command(*command[1:]).returncode, 10)
        # A twin that is none is as bad as a survivor.
        witness = (self.folder / dead["witness"]["file"]).read_bytes()
        self.file("set/dead/bad.toml", witness)
        self.file("set/dead/good.toml", witness)
        code, twins, _ = self.mutants("dead", "--no-proof")
        self.assertEqual(code, 10)
        self.assertEqual(twins["dead"]["twins"]["bad"], {"with": "divergent", "without": "holds", "shown_in": dead["fuzz"]["shown_in"]})
        self.assertIn("good.toml with the bug: divergent", twins["dead"]["twins"]["good"]["wrong"])

    def test_the_prover_kills_what_fuzzing_has_no_time_for(self):
        self.plant("dead", DEAD, theorem="x86_64/*/hugetlb-2M/two-inside/faults-0", kind="synthetic")
        code, entries, _ = self.mutants("--proof", budget=0.1)  # however much that is: the proof does not need it
        self.assertEqual(code, 0)
        self.assertEqual(entries["dead"]["proof"]["outcome"], "refuted")
        self.assertIn("fails", entries["dead"]["proof"]["claim"])

    def test_ctrl_c_keeps_what_is_finished_and_leaves_no_process(self):
        self.plant("apart", DEAD, more="Needs: concurrency\n")
        self.plant("comment", LINE + "  // nothing\n")
        self.mutants("apart")
        command = [os.environ["GUPDIFF"], "mutants", "--mutants", "set", "--cache", self.built, "--budget", "600", "--jobs", "2", "--json"]
        with subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            for _ in range(1200):
                if "fuzz --engine random --seed" in "".join(_commands(self.folder)):
                    break
                time.sleep(0.1)
            running.send_signal(2)
            out, error = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 130, error)
        self.assertIn(b"interrupted", error)
        self.assertEqual([e["mutant"] for e in json.loads(out)["mutants"]], ["apart"])
        time.sleep(0.3)
        self.assertEqual(list(_commands(self.folder)), [])

    def test_bad_input_is_one_sentence(self):
        self.assert_refused(2, ["mutants", "--mutants", "nowhere"], "nowhere", "folder of mutants")
        self.plant("dead", DEAD)
        base = ["mutants", "--mutants", "set", "--cache", self.built]
        self.assert_refused(2, [*base, "M99"], "M99", "--list")
        self.assert_refused(2, [*base, "--only", "odd"], "odd", "synthetic")
        self.assert_refused(2, [*base, "--only", "synthetic"], "--only")
        self.assert_refused(2, [*base, "--source", "set"], "root of gupdiff's sources", "--source")
        self.assert_refused(2, [*base, "--compiler", "no-such-compiler"], "no-such-compiler is not installed", "--compiler")
        self.assert_refused(2, [*base, "--jobs", "1000"], "--jobs 1000")
        self.file("file", "")
        self.assert_refused(2, [*base[:3], "--cache", "file/x"], "file")


def _commands(folder):
    """Command lines of the processes that run in the folder."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") == str(folder.resolve()):
                yield (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue


if __name__ == "__main__":
    unittest.main()
