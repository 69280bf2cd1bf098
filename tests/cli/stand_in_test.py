# SPDX-License-Identifier: GPL-2.0-only
# --stand-in: a changed model in the place of a registered walk, found by fuzzing, replay and proof.
import json
import shutil
import subprocess

from command import CommandTest, SOURCE

PAIR = ["--pair", "v6.9:v6.10"]
THEOREM = "x86_64/v6.9:v6.10/hugetlb-1G/one-page/faults-0"
REFUSAL = "if ((flags & FOLL_WRITE) != 0u && !arch.write(e)) {"


def build(folder, change):
    """The two shared objects of a copy of the models in which `change` was made to follow_page.hpp."""
    tree = folder / "tree"
    tree.mkdir()
    for room in ["model", "legacy", "unified", "oracle", "proofs", "scripts"]:
        shutil.copytree(SOURCE / room, tree / room)
    walk = tree / "unified/follow_page.hpp"
    text = walk.read_text()
    changed = change(text)
    walk.write_text(changed)
    subprocess.run([tree / "scripts/stand-in.sh", folder / "so"], check=True, capture_output=True)
    shutil.rmtree(tree)
    return text != changed


class StandIn(CommandTest):
    def stand_in(self, *names, walk="v6.10"):
        return [word for name in names for word in ("--stand-in", f"{walk}={self.folder / 'so' / name}")]

    def test_a_seeded_bug_is_found(self):
        self.assertTrue(build(self.folder, lambda text: text.replace(REFUSAL, "if (false) {", 1)))
        words, both = self.stand_in("words.so"), self.stand_in("words.so", "terms.so")
        done = self.run_command("fuzz", *PAIR, "--engine", "random", "--arch", "x86_64", "--time", 60, *words, "--json")
        self.assertEqual(done.returncode, 10, done.stderr)
        finding = json.loads(done.stdout)["findings"][0]
        scenario = finding["file"] if "file" in finding else next((self.folder / "findings").rglob("scenario.toml"))
        self.assertEqual(self.run_command("replay", scenario, *PAIR, *words).returncode, 10)
        self.assertEqual(self.run_command("replay", scenario, *PAIR).returncode, 0)
        done = self.run_command("prove", THEOREM, "--no-cache", *both)
        self.assertEqual(done.returncode, 10, done.stdout + done.stderr)
        # The bug is the stand-in's, not the walk's; and the walk held against it differs.
        self.assertEqual(self.run_command("prove", THEOREM, "--no-cache").returncode, 0)
        self.assertEqual(self.run_command("prove", THEOREM.replace("v6.9:", "v6.10:"), "--pair", "v6.10:v6.10", "--no-cache", *both).returncode, 10)

    def test_the_same_walk_is_the_same(self):
        self.assertFalse(build(self.folder, lambda text: text))
        both = self.stand_in("words.so", "terms.so")
        plain = self.run_command("prove", THEOREM, "--no-cache", "--json")
        stood_in = self.run_command("prove", THEOREM, "--no-cache", "--json", *both)
        self.assertEqual(stood_in.returncode, 0, stood_in.stderr)
        counts = [json.loads(done.stdout)["theorems"][0]["paths"] for done in (plain, stood_in)]
        self.assertEqual(counts[0], counts[1])
        done = self.run_command("fuzz", *PAIR, "--engine", "libfuzzer", "--runs", 20000, *self.stand_in("words.so"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_is_no_stand_in(self):
        fuzz = ["fuzz", *PAIR, "--engine", "random", "--runs", 1]
        self.assert_refused(2, [*fuzz, "--stand-in", "words.so"], "words.so", "WALK=FILE")
        self.assert_refused(2, [*fuzz, "--stand-in", "v7.1=words.so"], "v7.1", "v6.12")
        self.assert_refused(2, [*fuzz, "--stand-in", "v6.12=words.so"], "v6.12", "v6.9:v6.10")
        self.assert_refused(2, [*fuzz, "--stand-in", "v6.10=words.so"], "words.so", "No such file")
        self.file("noise.so", b"\x7fELF but no more")
        self.assert_refused(2, [*fuzz, "--stand-in", "v6.10=noise.so"], "noise.so")
        subprocess.run(["clang++-19", "-shared", "-o", self.folder / "other.so", self.file("other.cpp", "int nothing;")], check=True)
        self.assert_refused(2, [*fuzz, "--stand-in", "v6.10=other.so"], "other.so", "no stand-in")
        layout = """extern "C" { extern const unsigned long gupdiff_stand_in_layout[3];
            const unsigned long gupdiff_stand_in_layout[3] = {1, 2, 3};
            void gupdiff_stand_in_walk() {} void gupdiff_stand_in_expected() {} }"""
        subprocess.run(["clang++-19", "-shared", "-fPIC", "-o", self.folder / "old.so", self.file("old.cpp", layout)], check=True)
        self.assert_refused(2, [*fuzz, "--stand-in", "v6.10=old.so"], "old.so", "other sources")
        self.assert_refused(2, ["fuzz", "--engine", "afl", "--stand-in", "v6.10=old.so"], "AFL++")
        self.assert_refused(2, ["replay", SOURCE / "corpus/divergences/D17.toml", "--stand-in", "v6.10=old.so"], "--pair")
