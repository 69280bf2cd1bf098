# SPDX-License-Identifier: GPL-2.0-only
# Bad input is one sentence and exit code 2 (1 for an incomplete command line),
# and nothing is left half-written.
import gzip
import random

from command import CommandTest, D17, SOURCE

CAPTURE = SOURCE / "corpus/captures/6.12.jsonl.gz"
GOOD = """
[request]
api = "get"
start = 0x200000000000
[[vma]]
start = 0x200000000000
end = 0x200000001000
kind = "anonymous"
flags = ["READ", "WRITE", "MAYREAD", "MAYWRITE", "MAYEXEC"]
"""


class ScenarioFiles(CommandTest):
    def test_the_sound_one_is_accepted(self):
        self.assertEqual(self.run_command("replay", self.file("good.toml", GOOD)).returncode, 0)

    def test_missing(self):
        self.assert_refused(2, ["replay", "nowhere.toml"], "nowhere.toml")

    def test_empty(self):
        for name in ("empty.toml", "empty.bin"):
            self.assert_refused(2, ["replay", self.file(name, b"")], name)

    def test_empty_folder(self):
        (self.folder / "none").mkdir()
        self.assert_refused(2, ["replay", "none"], "none")

    def test_a_walk_that_does_not_run_on_the_machine(self):
        hugepd = str(SOURCE / "corpus/divergences/D34.toml")
        self.assert_refused(2, ["replay", "--pair", "v6.9:v6.12", hugepd], "v6.12", "powerpc", "v6.10-C0")
        self.assert_refused(2, ["fuzz", "--pair", "v6.10:v6.12", "--arch", "powerpc", "--runs", "10"], "v6.12", "v6.10-C1")
        self.assert_refused(2, ["fuzz", "--arch", "sparc", "--runs", "10"], "sparc", "powerpc")

    def test_a_huge_page_size_the_machine_does_not_have(self):
        text = (SOURCE / "corpus/divergences/D34.toml").read_text()
        self.assert_refused(2, ["replay", self.file("size.toml", text.replace('huge = "16M"', 'huge = "1G"'))], "16M", "16G")
        self.assert_refused(2, ["replay", self.file("thp.toml", text.replace('variant =', 'thp = true\nvariant ='))], "thp")
        directory = '\n[[entry]]\nlevel = "pmd"\nat = 0x100000000000\nhugepd = "16M"\n[expect]'
        self.assert_refused(2, ["replay", self.file("level.toml", text.replace("[expect]", directory))], "pmd")

    def test_truncated_binary(self):
        self.assertEqual(self.run_command("encode", D17, "-o", "d17.bin").returncode, 0)
        whole = (self.folder / "d17.bin").read_bytes()
        self.assertEqual(self.run_command("replay", "d17.bin").returncode, 0)
        self.assert_refused(2, ["replay", self.file("cut.bin", whole[: len(whole) // 2])], "cut.bin", "truncated")

    def test_truncated_text(self):
        self.assert_refused(2, ["replay", self.file("cut.toml", GOOD[: GOOD.index("kind") + 10])], "cut.toml:")

    def test_oversized(self):
        self.assert_refused(2, ["replay", self.file("big.toml", b"#" * (2 << 20))], "big.toml")
        self.assert_refused(2, ["replay", self.file("big.bin", b"\xf6" * (2 << 20))], "big.bin")

    def test_random_bytes_never_crash(self):
        source = random.Random(1)
        for number in range(60):
            data = source.randbytes(source.randrange(1, 400))
            raw = self.run_command("replay", "--quiet", self.file(f"raw{number}", b"\x80" + data))
            self.assertIn(raw.returncode, (0, 10), raw.stderr)
            named = self.run_command("replay", "--quiet", self.file(f"named{number}.bin", b"\xf6" + data))
            self.assertIn(named.returncode, (0, 2, 10), named.stderr)
            self.assert_refused(2, ["replay", self.file(f"text{number}.toml", data)], f"text{number}.toml")

    def test_text_errors_give_line_and_reason(self):
        cases = {
            "unknown key": (GOOD + "colour = 1\n", "colour"),
            "unknown flag": (GOOD.replace('"READ"', '"REED"'), "REED"),
            "address out of range": (GOOD.replace("start = 0x200000000000\n[", "start = 0xffff800000000000\n["), "0xffff800000000000"),
            "entry pointing nowhere": (GOOD + '[[entry]]\nlevel = "pte"\nat = 0x200000000000\nfolio = "Z"\nbits = ["PRESENT"]\n', "Z"),
            "overlapping VMAs": (GOOD + GOOD[GOOD.index("[[vma]]"):], "overlap"),
        }
        for what, (text, word) in cases.items():
            with self.subTest(what):
                self.assert_refused(2, ["replay", self.file("bad.toml", text)], "bad.toml:", word)

    def test_a_folder_with_one_bad_file_is_refused(self):
        self.file("many/good.toml", GOOD)
        self.file("many/wrong.toml", "[request\n")
        self.assert_refused(2, ["replay", "--json", "many"], "wrong.toml:1")


class CommandLine(CommandTest):
    def test_no_command_names_the_commands(self):
        self.assert_refused(1, [], "replay", "prove")

    def test_unknown_command(self):
        self.assert_refused(2, ["compare"], "'compare'", "replay")

    def test_unknown_option(self):
        for command in ("replay", "fuzz", "prove", "conform", "report", "show"):
            self.assert_refused(2, [command, "--nonsense"], "--nonsense", "--help")

    def test_missing_argument(self):
        self.assert_refused(1, ["replay"], "FILE")
        self.assert_refused(1, ["encode", D17], "--output")

    def test_a_number_that_is_none(self):
        self.assert_refused(1, ["fuzz", "--time", "soon"], "--time")
        self.assert_refused(1, ["fuzz", "--time", "-3"], "--time")

    def test_unknown_walk(self):
        for command in (["replay", D17], ["fuzz"], ["prove"], ["report"], ["show", D17]):
            self.assert_refused(2, [*command, "--pair", "v6.9:v7.7"], "v7.7", "v6.10")
        self.assert_refused(2, ["replay", D17, "--pair", "v6.9"], "v6.9")

    def test_unknown_row(self):
        self.assert_refused(2, ["replay", D17, "--without", "D99"], "D99", "D17")
        self.assert_refused(2, ["catalogue", "D99"], "D99", "D17")

    def test_unknown_theorem(self):
        self.assert_refused(2, ["prove", "no-such-theorem"], "no-such-theorem", "x86_64")
        self.assert_refused(2, ["prove", "x86_64/v6.9:v6.10/hugetlb-64K/one-page"], "64K", "hugetlb-2M", "hugetlb-1G")
        self.assert_refused(2, ["prove", "x86_64/reader/v6.10/lookup/3M"], "3M", "2M", "1G")
        self.assert_refused(2, ["prove", "x86_64"], "reader")
        self.assert_refused(2, ["prove", "--identity", "no-such-theorem"], "no-such-theorem", "x86_64")

    def test_corpus_folder_that_cannot_be_written(self):
        self.assert_refused(2, ["prove", "--emit-corpus", "/proc/nowhere"], "/proc/nowhere")
        self.assert_refused(2, ["cost", "--arch", "vax"], "vax", "x86_64")

    def test_unknown_kernel(self):
        self.assert_refused(2, ["conform", CAPTURE, "--kernel", "2.4"], "2.4", "6.12")


class Captures(CommandTest):
    HEADER = '{"format":1,"kernel":"6.12","arch":"x86_64","image":"i","levels":5}\n'

    def lines(self, count):
        with gzip.open(CAPTURE, "rt") as f:
            return [next(f) for _ in range(count)]

    def test_whole_records_are_read(self):
        self.assertEqual(self.run_command("conform", self.file("c.jsonl", "".join(self.lines(50)))).returncode, 0)

    def test_a_broken_line_is_named(self):
        lines = self.lines(20)
        lines[7] = lines[7][:40] + "\n"
        self.assert_refused(2, ["conform", self.file("broken.jsonl", "".join(lines))], "broken.jsonl:8")

    def test_cut_gzip(self):
        self.assert_refused(2, ["conform", self.file("cut.jsonl.gz", CAPTURE.read_bytes()[:5000])], "cut.jsonl.gz")

    def test_empty_missing_and_foreign(self):
        self.assert_refused(2, ["conform", self.file("empty.jsonl", "")], "empty.jsonl")
        self.assert_refused(2, ["conform", "nowhere.jsonl"], "nowhere.jsonl")
        self.assert_refused(2, ["conform", self.file("foreign.jsonl", "hello\n")], "foreign.jsonl:1")
        self.assert_refused(2, ["conform", self.file("s390x.jsonl", '{"format":1,"kernel":"6.12","arch":"s390x","levels":null}\n')],
                            "s390x", "x86_64", "arm64")
        self.assert_refused(2, ["conform", SOURCE / "corpus/captures/6.1.jsonl.gz", "--kernel", "6.12"], "6.1", "6.12")
        self.assert_refused(2, ["conform", self.file("older.jsonl", '{"format":1,"kernel":"5.10","arch":"x86_64","levels":5}\n')],
                            "5.10", "6.1 and 6.12")


class SecondOpinions(CommandTest):
    def test_another_solver(self):
        self.assert_refused(2, ["prove", "--cross-check", "nowhere/cvc5"], "nowhere/cvc5", "apt-get install cvc5")
        self.assert_refused(2, ["prove", "--cross-check", "cvc5"], "apt-get install cvc5", environment={"PATH": str(self.folder)})
        self.assert_refused(1, ["prove", "--cross-check-inferences", "10"], "--cross-check")
        self.assert_refused(1, ["prove", "--cross-check", "cvc5", "--cross-check-timeout", "0"], "--cross-check-timeout")

    def test_small_bounds(self):
        self.assert_refused(2, ["exhaust", "nothing"], "nothing", "x86_64/hugetlb-2M/private")
        self.assert_refused(2, ["exhaust", "--flags", "PIN"], "PIN", "WRITE")
        self.file("taken", "a file is in the way")
        self.assert_refused(2, ["exhaust", "x86_64/thp/*", "--flags", "WRITE", "--findings", "taken"], "taken")
        self.assert_refused(2, ["exhaust", "powerpc/*", "--pair", "v6.10:v6.12"], "powerpc")

    def test_a_folder_for_queries_that_cannot_be_written(self):
        self.file("taken", "a file is in the way")
        for folder in ("taken", "taken/below", "/proc/gupdiff"):
            self.assert_refused(2, ["prove", "--smt2", folder], folder)

    def test_the_encoder_check(self):
        self.assert_refused(2, ["encoder", "nowhere.toml"], "nowhere.toml")
        self.assert_refused(2, ["encoder", "--arch", "sparc"], "sparc", "powerpc")
        self.assert_refused(1, ["encoder", "--runs", "0"], "--runs")
        self.assert_refused(1, ["encoder", D17, "--seed", "2"], "--seed")


class Output(CommandTest):
    def test_a_folder_that_cannot_be_written(self):
        self.file("taken", "a file is in the way")
        for folder in ("taken", "taken/below", "/proc/gupdiff"):
            for command in (["report", "--only", "replay", "-o"], ["generate", "-o"], ["fuzz", "--runs", "10", "--findings"],
                            ["encoder", "--runs", "10", "--findings"]):
                with self.subTest((command[0], folder)):
                    self.assert_refused(2, [*command, folder], folder)
        self.assertEqual((self.folder / "taken").read_text(), "a file is in the way")

    def test_a_file_that_cannot_be_written(self):
        for command in (["encode", D17, "-o"], ["decode", D17, "-o"]):
            self.assert_refused(2, [*command, "nowhere/out"], "nowhere/out")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_without_dot_the_picture_is_left_out(self):
        done = self.run_command("show", D17, "--svg", "d17.svg", environment={"PATH": str(self.folder)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"Graphviz", done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_report_made_again_from_what_is_no_report(self):
        for text in ("", "{", "{}", "[]", '{"schema": 1, "verdict": 3}'):
            self.assert_refused(2, ["report", "-o", "r", "--from", self.file("results.json", text)], "results.json")
            self.assertFalse((self.folder / "r" / "index.html").exists())
