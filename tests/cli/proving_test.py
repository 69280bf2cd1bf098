# SPDX-License-Identifier: GPL-2.0-only
# gupdiff prove on several processes and machines, with a cache, and when things go wrong.
import json
import os
import pathlib
import signal
import subprocess
import time

from command import CommandTest, GUPDIFF

FEW = ["x86_64/reader/v6.10/*", "x86_64/v6.9:v6.10/hugetlb-1G/one-page/no-thp", "--without", "D17"]
LONG = ["prove", "x86_64/v6.9:v6.10/hugetlb-2M/across-entry"]


def children(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class ProveTest(CommandTest):
    def section(self, *arguments):
        done = self.run_command("prove", *arguments, "--json")
        section = json.loads(done.stdout)
        return section, section.pop("run"), done

    def start(self, *arguments):
        process = subprocess.Popen([GUPDIFF, *arguments], cwd=self.folder, env={**os.environ, "XDG_CACHE_HOME": str(self.cache)},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        for _ in range(200):
            time.sleep(0.05)
            if len(children(process.pid)) == 2:
                return process
        self.fail("no two children")


class Division(ProveTest):
    def test_shards_merged_and_a_second_run_are_the_first(self):
        whole, run, done = self.section(*FEW, "--jobs", "1")
        self.assertEqual(run["proofs"]["cached"], 0)
        self.assertEqual(done.returncode, 10)
        cached, run, again = self.section(*FEW, "--jobs", "3")
        self.assertEqual(run["proofs"]["cached"], run["proofs"]["units"])
        self.assertEqual(again.returncode, 10)
        self.assertEqual(cached, whole)
        for n in ("2/2", "1/2"):
            self.run_command("prove", *FEW, "--no-cache", "--shard", n, "--out", f"s{n[0]}.json")
        merged, _, done = self.section("--merge", "s1.json", "s2.json")
        self.assertEqual(merged, whole)
        self.assertEqual(done.returncode, 10)
        self.assertEqual([p for p in self.folder.rglob("*.partial")], [])

        text = (self.folder / "s2.json").read_text()
        self.file("cut.json", text[: len(text) // 2])
        self.assert_refused(2, ["prove", "--merge", "s1.json", "cut.json"], "cut.json")
        self.assert_refused(2, ["prove", "--merge", "s1.json"], "2/2", "missing")
        self.assert_refused(2, ["prove", "--merge", "s1.json", "s1.json"], "s1.json", "once")
        self.assert_refused(2, ["prove", "--merge", "s1.json", "nowhere.json"], "nowhere.json")
        self.assert_refused(2, ["prove", "--merge", "s1.json", self.folder], str(self.folder))
        self.assert_refused(2, ["prove", "*", "--shard", "1/2", "--merge", "s1.json"], "--merge")

    def test_a_damaged_or_unwritable_cache_is_said_and_changes_nothing(self):
        few = ["x86_64/reader/v6.10/leaf/*"]
        whole, _, _ = self.section(*few)
        entries = sorted(self.cache.rglob("*.proof"))
        entries[0].write_bytes(entries[0].read_bytes()[:-5])
        again, run, done = self.section(*few)
        self.assertEqual(again, whole)
        self.assertEqual(run["proofs"]["cached"], run["proofs"]["units"] - 1)
        self.assertIn(entries[0].name.encode(), done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.file("taken", "a file is in the way")
        again, _, done = self.section(*few, "--cache", "taken")
        self.assertEqual(again, whole)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertIn(b"taken", done.stderr)
        _, run, done = self.section(*few, "--no-cache")
        self.assertEqual((run["proofs"]["cached"], done.stderr), (0, b""))


class Processes(ProveTest):
    def test_a_killed_process_costs_its_unit(self):
        process = self.start("prove", "x86_64/v6.9:v6.10/hugetlb-1G/one-page/no-thp", "x86_64/reader/v6.10/leaf/pmd", "--jobs", "2", "--json")
        os.kill(children(process.pid)[0], signal.SIGSEGV)
        output, _ = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 5)
        killed, other = json.loads(output)["theorems"]
        self.assertEqual((killed["verdict"], other["verdict"]), ("inconclusive", "proved"))
        self.assertIn("killed by signal 11", killed["detail"])
        self.assertGreater(killed["paths"], 0)

    def test_an_interruption_prints_what_there_is_and_ends_the_children(self):
        process = self.start(*LONG, "x86_64/reader/v6.10/leaf/pmd", "--jobs", "2", "--json")
        pids = children(process.pid)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted", json.loads(output)["theorems"][0]["detail"])
        self.assertEqual(errors.count(b"\n"), 1)
        self.assertFalse(any(alive(p) for p in pids))

    def test_children_end_with_their_parent(self):
        process = self.start(*LONG, "--jobs", "2")
        pids = children(process.pid)
        process.kill()
        process.wait()
        for _ in range(100):
            if not any(alive(p) for p in pids):
                return
            time.sleep(0.05)
        self.fail("a child outlived its parent")


class Report(ProveTest):
    def test_it_proves_the_theorems_that_are_named(self):
        self.run_command("report", "--only", "proofs", "--prove", "x86_64/reader/v6.10/leaf/*", "-o", "r")
        names = [t["theorem"] for t in json.loads((self.folder / "r/results.json").read_text())["proofs"]["theorems"]]
        self.assertTrue(names)
        self.assertTrue(all(n.startswith("x86_64/reader/v6.10/leaf/") for n in names))
        self.assert_refused(2, ["report", "--only", "proofs", "--prove", "x86_64/none", "-o", "s"], "x86_64/none", "--list")


class Bounds(ProveTest):
    def test_out_of_range_is_one_sentence_with_the_range(self):
        for flag, bad, word in (("--timeout", ("0", "1e9", "nan"), "86,400"), ("--jobs", ("0", "9999"), "256"),
                                ("--max-paths", ("0", "99999999999999"), "10,000,000,000"), ("--memory", ("0", "1", "9999999"), "1,048,576")):
            for value in bad:
                with self.subTest((flag, value)):
                    self.assert_refused(2, ["prove", *FEW, flag, value], flag, word)
                    self.assert_refused(2, ["report", "--only", "proofs", flag, value], flag, word)
        for value in ("3/2", "0/4", "1/0", "2", "1/", "/2", "a/b", "1/2/3", "1/99999", "-1/2"):
            with self.subTest(value):
                self.assert_refused(2, ["prove", *FEW, f"--shard={value}", "--out", "s.json"], "--shard", value)
        self.assert_refused(2, ["prove", *FEW, "--shard", "1/2"], "--out")

    def test_what_cannot_be_written_is_found_before_any_work(self):
        self.file("taken", "a file is in the way")
        begun = time.monotonic()
        self.assert_refused(2, [*LONG, "--no-cache", "--counterexamples", "taken/below"], "taken/below")
        self.assert_refused(2, [*LONG, "--no-cache", "--counterexamples", "/proc/nowhere"], "/proc/nowhere")
        self.assert_refused(2, [*LONG, "--no-cache", "--out", "nowhere/s.json"], "nowhere/s.json")
        self.assert_refused(2, [*LONG, "--no-cache", "--out", self.folder], str(self.folder))
        self.assertLess(time.monotonic() - begun, 20)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["taken"])

    def test_a_list_can_be_narrowed_and_has_a_machine_form(self):
        names = self.run_command("prove", "--list", "*/leaf/*").stdout.decode().split()
        self.assertTrue(names and all("/leaf/" in n for n in names))
        listed = json.loads(self.run_command("prove", "--list", "--json", "x86_64/*/one-page").stdout)
        self.assertTrue(all(t["statement"] and t["cells"] for t in listed))

    def test_a_walk_is_itself_where_it_breaks_a_property_alone(self):
        # D18: of a Svnapot set the generic walk hands out the first page.
        done = self.run_command("prove", "riscv64-Sv39/*/hugetlb-64K/one-page", "--identity")
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        self.assertIn(b"v6.10:v6.10", done.stdout)
        self.assertNotIn(b"proved-except ", done.stdout.split(b"holds:")[0])

    def test_progress_is_for_a_terminal_alone(self):
        ours, theirs = os.openpty()
        self.addCleanup(os.close, ours)
        few = ["prove", "x86_64/reader/v6.10/l*", "--no-cache"]
        with open(theirs, "wb", buffering=0) as terminal:
            subprocess.run([GUPDIFF, *few], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=terminal, check=True)
        self.assertIn(b"units, ", os.read(ours, 65536))
        self.assertEqual(self.run_command(*few).stderr, b"")

    def test_many_theorems_are_printed_in_groups(self):
        done = self.run_command("prove", "*/reader/*")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"theorems", done.stdout)
        self.assertLess(done.stdout.count(b"\n"), 60)
        every = self.run_command("prove", "*/reader/*", "--verbose")
        self.assertGreater(every.stdout.count(b"\n"), done.stdout.count(b"\n") + 30)
