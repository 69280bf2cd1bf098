# SPDX-License-Identifier: GPL-2.0-only
# Starting the command under test: in a folder of its own, with nothing of the
# caller's terminal.
import os
import pathlib
import subprocess
import tempfile
import unittest

GUPDIFF = os.environ["GUPDIFF"]
SOURCE = pathlib.Path(os.environ["GUPDIFF_SOURCE"])
D17 = str(SOURCE / "corpus/divergences/D17.toml")


class CommandTest(unittest.TestCase):
    """Each test gets an empty folder, which is where the command runs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        cache = tempfile.TemporaryDirectory()  # never the user's
        self.addCleanup(cache.cleanup)
        self.cache = pathlib.Path(cache.name)

    def run_command(self, *arguments, environment=None, timeout=240):
        return subprocess.run(
            [GUPDIFF, *map(str, arguments)], cwd=self.folder, env={**os.environ, "XDG_CACHE_HOME": str(self.cache), **(environment or {})},
            stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def assert_refused(self, code, arguments, *words, environment=None):
        """Ends with `code` and one line on stderr that has each of `words`."""
        done = self.run_command(*arguments, environment=environment)
        message = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, (arguments, message, done.stdout[-500:]))
        self.assertEqual(message.count("\n"), 1, message)
        for word in words:
            self.assertIn(str(word), message)
        return done
