# SPDX-License-Identifier: GPL-2.0-only
# Campaigns as a user meets them: made, run, killed, continued, joined, made small; and what
# must not hurt them.
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time
import unittest
import xml.dom.minidom

import jsonschema

from campaign_command import LANE, CampaignTest, descendants
from command import D17, SOURCE


class Life(CampaignTest):
    def test_lanes_are_run_in_turn_and_counted(self):
        self.new("--arch", "arm64,riscv64", "--pair", "v6.9:v6.10", "--pair", "v6.10:v6.12", "--seeds", D17, "--seed", "7")
        section = self.run_json("run", "c", "--time", "4", "--jobs", "2")
        self.assertEqual(section["verdict"], "holds")
        self.assertEqual([l["lane"] for l in section["lanes"]],
                         [f"{pair}.libfuzzer.{archs}" for pair in ("v6.9_v6.10", "v6.10_v6.12") for archs in ("x86_64", "arm64+riscv64")])
        for lane in section["lanes"]:
            self.assertGreater(lane["executions"], 1000, lane)
            self.assertGreater(lane["corpus"], 10, lane)
            self.assertGreater(lane["coverage"], 100, lane)
            self.assertGreaterEqual(lane["slices"], 1, lane)
        again = self.run_json("status", "c")
        self.assertEqual(again, section)
        # Statistics and fuzzer_stats say the same.
        last = {line["lane"]: line for line in self.statistics()}
        for lane in section["lanes"]:
            self.assertEqual(last[lane["lane"]]["executions"], lane["executions"])
            text = (self.folder / "c/lanes" / lane["lane"] / "fuzzer_stats").read_text()
            stats = dict(map(str.strip, line.split(":", 1)) for line in text.splitlines() if line.count(":") == 1)
            self.assertEqual(stats["execs_done"], str(lane["executions"]))
            self.assertEqual(stats["corpus_count"], str(lane["corpus"]))
        self.report_of(section)
        # In a pipe nothing is said on the way.
        done = self.run_command("campaign", "run", "c", "--time", "1")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(b"4 lanes", done.stdout)

    def report_of(self, section):
        """The report shows what status says, with plots, and without them where gnuplot is missing."""
        with open(SOURCE / "report/results.schema.json", encoding="utf-8") as f:
            schema = jsonschema.Draft202012Validator(json.load(f))
        done = self.run_command("campaign", "report", "c", "-o", "r")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        document = json.loads((self.folder / "r/results.json").read_text())
        self.assertEqual([e.message for e in schema.iter_errors(document)], [])
        self.assertEqual(document["campaign"]["lanes"], section["lanes"])
        self.assertEqual(document["pair"], {"a": "v6.9, v6.10", "b": "v6.10, v6.12"})
        plots = document["run"]["campaign"]["plots"]
        self.assertEqual(len(plots), 5)
        page = (self.folder / "r/index.html").read_text()
        self.assertEqual(page.count("<svg"), 5)
        for plot in plots:
            xml.dom.minidom.parseString(plot["svg"])
        for series, lane in zip(document["run"]["campaign"]["series"], section["lanes"]):
            self.assertEqual(series["executions"][-1], lane["executions"])
            self.assertEqual(series["at"], sorted(series["at"]))
        xml.dom.minidom.parse(str(self.folder / "r/junit.xml"))
        again = self.run_command("report", "--from", "r/results.json", "-o", "again")
        self.assertEqual(again.returncode, 0, again.stderr)
        for name in ("results.json", "index.html", "junit.xml", "summary.md"):
            self.assertEqual((self.folder / "r" / name).read_bytes(), (self.folder / "again" / name).read_bytes(), name)
        done = self.run_command("campaign", "report", "c", "-o", "bare", environment={"PATH": str(self.folder)})
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"gnuplot-nox", done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertNotIn("<svg", (self.folder / "bare/index.html").read_text())

    def test_findings_are_said_once_and_counted_always(self):
        self.new("--without", "D17", "--seeds", D17)
        first = self.run_json("run", "c", "--time", "2", code=10)
        identities = [f["identity"] for f in first["findings"]]
        self.assertGreater(len(identities), 0)
        for f in first["findings"]:
            self.assertEqual(f["lane"], LANE)
            replay = self.run_command(*f["replay"].split()[1:])
            self.assertEqual(replay.returncode, 10, f)
            self.assertTrue((self.folder / f["file"]).with_name("finding.txt").exists())
        listed = (self.folder / "c/findings/findings.jsonl").read_text()
        written = {f["file"]: (self.folder / f["file"]).read_bytes() for f in first["findings"]}
        second = self.run_json("run", "c", "--time", "1", code=10)
        kept = [f["identity"] for f in second["findings"]]
        self.assertEqual(kept[: len(identities)], identities)
        self.assertEqual(len(kept), len(set(kept)))
        self.assertTrue((self.folder / "c/findings/findings.jsonl").read_text().startswith(listed))
        self.assertEqual({name: (self.folder / name).read_bytes() for name in written}, written)
        self.assertEqual(second["run"]["campaign"]["runs"], 2)


