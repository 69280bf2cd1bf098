# SPDX-License-Identifier: GPL-2.0-only
# What another solver says of a proof's queries: that it agrees, that it does not, that it
# cannot; and the queries as files.
import json
import pathlib
import subprocess

from command import CommandTest

THEOREM = "x86_64/v6.9:v6.10/hugetlb-1G/one-page/no-pud-devmap"
READER = "x86_64/reader/v6.10/leaf/pmd"
LIES = """#!/usr/bin/env python3
import sys
for line in sys.stdin:
    if line.startswith("(check-sat)"):
        print("unsat", flush=True)
"""
DIES = "#!/bin/sh\nexit 3\n"
HANGS = "#!/bin/sh\nexec sleep 1000\n"
COMPLAINS = "#!/bin/sh\nread line\necho '(error \"no logic for me\")'\ncat >/dev/null\n"


class SmallBounds(CommandTest):
    def test_a_divergence_is_a_scenario(self):
        done = self.run_command("exhaust", "x86_64/hugetlb-1G/no-access", "--flags", "WRITE,FORCE", "--without", "D17", "--prove", "--json")
        self.assertEqual(done.returncode, 10, done.stderr)
        bound = json.loads(done.stdout)["bounds"][0]
        self.assertEqual(bound["proof"], "agrees")
        self.assertEqual(self.run_command("replay", bound["divergence"], "--without", "D17").returncode, 10)
        self.assertEqual(self.run_command("replay", bound["divergence"]).returncode, 0)


class SecondOpinion(CommandTest):
    def script(self, content):
        path = self.file("solver", content)
        path.chmod(0o755)
        return str(path)

    def prove(self, *arguments):
        done = self.run_command("prove", "--json", *arguments)
        section = json.loads(done.stdout)
        self.assertEqual(len(section["theorems"]), 1)
        return done.returncode, section["theorems"][0]

    def test_cvc5_agrees(self):
        code, theorem = self.prove(THEOREM, "--cross-check", "cvc5", "--cross-check-inferences", "10000")
        self.assertEqual((code, theorem["verdict"]), (0, "proved-except"))
        opinion = theorem["second_opinion"]
        self.assertGreater(opinion["inferences"], 5)
        self.assertGreater(opinion["queries"], 50 + opinion["inferences"])
        self.assertEqual(opinion["agreed"], opinion["queries"])
        self.assertEqual(opinion["none"], 0)

    def test_a_solver_that_says_the_opposite(self):
        code, theorem = self.prove(READER, "--cross-check", self.script(LIES))
        self.assertEqual((code, theorem["verdict"]), (6, "internal error"))
        self.assertIn("we say sat", theorem["detail"])
        self.assertIn("says unsat", theorem["detail"])
        file = self.folder / theorem["detail"].split(": ")[-1]
        self.assertIn("(set-info :status sat)", file.read_text())

    def test_a_solver_that_cannot_say(self):
        for content, why in ((DIES, "died"), (HANGS, "in time"), (COMPLAINS, "no logic for me")):
            with self.subTest(why):
                code, theorem = self.prove(READER, "--cross-check", self.script(content), "--cross-check-timeout", "0.05")
                self.assertEqual((code, theorem["verdict"]), (0, "proved"))
                opinion = theorem["second_opinion"]
                self.assertGreater(opinion["queries"], 0)
                self.assertEqual((opinion["agreed"], opinion["none"]), (0, opinion["queries"]))
                self.assertIn(why, opinion["why_none"])

    def test_queries_as_files(self):
        for folder in ("one", "two"):
            code, theorem = self.prove(READER, "--smt2", folder)
            self.assertEqual((code, theorem["verdict"]), (0, "proved"))
            self.assertNotIn("second_opinion", theorem)
        one, two = ({str(p.relative_to(self.folder / f)): p.read_bytes() for p in (self.folder / f).rglob("*") if p.is_file()}
                    for f in ("one", "two"))
        self.assertEqual(one, two)
        wanted = {"sat": 0, "unsat": 0}
        for name, content in one.items():
            text = content.decode()
            status = text.split(":status ")[1].split(")")[0]
            wanted[status] += 1
            self.assertIn(f"; theorem: {READER}\n", text)
            self.assertIn("; asked: ", text)
            said = subprocess.run(["cvc5", self.folder / "one" / pathlib.Path(name)], capture_output=True, text=True, timeout=60, check=True)
            self.assertEqual(said.stdout, status + "\n", name)
        self.assertGreater(min(wanted.values()), 0, wanted)
