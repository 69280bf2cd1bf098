# SPDX-License-Identifier: GPL-2.0-only
# The scripts refuse what they do not know, before they install or build anything.
import subprocess
import unittest

from command import SOURCE


def run(script, *arguments, **environment):
    return subprocess.run([SOURCE / "scripts" / script, *arguments], capture_output=True, text=True, timeout=60,
                          env=environment or None, check=False)


class Scripts(unittest.TestCase):
    def test_unknown_options(self):
        for script in ("campaign.sh", "setup.sh"):
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