class Ends(CampaignTest):
    def test_kill_9_and_resume(self):
        folder = self.new("--without", "D17", "--seeds", D17)
        process = self.start("run", "c", "--time", "5", "--jobs", "2")
        self.wait_until(lambda: (folder / "statistics.jsonl").exists() and len(self.statistics()) > 1 and
                        (folder / "findings/findings.jsonl").read_text().count("\n") > 1)
        below = [pid for pid, _ in descendants(process.pid)]
        self.assertGreaterEqual(len(below), 4)  # two workers, two engines
        process.kill()
        process.wait()
        corpus = self.corpus()
        findings = (folder / "findings/findings.jsonl").read_text()
        self.assertGreater(len(corpus), 10)
        self.wait_until(lambda: not any(pathlib.Path(f"/proc/{pid}/stat").exists() and
                                        ") Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text() for pid in below))
        status = self.run_json("status", "c")
        self.assertEqual(status["run"]["campaign"]["ended"], "killed")
        # As the worst moment would leave them: a finding written and not yet listed, lines and inputs cut short.
        *listed, lost = findings.splitlines(True)
        (folder / "findings/findings.jsonl").write_text("".join(listed) + lost[:20])
        with open(folder / "statistics.jsonl", "a", encoding="utf-8") as f:
            f.write('{"at":5.0,"ti')
        whole = next(iter(sorted(corpus)))
        (folder / "lanes" / LANE / "corpus/torn").write_bytes(corpus[whole][: len(corpus[whole]) // 2])
        (folder / "lanes" / LANE / "corpus/nothing").write_bytes(b"")
        resumed = self.run_json("resume", "c", code=10)
        times = resumed["run"]["campaign"]
        self.assertEqual(times["ended"], "time")
        self.assertLess(times["budget"], 4.5)  # only what was left
        self.assertGreater(resumed["lanes"][0]["executions"], status["lanes"][0]["executions"])
        after = self.corpus()
        self.assertEqual({n: b for n, b in after.items() if n in corpus}, corpus)
        now = (folder / "findings/findings.jsonl").read_text()
        self.assertTrue(now.startswith("".join(listed)))
        self.assertIn(json.loads(lost)["identity"], [json.loads(line)["identity"] for line in now.splitlines()])
        self.assertEqual({p.name for p in (folder / "findings").glob("finding-*")},
                         {pathlib.Path(f["file"]).parent.name for f in resumed["findings"]})
        self.assertGreater(len(self.statistics()), 1)  # every line parses: the torn one is gone
        log = (folder / "log").read_text()
        self.assertIn("killed", log)
        self.assertRegex(log, r"[2-9] of \d+ inputs are cut short")  # two, and where it was when it was killed
        # All of its time is used: more must be asked for.
        self.assert_refused(2, ["campaign", "resume", "c"], "--time")

    def test_ctrl_c_and_sigterm(self):
        folder = self.new()
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = self.start("run", "c", "--time", "60", "--jobs", "2")
            self.wait_until(lambda p=process: len(descendants(p.pid)) >= 4)
            time.sleep(0.5)
            below = [pid for pid, _ in descendants(process.pid)]
            process.send_signal(number)
            asked = time.monotonic()
            out, error = process.communicate(timeout=30)
            self.assertLess(time.monotonic() - asked, 8)
            self.assertEqual(process.returncode, code)
            self.assertEqual(error.count(b"\n"), 1, error)
            self.assertIn(b"resume", error)
            self.assertIn(b"1 lane", out)
            self.assertFalse([pid for pid in below if pathlib.Path(f"/proc/{pid}").exists()])
        status = self.run_json("status", "c")
        self.assertEqual(status["run"]["campaign"]["ended"], "interrupted")
        self.assertEqual(self.statistics()[-1]["executions"], status["lanes"][0]["executions"])
        self.assertGreater(status["lanes"][0]["executions"], 0)
        self.assertEqual(status["lanes"][0]["crashes"], 0)
        self.assertIn("interrupted", (folder / "log").read_text())

    def test_a_lane_whose_workers_crash_is_stopped_and_the_other_goes_on(self):
        folder = self.new("--pair", "v6.9:v6.10", "--pair", "v6.10:v6.12")
        process = self.start("run", "c", "--time", "8", "--jobs", "1", "--json")

        def engine():
            """The innermost process: the engine's."""
            below = descendants(process.pid)
            return [pid for pid, parent in below if parent != process.pid]

        def stopped():
            return (folder / "log").exists() and "stopped" in (folder / "log").read_text()

        killed = set()
        end = time.monotonic() + 7.5
        while not stopped() and time.monotonic() < end:
            for pid in engine():
                time.sleep(0.2)  # it is at work, and what the last one's end means is known
                if pid not in killed and not stopped():
                    killed.add(pid)
                    try:
                        os.kill(pid, signal.SIGSEGV if len(killed) % 2 else signal.SIGKILL)
                        time.sleep(0.7 if len(killed) % 2 else 0)
                        os.kill(pid, signal.SIGKILL)  # libFuzzer's handler may wait for a lock that it interrupted
                    except OSError:
                        pass
        out, error = process.communicate(timeout=40)
        self.assertEqual(process.returncode, 6, (out, error))
        lanes = json.loads(out)["lanes"]
        self.assertEqual([("stopped" in l) for l in lanes].count(True), 1, lanes)
        for lane in lanes:
            if "stopped" in lane:
                self.assertEqual(lane["crashes"], 3)
                self.assertIn("signal 9", lane["last_crash"] + (folder / "log").read_text())
            else:
                self.assertGreater(lane["executions"], 100000)
        self.assertTrue(list((folder / "findings").glob("crash-*")), "libFuzzer kept the input")
        self.assertEqual(self.run_command("campaign", "status", "c", "--strict").returncode, 5)

    def test_a_file_that_may_not_grow(self):
        folder = self.new()
        process = self.start("run", "c", "--time", "20", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400)))
        _, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 2, error)
        self.assertEqual(error.count(b"\n"), 1, error)
        for line in (folder / "log").read_text().splitlines(True):
            self.assertRegex(line, r"^20.*\n$")
        self.run_json("run", "c", "--time", "1")

    def test_a_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", disk], check=False, capture_output=True).returncode:
            self.skipTest("no small disk to be had")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        self.new(name="disk/c")
        filler = disk / "filler"
        # Opened now: on a slow machine the corpus may fill the disk first. Unbuffered: closing it must not write again.
        with open(filler, "wb", buffering=0) as f:
            process = self.start("run", "disk/c", "--time", "30")
            self.wait_until(lambda: len(descendants(process.pid)) >= 2)
            try:
                while True:
                    f.write(bytes(65536))
            except OSError:
                pass
        _, error = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 2, error)
        self.assertEqual(error.count(b"\n"), 1, error)
        self.assertIn(b"resume", error)
        self.assert_refused(2, ["campaign", "run", "disk/c"], "disk/c", "space")
        filler.unlink()
        before = self.run_json("status", "disk/c")
        after = self.run_json("run", "disk/c", "--time", "1")
        self.assertGreater(after["lanes"][0]["executions"], before["lanes"][0]["executions"])


