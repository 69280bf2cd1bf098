# SPDX-License-Identifier: GPL-2.0-only
# The documents the command writes follow the schema, whatever sections were run.
import gzip
import json
import xml.dom.minidom

import jsonschema

from command import CommandTest, SOURCE

with open(SOURCE / "report/results.schema.json", encoding="utf-8") as f:
    SCHEMA = jsonschema.Draft202012Validator(json.load(f))


class Report(CommandTest):
    def small_capture(self):
        with gzip.open(SOURCE / "corpus/captures/6.12.jsonl.gz", "rb") as f:
            return self.file("small.jsonl", b"".join(f.readline() for _ in range(400)))

    def test_the_four_files_are_written_and_agree(self):
        done = self.run_command("report", "--only", "replay,conform,fuzz", "--time", "2", "--corpus", SOURCE / "corpus/divergences",
                                "--captures", self.small_capture(), "-o", "r")
        self.assertIn(done.returncode, (0, 10), done.stderr)
        document = json.loads((self.folder / "r/results.json").read_text())
        self.assertEqual([e.message for e in SCHEMA.iter_errors(document)], [])
        self.assertEqual(document["verdict"]["exit_code"], done.returncode)
        self.assertIn(b"r/index.html", done.stdout)
        page = (self.folder / "r/index.html").read_text()
        self.assertIn("D17", page)
        self.assertIn("<svg", page)
        xml.dom.minidom.parse(str(self.folder / "r/junit.xml"))
        self.assertIn(document["verdict"]["word"], (self.folder / "r/summary.md").read_text().splitlines()[0])
        again = self.run_command("report", "--from", "r/results.json", "-o", "again")
        self.assertEqual(again.returncode, done.returncode)
        for name in ("results.json", "index.html", "junit.xml", "summary.md"):
            self.assertEqual((self.folder / "r" / name).read_bytes(), (self.folder / "again" / name).read_bytes(), name)

    def test_a_switched_off_row_is_a_divergence_everywhere(self):
        done = self.run_command("report", "--only", "replay", "--without", "D17", "--corpus", SOURCE / "corpus/divergences", "-o", "r")
        self.assertEqual(done.returncode, 10)
        document = json.loads((self.folder / "r/results.json").read_text())
        self.assertEqual(document["without"], ["D17"])
        self.assertEqual(document["verdict"]["word"], "divergence")
        self.assertIn("<failure", (self.folder / "r/junit.xml").read_text())

    def test_outside_the_run_object_two_runs_are_the_same(self):
        documents = []
        for folder in ("a", "b"):
            self.run_command("report", "--only", "replay", "--corpus", SOURCE / "corpus/divergences", "-o", folder)
            documents.append(json.loads((self.folder / folder / "results.json").read_text()))
            self.assertIn("run", documents[-1])
            del documents[-1]["run"]
        self.assertEqual(*documents)


class Sections(CommandTest):
    def section(self, key, arguments):
        done = self.run_command(*arguments, "--json")
        section = json.loads(done.stdout)
        run = section.pop("run", None) if isinstance(section, dict) else None
        document = {"schema": 1, "tool": {"name": "gupdiff", "version": "0", "commit": "0"}, "pair": {"a": "a", "b": "b"}, "seed": 1,
                    "without": [], "verdict": {"word": "holds", "exit_code": 0, "sentence": ""}, key: section}
        if run:
            document["run"] = run
        self.assertEqual([e.message for e in SCHEMA.iter_errors(document)], [], arguments)
        return section

    def test_each_json_option_prints_a_section_of_the_schema(self):
        self.section("replay", ["replay", SOURCE / "corpus/divergences"])
        self.section("fuzz", ["fuzz", "--time", "1"])
        self.section("catalogue", ["catalogue"])
        self.section("proofs", ["prove", "x86_64/v6.9:v6.10/hugetlb-1G/one-page", "--timeout", "1"])
        self.section("conform", ["conform", SOURCE / "corpus/captures/6.12.jsonl.gz"])
