// SPDX-License-Identifier: GPL-2.0-only
// Running Graphviz: graph in through an unnamed file, SVG out through a pipe.
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "scenario/picture.hpp"

extern char** environ;

namespace gupdiff {
namespace {

/// Starts `dot -Tsvg` with `in` as standard input and `out` as standard output;
/// 0 or an errno.
int start_dot(int in, int out, int other_end, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in, 0);
  posix_spawn_file_actions_adddup2(&files, out, 1);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclose(&files, other_end);
  char name[] = "dot", format[] = "-Tsvg";
  char* argv[] = {name, format, nullptr};
  const int error = posix_spawnp(&pid, "dot", &files, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

std::string read_all(int fd) {
  std::string out;
  char buffer[65536];
  for (;;) {
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

std::optional<std::string> dot_to_svg(const std::string& dot, std::string& warning) {
  std::FILE* graph = std::tmpfile();
  int ends[2] = {-1, -1};
  if (!graph || std::fwrite(dot.data(), 1, dot.size(), graph) != dot.size() || std::fflush(graph) != 0 ||
      std::fseek(graph, 0, SEEK_SET) != 0 || pipe(ends) != 0) {
    warning = fmt::format("no picture: a temporary file could not be written ({})", std::strerror(errno));
    if (graph) std::fclose(graph);
    return std::nullopt;
  }
  pid_t pid = 0;
  const int error = start_dot(fileno(graph), ends[1], ends[0], pid);
  close(ends[1]);
  std::string svg;
  int status = 0;
  if (error == 0) {
    svg = read_all(ends[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  close(ends[0]);
  std::fclose(graph);
  if (error == ENOENT) {
    warning = "no picture: Graphviz is not installed (apt-get install graphviz)";
    return std::nullopt;
  }
  if (error != 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || svg.find("<svg") == std::string::npos) {
    warning = error != 0 ? fmt::format("no picture: dot could not be started ({})", std::strerror(error))
                         : std::string("no picture: dot failed");
    return std::nullopt;
  }
  return svg;
}

}  // namespace gupdiff