class Corpora(CampaignTest):
    def features(self, folder, name):
        """What a folder of inputs covers, as libFuzzer counts it."""
        self.new(name=name)
        lane = self.run_json("merge", name, folder)["lanes"][0]
        return lane["features"], lane["edges"], lane["after"]

    def test_merge_covers_the_union_and_minimize_loses_nothing(self):
        for name, seed in (("a", 1), ("b", 2)):
            self.new("--seed", str(seed), name=name)
            self.run_json("run", name, "--time", "2", "--jobs", "1")
        union = self.folder / "union"
        shutil.copytree(self.folder / "a/lanes" / LANE / "corpus", union)
        shutil.copytree(self.folder / "b/lanes" / LANE / "corpus", union, dirs_exist_ok=True)
        features, edges, _ = self.features("union", "u")
        of_a, _, _ = self.features(self.folder / "a/lanes" / LANE / "corpus", "only-a")
        b_before = self.corpus("b")
        merged = self.run_json("merge", "a", "b")["lanes"][0]
        self.assertGreater(merged["features"], 0)
        self.assertEqual(of_a + merged["features"], features)
        self.assertLessEqual(merged["after"], len(list(union.iterdir())))
        self.assertEqual(self.features(self.folder / "a/lanes" / LANE / "corpus", "joined")[:2], (features, edges))
        self.assertEqual(self.corpus("b"), b_before)  # only read
        again = self.run_json("merge", "a", "b", SOURCE / "corpus/captures")["lanes"][0]
        self.assertEqual((again["features"], again["before"]), (0, again["after"]))
        small = self.run_json("minimize", "a")["lanes"][0]
        self.assertLess(small["after"], small["before"])
        self.assertEqual((small["features"], small["edges"]), (features, edges))
        self.assertEqual(self.features(self.folder / "a/lanes" / LANE / "corpus", "small")[:2], (features, edges))
        self.assertEqual({p.name for p in (self.folder / "a/lanes" / LANE).iterdir()}, {"corpus", "state.json", "fuzzer_stats"})

    def test_text_scenarios_are_taken_and_aliens_are_skipped(self):
        self.new()
        other = self.folder / "other"
        shutil.copytree(SOURCE / "corpus/divergences", other)
        (other / "below").mkdir()
        shutil.copy(D17, other / "below/again.toml")
        (other / "notes.txt").write_text("hello")
        (other / "bad.toml").write_text("[request\n")
        (other / "big").write_bytes(b"\xf6" * (2 << 20))
        (other / "link").symlink_to("/etc/passwd")
        os.mkfifo(other / "pipe")
        before = sorted(p.name for p in other.iterdir())
        merged = self.run_json("merge", "c", "other")
        self.assertEqual(merged["skipped"], 5)
        self.assertGreater(merged["lanes"][0]["after"], 10)
        self.assertEqual(sorted(p.name for p in other.iterdir()), before)

    def test_aliens_in_a_corpus_are_moved_never_deleted(self):
        folder = self.new()
        corpus = folder / "lanes" / LANE / "corpus"
        (corpus / "mine").mkdir()
        (corpus / "mine/thesis.txt").write_text("years of work")
        (corpus / "big").write_bytes(b"x" * (2 << 20))
        (corpus / "link").symlink_to("/dev/zero")
        section = self.run_json("status", "c")
        self.assertEqual(section["lanes"][0]["aliens"], 3)
        self.run_json("run", "c", "--time", "1")
        aside = corpus.parent / "set-aside"
        self.assertEqual({p.name for p in aside.iterdir()}, {"mine", "big", "link"})
        self.assertEqual((aside / "mine/thesis.txt").read_text(), "years of work")
        self.assertIn("3 entries", (folder / "log").read_text())


