# SPDX-License-Identifier: GPL-2.0-only
# gupdiff minimize: a smaller input, the same finding; and one sentence where there is none.
import json
import os
import resource
import subprocess

from command import CommandTest, D17, GUPDIFF, SOURCE


def no_more_bytes():
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


class Minimize(CommandTest):
    def minimize(self, *arguments):
        done = self.run_command("minimize", "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_text_and_binary_come_to_the_same_finding(self):
        witness = SOURCE / "corpus/divergences/D42.toml"
        self.assertEqual(self.run_command("encode", witness, "-o", "d42.bin").returncode, 0)
        # What an engine keeps has no name that tells its form.
        crash = self.file("crash-1234", (self.folder / "d42.bin").read_bytes())
        found = [self.minimize(f, "--pair", "v6.9:v6.10", "--without", "D42") for f in (witness, "d42.bin", crash)]
        self.assertEqual(len({f["identity"]["text"] for f in found}), 1)
        self.assertEqual(found[0]["identity"]["row"], "D42")
        folder = self.folder / found[0]["output"]
        self.assertLessEqual({"scenario.toml", "scenario.bin", "finding.txt", "finding.json", "regression.toml"}, set(os.listdir(folder)))
        self.assertEqual(self.run_command("replay", folder / "regression.toml").returncode, 0)
        replay = found[0]["replay"].split()
        self.assertEqual(self.run_command(*replay[1:]).returncode, 10)
        self.assertEqual(self.run_command("replay", folder / "scenario.bin", "--without", "D42").returncode, 10)

    def test_every_witness_becomes_small(self):
        large = []
        for row in json.loads(self.run_command("catalogue", "--json").stdout):
            done = self.minimize(SOURCE / row["witness"], "--without", row["id"], "-o", "small.toml")
            self.assertEqual(done["identity"]["row"], row["id"])
            if done["after"]["entries"] > 8 or done["after"]["mappings"] > 1:
                large.append(row["id"])
        self.assertLessEqual(len(large), 1, large)

    def test_a_finding_that_is_not_there(self):
        seed = SOURCE / "corpus/seeds/thp-read.toml"
        self.assert_refused(2, ["minimize", seed], "thp-read.toml", "no finding", "--pair")
        self.assert_refused(2, ["minimize", D17], "D17.toml", "known", "--without")
        self.assertEqual(os.listdir(self.folder), [])

    def test_bad_files(self):
        self.assert_refused(2, ["minimize", "nowhere.toml"], "nowhere.toml")
        self.assert_refused(2, ["minimize", self.file("broken.toml", "[request]\napi = 'gte'\n")], "broken.toml:2")
        self.assert_refused(2, ["minimize", self.file("empty", b"")], "empty")
        if os.getuid() != 0:
            hidden = self.file("hidden.toml", "x")
            hidden.chmod(0)
            self.assert_refused(2, ["minimize", hidden], "hidden.toml")

    def test_places_that_cannot_be_written(self):
        self.file("file", "x")
        for out in ("file/findings", "file/x.toml", "nowhere/x.bin"):
            self.assert_refused(2, ["minimize", D17, "--without", "D17", "-o", out], out)
        self.assertEqual(os.listdir(self.folder), ["file"])

    def test_a_full_disk_leaves_nothing(self):
        for out in ("folder", "one.toml"):
            done = subprocess.run([GUPDIFF, "minimize", D17, "--without", "D17", "-o", out], cwd=self.folder, capture_output=True,
                                  preexec_fn=no_more_bytes, restore_signals=False, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(b"cannot be written", done.stderr)
            self.assertEqual(os.listdir(self.folder), [])
