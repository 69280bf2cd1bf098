# SPDX-License-Identifier: GPL-2.0-only
# What tests of campaigns have in common: making one, running it, looking into its folder.
import json
import pathlib
import subprocess
import time

from command import CommandTest, GUPDIFF

LANE = "v6.9_v6.10.libfuzzer.x86_64"


class CampaignTest(CommandTest):
    def new(self, *arguments, name="c"):
        done = self.run_command("campaign", "new", name, "--arch", "x86_64", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.folder / name

    def run_json(self, *arguments, code=0):
        done = self.run_command("campaign", *arguments, "--json")
        self.assertEqual(done.returncode, code, (done.stderr, done.stdout[-2000:]))
        return json.loads(done.stdout)

    def start(self, *arguments, **options):
        process = subprocess.Popen([GUPDIFF, "campaign", *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        return process

    def wait_until(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, "it did not happen")
            time.sleep(0.05)

    def corpus(self, name="c", lane=LANE):
        return {p.name: p.read_bytes() for p in (self.folder / name / "lanes" / lane / "corpus").iterdir()}

    def statistics(self, name="c"):
        return [json.loads(line) for line in (self.folder / name / "statistics.jsonl").read_text().splitlines()]


def descendants(pid):
    """[(pid, parent)] of every process below `pid`."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    found = [pid]
    for at in found:
        found += [p for p, parent in parents.items() if parent == at]
    return [(p, parents[p]) for p in found[1:]]
