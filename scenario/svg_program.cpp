// SPDX-License-Identifier: GPL-2.0-only
// Input through an unnamed file, output through a pipe.
#include "scenario/svg_program.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern char** environ;

namespace gupdiff {
namespace {

/// Starts the command with `in` as standard input and `out` as standard output; 0 or an errno.
int start(const std::vector<std::string>& command, int in, int out, int other_end, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in, 0);
  posix_spawn_file_actions_adddup2(&files, out, 1);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclose(&files, other_end);
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int error = posix_spawnp(&pid, argv[0], &files, nullptr, argv.data(), environ);
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

std::optional<std::string> draw_svg(const std::vector<std::string>& command, const std::string& input, const std::string& what,
                                    const std::string& package, std::string& warning) {
  std::FILE* text = std::tmpfile();
  int ends[2] = {-1, -1};
  if (!text || std::fwrite(input.data(), 1, input.size(), text) != input.size() || std::fflush(text) != 0 ||
      std::fseek(text, 0, SEEK_SET) != 0 || pipe(ends) != 0) {
    warning = fmt::format("no {}: a temporary file could not be written ({})", what, std::strerror(errno));
    if (text) std::fclose(text);
    return std::nullopt;
  }
  pid_t pid = 0;
  const int error = start(command, fileno(text), ends[1], ends[0], pid);
  close(ends[1]);
  std::string svg;
  int status = 0;
  if (error == 0) {
    svg = read_all(ends[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  close(ends[0]);
  std::fclose(text);
  if (error == ENOENT) {
    warning = fmt::format("no {}: {} is not installed (apt-get install {})", what, package == "graphviz" ? "Graphviz" : command[0], package);
    return std::nullopt;
  }
  if (error != 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || svg.find("<svg") == std::string::npos) {
    warning = error != 0 ? fmt::format("no {}: {} could not be started ({})", what, command[0], std::strerror(error))
                         : fmt::format("no {}: {} failed", what, command[0]);
    return std::nullopt;
  }
  return svg;
}

}  // namespace gupdiff
