# SPDX-License-Identifier: GPL-2.0-only
# Campaigns with lanes of AFL++: run beside others, killed, continued, joined and made small by its own tools.
import os
import pathlib
import shutil
import subprocess
import unittest

from campaign_command import CampaignTest, descendants
from command import SOURCE


class Afl(CampaignTest):
    def require_afl(self):
        if self.run_command("fuzz", "--engine", "afl", "--arch", "x86_64", "--time", "1").returncode == 2:
            self.skipTest("AFL++ or build/afl is not there")

    def test_a_lane_of_afl_beside_one_of_libfuzzer(self):
        self.require_afl()
        folder = self.new("--engine", "afl", "--engine", "libfuzzer", "--without", "D17", "--seeds", SOURCE / "corpus/divergences")
        section = self.run_json("run", "c", "--time", "5", "--jobs", "2", code=10)
        for lane in section["lanes"]:
            self.assertGreater(lane["executions"], 1000)
            self.assertGreater(lane["corpus"], 10)
            self.assertEqual(lane["crashes"], 0)
        afl = section["lanes"][0]
        self.assertEqual(afl["engine"], "afl")
        self.assertEqual(afl["stability"], 100)
        stats = (folder / "lanes" / afl["lane"] / "fuzzer_stats").read_text()
        self.assertIn("stability         : 100.00%", stats)
        self.assertTrue((folder / "lanes" / afl["lane"] / "engine").is_dir())
        # What is joined and made small is what its next run starts from.
        small = self.run_json("minimize", "c")["lanes"][0]
        self.assertLess(small["after"], small["before"])
        self.assertFalse((folder / "lanes" / afl["lane"] / "engine").exists())
        again = self.run_json("run", "c", "--time", "3", "--jobs", "2", code=10)
        self.assertGreater(again["lanes"][0]["executions"], afl["executions"])
        self.assertGreaterEqual(again["lanes"][0]["corpus"], small["after"])

    def test_kill_9_and_resume(self):
        self.require_afl()
        folder = self.new("--engine", "afl", "--seeds", SOURCE / "corpus/divergences")
        process = self.start("run", "c", "--time", "8", "--jobs", "1")
        self.wait_until(lambda: (folder / "statistics.jsonl").exists() and len(self.statistics()) > 2 and
                        self.statistics()[-1]["executions"] > 0)
        queue = next(folder.glob("lanes/*/engine")) / "main/queue"
        self.wait_until(lambda: len(list(queue.glob("id:*"))) > 5)
        below = [pid for pid, _ in descendants(process.pid)]
        self.assertGreaterEqual(len(below), 3)  # a worker, afl-fuzz and its target
        process.kill()
        process.wait()
        self.wait_until(lambda: not any(pathlib.Path(f"/proc/{pid}/stat").exists() and
                                        ") Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text() for pid in below))
        kept = {p.name.split(",")[0]: p.read_bytes() for p in queue.glob("id:*")}
        status = self.run_json("status", "c")
        self.assertEqual(status["run"]["campaign"]["ended"], "killed")
        resumed = self.run_json("resume", "c")
        self.assertEqual(resumed["run"]["campaign"]["ended"], "time")
        self.assertGreater(resumed["lanes"][0]["executions"], status["lanes"][0]["executions"])
        self.assertEqual(resumed["lanes"][0]["crashes"], 0)
        # Nothing that afl-fuzz had is lost: it takes its queue up again.
        now = {p.read_bytes() for p in queue.glob("id:*")}
        self.assertFalse(set(kept.values()) - now - {b""})

    def tuples(self, inputs):
        """What inputs cover together as afl-showmap counts it."""
        target = pathlib.Path(os.environ.get("GUPDIFF_AFL") or pathlib.Path(SOURCE, "build/afl"), "gupdiff_afl")
        traces = self.folder / f"traces{len(list(self.folder.iterdir()))}"
        subprocess.run(["afl-showmap", "-Z", "-m", "none", "-i", inputs, "-o", traces, "--", target, "--pair", "v6.9:v6.10"],
                       env={**os.environ, "AFL_QUIET": "1"}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
        return {line for file in traces.iterdir() for line in file.read_text().split()}

    def test_minimize_and_merge_are_afl_cmin(self):
        self.require_afl()
        made = self.run_command("generate", "--seed", "3", "--count", "200", "--arch", "x86_64", "-o", "given")
        self.assertEqual(made.returncode, 0, made.stderr)
        folder = self.new("--engine", "afl")
        corpus = next((folder / "lanes").iterdir()) / "corpus"
        first = self.run_json("merge", "c", SOURCE / "corpus/seeds")["lanes"][0]
        second = self.run_json("merge", "c", "given")["lanes"][0]
        self.assertGreater(second["features"], 0)
        self.assertLess(second["after"], first["after"] + second["offered"])
        self.assertEqual(self.run_json("merge", "c", "given")["lanes"][0]["features"], 0)
        before = self.tuples(corpus)
        self.assertEqual(len(before), first["features"] + second["features"])
        self.assertEqual(len({t[1:] for t in before}), first["edges"] + second["edges"])
        small = self.run_json("minimize", "c")["lanes"][0]
        self.assertLess(small["after"], second["after"])
        self.assertEqual((small["features"], self.tuples(corpus)), (len(before), before))

    def test_an_input_that_ends_the_target_is_no_corpus(self):
        self.require_afl()
        folder = self.new("--engine", "afl", "--without", "D17")
        lane = self.run_json("merge", "c", SOURCE / "corpus/divergences")["lanes"][0]
        self.assertGreater(lane["after"], 10)
        crashes = list((folder / "findings").glob("crash-*"))
        self.assertIn(10, [self.run_command("replay", c, "--without", "D17").returncode for c in crashes])
        corpus = next((folder / "lanes").iterdir()) / "corpus"
        shutil.copy(crashes[0], corpus / "bad")
        crashes[0].unlink()
        self.assertLess(self.run_json("minimize", "c")["lanes"][0]["after"], lane["after"] + 1)
        self.assertFalse((corpus / "bad").exists())
        self.assertTrue(crashes[0].exists())

    def test_without_afl_cmin(self):
        self.require_afl()
        self.new("--engine", "afl")
        self.run_json("merge", "c", SOURCE / "corpus/seeds")
        before = self.corpus(lane="v6.9_v6.10.afl.x86_64")
        (self.folder / "afl-fuzz").symlink_to(shutil.which("afl-fuzz"))
        self.assert_refused(2, ["campaign", "minimize", "c"], "afl-cmin", "apt install afl++", environment={"PATH": str(self.folder)})
        (self.folder / "afl-cmin").write_text("#!/bin/sh\necho '[-] Error: out of sorts' >&2\nexit 1\n")
        (self.folder / "afl-cmin").chmod(0o755)
        self.assert_refused(2, ["campaign", "minimize", "c"], "v6.9_v6.10.afl.x86_64", "out of sorts", "as it was", environment={"PATH": str(self.folder)})
        self.assertEqual(self.corpus(lane="v6.9_v6.10.afl.x86_64"), before)

    def test_without_afl_fuzz(self):
        self.new("--engine", "afl", "--engine", "libfuzzer")
        self.assert_refused(2, ["campaign", "run", "c", "--time", "5"], "apt install afl++", environment={"PATH": str(self.folder)})


if __name__ == "__main__":
    unittest.main()
