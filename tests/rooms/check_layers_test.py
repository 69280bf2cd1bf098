#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Plants one violation of each kind in a small tree: the layer check must find
# each of them, and nothing in the tree without them.
import pathlib
import tempfile
import unittest

import check_layers

SPDX = "// SPDX-License-Identifier: GPL-2.0-only\n"
SOUND = {
    "model/word.hpp": SPDX + "#include <cstdint>\n",
    "legacy/v6_9.hpp": SPDX + '#include "model/word.hpp"\n',
    "unified/v6_10.hpp": SPDX + '#include "model/word.hpp"\n',
    "oracle/judge.cpp": SPDX + '#include "legacy/v6_9.hpp"\n#include "unified/v6_10.hpp"\n',
    "proofs/solver.hpp": SPDX + "#include <z3++.h>\n",
    "cli/main.cpp": SPDX + '#include "proofs/solver.hpp"\n#include <fstream>\n#include <ranges>\n',
}
PLANTED = {
    "a room below": ("model/bad.hpp", SPDX + '#include "oracle/judge.hpp"\n', "model/ may not include oracle/"),
    "its twin": ("legacy/bad.hpp", SPDX + '#include "unified/v6_10.hpp"\n', "legacy/ may not include unified/"),
    "the solver": ("oracle/bad.hpp", SPDX + "#include <z3.h>\n", "only proofs/ uses the solver"),
    "output": ("unified/bad.cpp", SPDX + "#  include <iostream>\n", "no input or output"),
    "a header clang-14 lacks": ("scenario/bad.hpp", SPDX + "#include <ranges>\n", "clang-14"),
    "a relative path": ("oracle/bad.cpp", SPDX + '#include "judge.hpp"\n', "path from the root"),
    "a file that is not there": ("oracle/bad.cpp", SPDX + '#include "model/none.hpp"\n', "there is no"),
    "no licence line": ("model/bad.hpp", "#pragma once\n", "SPDX"),
}


def findings(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return check_layers.check(root)


class LayerCheck(unittest.TestCase):
    def test_a_sound_tree_passes(self):
        self.assertEqual(findings(SOUND), [])

    def test_each_planted_violation_is_found(self):
        for what, (name, text, sentence) in PLANTED.items():
            with self.subTest(what):
                found = findings({**SOUND, name: text})
                self.assertEqual(len(found), 1, found)
                self.assertIn(sentence, found[0])
                self.assertIn(name, found[0])


if __name__ == "__main__":
    unittest.main()
