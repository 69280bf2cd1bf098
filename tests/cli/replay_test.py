# SPDX-License-Identifier: GPL-2.0-only
# What replay, show, encode, decode and generate do for their user.
import json

from command import CommandTest, D17, SOURCE


class Replay(CommandTest):
    def test_a_known_divergence_holds_and_names_its_row(self):
        done = self.run_command("replay", D17)
        self.assertEqual(done.returncode, 0)
        text = done.stdout.decode()
        for part in ("D17", "never returns", "hugetlb_follow_page_mask", "follow_pud_mask", "again"):
            self.assertIn(part, text)

    def test_without_its_row_it_is_a_divergence(self):
        done = self.run_command("replay", D17, "--without", "D17")
        self.assertEqual(done.returncode, 10)
        self.assertIn(b"divergent", done.stdout)

    def test_a_walk_does_not_differ_from_itself(self):
        for walk in ("v6.9", "unified", "v6.12", "v6.12.117"):
            done = self.run_command("replay", "--json", SOURCE / "corpus/divergences", "--pair", f"{walk}:{walk}")
            for entry in json.loads(done.stdout)["entries"]:
                differs = [f["facet"] for f in entry["facets"] if f["state"] != "equal"]
                self.assertEqual(differs, [], f"{walk}: {entry['file']}")

    def test_the_whole_corpus_is_as_it_says(self):
        done = self.run_command("replay", "--json", SOURCE / "corpus")
        section = json.loads(done.stdout)
        self.assertEqual([e["file"] for e in section["entries"] if e["verdict"] in ("divergent", "unexpected")], [])
        self.assertEqual(done.returncode, 0)

    def test_an_expectation_that_is_not_met_is_unexpected(self):
        with open(D17, encoding="utf-8") as f:
            text = f.read()
        self.file("wrong.toml", text.replace('result = "known"', 'result = "equal"'))
        done = self.run_command("replay", "--json", "wrong.toml")
        self.assertEqual(done.returncode, 10)
        self.assertEqual(json.loads(done.stdout)["entries"][0]["verdict"], "unexpected")

    def test_no_colour_in_a_pipe(self):
        self.assertNotIn(b"\033", self.run_command("replay", D17).stdout)


class Transcoding(CommandTest):
    def test_text_to_binary_and_back_replays_the_same(self):
        self.assertEqual(self.run_command("encode", D17, "-o", "a.bin").returncode, 0)
        self.assertEqual(self.run_command("decode", "a.bin", "-o", "b.toml").returncode, 0)
        self.assertEqual(self.run_command("encode", "b.toml", "-o", "c.bin").returncode, 0)
        self.assertEqual((self.folder / "a.bin").read_bytes(), (self.folder / "c.bin").read_bytes())
        facets = [json.loads(self.run_command("replay", "--json", f).stdout)["entries"][0]["facets"] for f in (D17, "a.bin", "b.toml")]
        self.assertEqual(facets[0], facets[1])
        self.assertEqual(facets[0], facets[2])

    def test_generated_scenarios_replay(self):
        self.assertEqual(self.run_command("generate", "--count", "200", "--seed", "3", "-o", "g").returncode, 0)
        section = json.loads(self.run_command("replay", "--json", "g").stdout)
        self.assertEqual(section["files"], 200)


class Show(CommandTest):
    def test_a_picture_with_both_paths(self):
        done = self.run_command("show", D17, "--svg", "d17.svg")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"pud", done.stdout)
        picture = (self.folder / "d17.svg").read_text()
        for part in ("<svg", "v6.9", "v6.10"):
            self.assertIn(part, picture)
