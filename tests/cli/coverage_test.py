# SPDX-License-Identifier: GPL-2.0-only
# What the committed corpus runs of the walks, held to the list of gaps; and what inputs reach.
import json
import os
import resource

import jsonschema

from command import CommandTest, SOURCE

REASONS = SOURCE / "fuzz/uncovered.toml"
RUNNER = os.environ["GUPDIFF_COVERAGE_RUNNER"]
with open(SOURCE / "report/results.schema.json", encoding="utf-8") as f:
    SCHEMA = json.load(f)


def fits(section, key):
    definition = {"$schema": SCHEMA["$schema"], "$ref": f"#/$defs/{key}", "$defs": SCHEMA["$defs"]}
    return [e.message for e in jsonschema.Draft202012Validator(definition).iter_errors(section)]


class Coverage(CommandTest):
    def coverage(self, *arguments):
        done = self.run_command("coverage", "--json", "--runner", RUNNER, *arguments)
        self.assertIn(done.returncode, (0, 5), done.stderr)
        section = json.loads(done.stdout)
        self.assertEqual(fits(section, "coverage"), [])
        return done.returncode, section

    def test_the_corpus_runs_the_walks_but_for_gaps_that_have_a_reason(self):
        code, section = self.coverage(SOURCE / "corpus", "--reasons", REASONS)
        self.assertEqual(section["wrong"], [])
        self.assertEqual(code, 0)
        for room in section["rooms"]:
            if room["room"] in ("legacy", "unified"):
                self.assertGreaterEqual(room["lines"]["covered"] / room["lines"]["total"], 0.99, room)
        gaps = [g for g in section["gaps"] if g["file"].split("/")[0] in ("legacy", "unified")]
        self.assertTrue(gaps)
        self.assertEqual([g for g in gaps if not g.get("reason")], [])
        # Every header of the two rooms is among the files: none is left out by not being compiled.
        here = {f"{room}/{p.name}" for room in ("legacy", "unified") for p in (SOURCE / room).glob("*.hpp")}
        self.assertEqual(here - {f["file"] for f in section["files"]}, set())

    def test_a_scenario_less_is_a_gap_and_a_reason_too_many_is_told(self):
        kept = [p for p in sorted((SOURCE / "corpus").rglob("*.toml")) if p.name != "arm64-1g-read.toml"]
        reasons = self.file("more.toml", REASONS.read_text() + '\n[[gap]]\nfile = "legacy/v6_9.hpp"\nfunction = "FollowPage"\n'
                            'code = ["return follow_p4d_mask(m, known, vma, address, flags);"]\nreason = "none at all"\n')
        code, section = self.coverage(*kept, "--reasons", reasons)
        self.assertEqual(code, 5)
        self.assertIn("legacy/v6_9_offset.hpp", "\n".join(section["wrong"]))
        self.assertIn("more.toml", "\n".join(section["wrong"]))
        self.assertIn("follow_p4d_mask", "\n".join(section["wrong"]))

    def test_one_pair_runs_what_it_is_made_of(self):
        _, section = self.coverage(SOURCE / "corpus/seeds/thp-read.toml", "--pair", "v6.10:v6.12")
        lines = {f["file"]: f["lines"]["covered"] for f in section["files"]}
        self.assertGreater(lines["unified/follow_page.hpp"], 10)
        self.assertEqual(lines["legacy/v6_9_generic.hpp"], 0)
        self.assertEqual(section["scenarios"], 1)

    def test_what_is_missing_is_said_with_the_remedy(self):
        thp = SOURCE / "corpus/seeds/thp-read.toml"
        self.assert_refused(2, ["coverage", thp, "--runner", "/nowhere"], "/nowhere", "cmake --preset coverage")
        self.assert_refused(2, ["coverage", thp, "--runner", RUNNER], "llvm-profdata-19", "llvm-19", environment={"PATH": "/nowhere"})
        self.assert_refused(2, ["coverage", "nothing", "--runner", RUNNER], "nothing")
        self.assert_refused(2, ["coverage", self.file("e/readme", "x").parent, "--runner", RUNNER], "no scenario")
        self.assert_refused(2, ["coverage", self.file("bad.toml", "[reqest]\n"), "--runner", RUNNER], "bad.toml")
        self.assert_refused(2, ["coverage", thp, "--runner", RUNNER, "--reasons", self.file("r.toml", "[[gap]]\nfile = 'x'\n")], "r.toml:1", "function")
        self.assert_refused(2, ["coverage", thp, "--runner", RUNNER, "--pair", "v6.9"], "v6.9")


class Health(CommandTest):
    def test_the_generator_is_healthy_and_one_file_is_not(self):
        done = self.run_command("health", "--generate", 3000, "--json")
        section = json.loads(done.stdout)
        self.assertEqual(fits(section, "health"), [])
        self.assertEqual((done.returncode, section["problems"]), (0, []))
        self.assertEqual(done.stdout, self.run_command("health", "--generate", 3000, "--json").stdout)
        self.file("one/a", (b"\xf6" + bytes(40)))
        self.file("one/log", "no scenario")
        few = self.run_command("health", "one", "--json")
        section = json.loads(few.stdout)
        self.assertEqual((few.returncode, section["inputs"], section["skipped"]), (5, 1, 1))
        self.assert_refused(2, ["health", "nothing"], "nothing")
        self.assert_refused(2, ["health"], "--generate")


class Speed(CommandTest):
    def test_the_whole_corpus_replays_in_five_seconds(self):
        """Processor time, as other tests run at the same time: scenarios and captures."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual(self.run_command("replay", SOURCE / "corpus").returncode, 0)
        for capture in sorted((SOURCE / "corpus/captures").glob("*.gz")):
            self.assertEqual(self.run_command("conform", capture).returncode, 0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 5)