class BadInput(CampaignTest):
    def test_what_is_no_campaign(self):
        (self.folder / "empty").mkdir()
        self.file("file", "")
        for command in ("run", "resume", "status", "minimize"):
            self.assert_refused(2, ["campaign", command, "nowhere"], "nowhere", "campaign new nowhere")
            self.assert_refused(2, ["campaign", command, "empty"], "empty", "campaign.toml")
            self.assert_refused(2, ["campaign", command, "file"], "file")
        self.new()
        self.assert_refused(2, ["campaign", "merge", "c", "nowhere"], "nowhere")
        self.assert_refused(2, ["campaign", "merge", "c", "c"], "c:")
        self.assert_refused(2, ["campaign", "resume", "c"], "campaign run c")

    def test_settings(self):
        folder = self.new()
        good = (folder / "campaign.toml").read_text()
        for old, new, *words in (
                ("format = 1", "format = 2", "campaign.toml:3", "format 2", "merge"),
                ("format = 1", "", "campaign.toml", "format"),
                ("format = 1", "format =", "campaign.toml:3"),
                ('engine = "libfuzzer"', 'engine = "magic"', "magic", "campaign.toml:"),
                ('pair = "v6.9:v6.10"', 'pair = "v6.9"', "v6.9", "campaign.toml:"),
                ('["x86_64"]', '["sparc"]', "sparc", "powerpc"),
                ('["x86_64"]', "[]", "architectures"),
                ("without = []", 'without = ["D99"]', "D99"),
                ("anything = false", "something = 1", "something"),
                (f'name = "{LANE}"', 'name = "../../etc"', "../../etc"),
                ("[[lane]]", "[lane]", "lane")):
            with self.subTest(new):
                self.assertIn(old, good)
                (folder / "campaign.toml").write_text(good.replace(old, new))
                for command in ("run", "status", "minimize"):
                    self.assert_refused(2, ["campaign", command, "c"], *words)
        (folder / "campaign.toml").write_text(good + good[good.index("[[lane]]"):])
        self.assert_refused(2, ["campaign", "run", "c"], LANE)
        (folder / "campaign.toml").write_text(good[: good.index("[[lane]]")])
        self.assert_refused(2, ["campaign", "run", "c"], "lane")
        (folder / "campaign.toml").write_bytes(b"\xff\xfe\x00")
        self.assert_refused(2, ["campaign", "run", "c"], "campaign.toml")
        self.assertEqual({p.name for p in folder.iterdir()}, {"campaign.toml", "findings", "lanes", "seeds"})

    def test_state_that_is_not_ours(self):
        folder = self.new()
        (folder / "state.json").write_text('{"runs": ')
        self.assert_refused(2, ["campaign", "run", "c"], "state.json", "remove")
        self.assert_refused(2, ["campaign", "status", "c"], "state.json")

    def test_new_never_overwrites_and_leaves_nothing_half_made(self):
        folder = self.new()
        before = (folder / "campaign.toml").read_bytes()
        self.assert_refused(2, ["campaign", "new", "c", "--seed", "9"], "campaign run c")
        self.assertEqual((folder / "campaign.toml").read_bytes(), before)
        self.file("full/mine", "x")
        self.assert_refused(2, ["campaign", "new", "full"], "full")
        self.file("file", "")
        self.assert_refused(2, ["campaign", "new", "file"], "file")
        self.assert_refused(2, ["campaign", "new", "n", "--pair", "v6.9"], "v6.9")
        self.assert_refused(2, ["campaign", "new", "n", "--arch", "sparc"], "sparc")
        self.assert_refused(2, ["campaign", "new", "n", "--engine", "magic"], "magic")
        self.assert_refused(2, ["campaign", "new", "n", "--without", "D99"], "D99")
        self.assert_refused(2, ["campaign", "new", "n", "--arch", "arm64", "--arch", "arm64"], "twice")
        self.assert_refused(2, ["campaign", "new", "n", "--seeds", self.file("bad.toml", "[request\n")], "bad.toml")
        self.assert_refused(2, ["campaign", "new", "n", "--seeds", "nowhere"], "nowhere")
        self.assertFalse((self.folder / "n").exists())
        self.assert_refused(2, ["campaign", "new", "/proc/gupdiff"], "/proc/gupdiff")

    def test_two_runs_at_once(self):
        self.new()
        process = self.start("run", "c", "--time", "60", "--jobs", "1")
        self.wait_until(lambda: len(descendants(process.pid)) >= 2)
        for command in (["run", "c"], ["resume", "c"], ["minimize", "c"], ["merge", "c", SOURCE / "corpus"]):
            self.assert_refused(2, ["campaign", *command], process.pid)
        self.assertEqual(self.run_json("status", "c")["run"]["campaign"]["process"], process.pid)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_cannot_be_written(self):
        folder = self.new()
        folder.chmod(0o555)
        self.addCleanup(folder.chmod, 0o755)
        self.assert_refused(2, ["campaign", "run", "c"], "c:")


if __name__ == "__main__":
    unittest.main()
