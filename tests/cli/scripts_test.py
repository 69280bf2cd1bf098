# SPDX-License-Identifier: GPL-2.0-only
# The scripts refuse what they do not know, before they install or build anything.
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from command import GUPDIFF, SOURCE


def run(script, *arguments, **environment):
    return subprocess.run([SOURCE / "scripts" / script, *arguments], capture_output=True, text=True, timeout=60,
                          env=environment or None, check=False)


class Scripts(unittest.TestCase):
    def test_unknown_options(self):
        for script in ("campaign.sh", "setup.sh", "nightly.sh"):
            done = run(script, "--nonsense")
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr.count("\n"), 1)
            self.assertIn("--nonsense", done.stderr)

    def test_an_unknown_preset(self):
        for arguments in (("--preset", "nonsense"), ("--preset",)):
            done = run("build.sh", *arguments)
            self.assertEqual((done.returncode, done.stderr.count("\n"), done.stdout), (1, 1, ""), done.stderr)
            self.assertIn("release", done.stderr)

    def test_a_time_that_is_no_number(self):
        for value in ("soon", "", "-1"):
            done = run("campaign.sh", "--time", value)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("--time", done.stderr)

    def test_set_up_is_silent_when_nothing_is_missing(self):
        done = run("setup.sh", "--tests")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_the_readme_says_what_each_package_is_for(self):
        script = pathlib.Path(SOURCE, "scripts/setup.sh").read_text()
        installed = {name for part in re.findall(r"packages=\((.*?)\)", script, re.S) for name in part.split()}
        table = pathlib.Path(SOURCE, "README.md").read_text().split("## What it is built on")[1].split("\n## ")[0]
        self.assertGreater(len(installed), 20)
        self.assertEqual(installed, {name for row in re.findall(r"^\| ([^|]*) \|", table, re.M) for name in re.findall(r"[a-z0-9.+-]*[a-z][a-z0-9.+-]*", row)} - {"package"})


class Nightly(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def nightly(self, *arguments, program=GUPDIFF):
        return subprocess.run([SOURCE / "scripts/nightly.sh", *map(str, arguments)], capture_output=True, text=True, timeout=240,
                              cwd=self.folder, env={**os.environ, "GUPDIFF": str(program)}, check=False)

    def other_at_v6_10(self, command):
        """A program that is gupdiff, but runs `command` for the pair v6.9:v6.10."""
        program = self.folder / "other"
        program.write_text(f'#!/bin/sh\n[ "$3" = v6.9:v6.10 ] && {command}\nexec {GUPDIFF} "$@"\n')
        program.chmod(0o755)
        return program

    def test_numbers_that_are_none(self):
        for arguments in (("--runs", "0"), ("--runs", "many"), ("--seed", "-1"), ("--jobs",)):
            done = self.nightly(*arguments)
            self.assertEqual((done.returncode, done.stderr.count("\n"), done.stdout), (1, 1, ""), done.stderr)
            self.assertIn(arguments[0], done.stderr)

    def test_a_program_that_is_not_there(self):
        done = self.nightly("--out", "night", program=self.folder / "nothing")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)

    def test_a_folder_of_somebody_else_is_left_alone(self):
        mine = self.folder / "mine"
        mine.mkdir()
        (mine / "thesis.txt").write_text("years")
        (mine / "nightly").mkdir()  # build/release has one
        done = self.nightly("--out", mine)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)
        self.assertEqual((mine / "thesis.txt").read_text(), "years")

    def test_pairs_are_counted_and_a_folder_is_used_again(self):
        for _ in range(2):
            done = self.nightly("--runs", 90000, "--out", "night")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            last = done.stdout.splitlines()[-1]
            self.assertRegex(last, r"^\d+ pairs of walks judged, no finding$")
            self.assertGreaterEqual(int(last.split()[0]), 90000)

    def test_an_alarm_ends_it_with_10(self):
        done = self.nightly("--runs", 900000, "--out", "night", program=self.other_at_v6_10(f'exec {GUPDIFF} "$@" --without D17'))
        self.assertEqual(done.returncode, 10, done.stdout + done.stderr)
        self.assertRegex(done.stdout.splitlines()[-1], r" [1-9]\d* findings in night/findings$")

    def test_a_run_that_does_not_do_its_work_ends_it_with_6(self):
        done = self.nightly("--runs", 90000, "--out", "night", program=self.other_at_v6_10("kill -9 $$"))
        self.assertEqual(done.returncode, 6, done.stdout + done.stderr)
