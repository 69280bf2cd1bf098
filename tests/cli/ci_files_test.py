# SPDX-License-Identifier: GPL-2.0-only
# The CI files of docs/ci/: every gupdiff command in them runs as it stands there, only shorter.
import re
import shlex
import shutil

from command import SOURCE, CommandTest

VARIABLES = {"$PAIR": "v6.9:v6.10", "$GITHUB_RUN_NUMBER": "7", "$CI_PIPELINE_IID": "7", "${{ matrix.shard }}": "1"}
SMALL = "x86_64/v6.9:v6.10/pte-secretmem/one-page"  # a theorem that takes no time


def commands(name):
    """The arguments of each gupdiff command of a CI file, in order."""
    for line in (SOURCE / "docs/ci" / name).read_text().splitlines():
        found = re.search(r"build/release/gupdiff (.*)", line)
        if found is None:
            continue
        text = found.group(1)
        for variable, value in VARIABLES.items():
            text = text.replace(variable, value)
        yield shlex.split(text.split(" || ")[0])


def shortened(arguments):
    """The same with a second for each time, and one theorem."""
    short = [("1" if before == "--time" else word) for before, word in zip([""] + arguments, arguments)]
    if arguments[0] == "report" and "--proved" not in arguments:
        short += ["--prove", SMALL, "--captures", str(SOURCE / "corpus/captures/6.1.jsonl.gz")]
    if arguments[0] == "prove":
        short.insert(1, SMALL)
    return short


class CiFiles(CommandTest):
    def run_all(self, name):
        (self.folder / "corpus").symlink_to(SOURCE / "corpus")
        seen = []
        for arguments in commands(name):
            if "--proved" in arguments:
                arguments = self.with_all_shards(arguments)
            done = self.run_command(*shortened(arguments))
            said = done.stderr.decode(errors="replace")
            # A campaign of a second is in no good health, which it says with the code of an inconclusive run.
            allowed = (0, 5) if "--strict" in arguments else (0,)
            self.assertIn(done.returncode, allowed, (arguments, said, done.stdout[-800:]))
            seen.append(arguments[0])
        return seen

    def with_all_shards(self, arguments):
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        for shard in range(1, 5):
            done = self.run_command("prove", SMALL, "--shard", f"{shard}/4", "--out", f"shard-{shard}.json", "--no-cache")
            self.assertEqual(done.returncode, 0, done.stderr)
        at = arguments.index("shard-*.json")  # which the shell expands there
        return arguments[:at] + [f"shard-{shard}.json" for shard in range(1, 5)] + arguments[at + 1:]

    def test_github(self):
        seen = self.run_all("github-actions.yml")
        self.assertEqual(seen, ["report", "campaign", "campaign", "campaign", "prove", "report"])
        for name in ("results.sarif", "junit.xml", "summary.md", "index.html", "results.json"):
            self.assertTrue((self.folder / "out" / "report" / name).exists() or (self.folder / "out" / "proofs" / name).exists(), name)

    def test_gitlab(self):
        self.assertEqual(self.run_all("gitlab-ci.yml"), ["report", "campaign", "campaign", "campaign"])
        self.assertTrue((self.folder / "out/report/junit.xml").exists())
