# SPDX-License-Identifier: GPL-2.0-only
# The same inputs and seed give the same bytes.
import json
import tempfile

from command import CommandTest, D17, SOURCE


class Determinism(CommandTest):
    def twice(self, *arguments):
        """Runs a command in two empty folders; its output must be the same bytes."""
        first = self.run_command(*arguments)
        with tempfile.TemporaryDirectory() as other:
            home, self.folder = self.folder, type(self.folder)(other)
            second = self.run_command(*arguments)
            self.folder = home
        self.assertEqual(first.stdout, second.stdout)
        self.assertEqual(first.returncode, second.returncode)
        self.assertTrue(first.stdout)
        return first

    def test_replay(self):
        self.twice("replay", "--json", SOURCE / "corpus/divergences")
        self.twice("replay", D17)

    def test_a_bounded_campaign(self):
        done = self.twice("fuzz", "--runs", "20000", "--seed", "7", "--without", "D17,D42", "--keep-going", "--json")
        self.assertGreater(len(json.loads(done.stdout)["findings"]), 0)

    def test_the_encoder_check_on_any_number_of_threads(self):
        runs = [self.twice("encoder", "--runs", "300", "--json", "--threads", n).stdout for n in (1, 3)]
        self.assertEqual(runs[0], runs[1])
        self.assertEqual(json.loads(runs[0])["verdict"], "holds")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_generated_scenarios(self):
        for folder in ("one", "two"):
            self.assertEqual(self.run_command("generate", "--seed", "5", "--count", "30", "-o", folder).returncode, 0)
        names = sorted(p.name for p in (self.folder / "one").iterdir())
        self.assertEqual(len(names), 30)
        for name in names:
            self.assertEqual((self.folder / "one" / name).read_bytes(), (self.folder / "two" / name).read_bytes())
        self.assertNotEqual((self.folder / "one" / names[0]).read_bytes(), (self.folder / "one" / names[1]).read_bytes())

    def test_lists(self):
        for arguments in (["walks"], ["catalogue"], ["catalogue", "--json"], ["prove", "--list"], ["show", D17]):
            self.twice(*arguments)
