// SPDX-License-Identifier: GPL-2.0-only
// Locks, lines and corpus folders.
#include "fuzz/campaign_folder.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include "fuzz/input_file.hpp"
#include "scenario/binary.hpp"
#include "scenario/text.hpp"

namespace gupdiff {

namespace fs = std::filesystem;

namespace {

int read_pid(int fd) {
  char text[32] = {};
  return pread(fd, text, sizeof text - 1, 0) > 0 ? std::atoi(text) : 0;
}

[[noreturn]] void cannot_write(const fs::path& file, int error) {
  throw InputError{fmt::format("{}: cannot be written: {}", file.string(), std::strerror(error))};
}

}  // namespace

CampaignLock::CampaignLock(const CampaignPaths& paths) {
  fd_ = open(paths.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd_ < 0) throw InputError{fmt::format("{}: cannot be written ({}), so the campaign cannot be run here", paths.lock().string(), std::strerror(errno))};
  // The workers of a run that was killed hold it until they have noticed: a moment.
  for (int i = 0; flock(fd_, LOCK_EX | LOCK_NB) != 0; ++i) {
    const int pid = read_pid(fd_);
    if (i == 30 || (pid > 0 && (kill(pid, 0) == 0 || errno == EPERM))) {
      close(fd_);
      throw InputError{fmt::format("{}: process {} is at work on this campaign; wait for it, or stop it with 'kill -INT {}'",
                                   paths.folder.string(), pid, pid)};
    }
    usleep(100 * 1000);
  }
  const std::string pid = fmt::format("{}\n", getpid());
  // Only a message to read: a full disk does not take the lock away.
  if (ftruncate(fd_, 0) != 0 || pwrite(fd_, pid.data(), pid.size(), 0) < 0) return;
}

CampaignLock::~CampaignLock() {
  if (fd_ >= 0) close(fd_);
}

std::optional<int> CampaignLock::holder(const CampaignPaths& paths) {
  const int fd = open(paths.lock().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::optional<int> pid;
  if (flock(fd, LOCK_SH | LOCK_NB) != 0) pid = read_pid(fd);
  close(fd);
  return pid;
}

void append_line(const fs::path& file, std::string_view line) {
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) cannot_write(file, errno);
  off_t end = lseek(fd, 0, SEEK_END);
  char last = '\n';
  while (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n') --end;
  std::string text(line);
  text += '\n';
  const ssize_t n = pwrite(fd, text.data(), text.size(), end);
  int error = n < 0 ? errno : n < static_cast<ssize_t>(text.size()) ? ENOSPC : 0;
  const off_t keep = error ? end : end + n;
  if (ftruncate(fd, keep) != 0 && !error) error = errno;
  if (close(fd) != 0 && !error) error = errno;
  if (error) cannot_write(file, error);
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> out;
  std::ifstream in(file, std::ios::binary);
  std::string line;
  while (std::getline(in, line) && !in.eof()) out.push_back(line);
  return out;
}

void log_line(const CampaignPaths& paths, std::string_view text) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
  append_line(paths.log(), fmt::format("{} {}", stamp, text));
}

std::string no_space(const fs::path& folder) {
  struct statvfs s {};
  if (statvfs(folder.c_str(), &s) != 0) return fmt::format("{}: cannot be looked at: {}", folder.string(), std::strerror(errno));
  const std::uint64_t free = static_cast<std::uint64_t>(s.f_bavail) * s.f_frsize;
  if (free < kLeastFreeBytes)
    return fmt::format("{}: no space is left on its disk ({} KiB); free some, then 'gupdiff campaign resume {}'", folder.string(),
                       free / 1024, folder.string());
  if (s.f_files > 0 && s.f_favail < 16)
    return fmt::format("{}: its disk can take no more files; delete some, then 'gupdiff campaign resume {}'", folder.string(), folder.string());
  return {};
}

bool plain_input(const fs::directory_entry& entry) {
  std::error_code error;
  if (!fs::is_regular_file(entry.symlink_status(error))) return false;
  const auto size = entry.file_size(error);
  return !error && size <= kMaxFileBytes && access(entry.path().c_str(), R_OK) == 0;
}

CorpusCensus census(const fs::path& corpus, bool read) {
  CorpusCensus out;
  std::error_code error;
  Scenario scenario;
  for (fs::directory_iterator at(corpus, error), end; !error && at != end; at.increment(error)) {
    if (!plain_input(*at)) {
      ++out.aliens;
      continue;
    }
    ++out.inputs;
    if (!read) continue;
    if (!decode(read_input(at->path()), scenario)) ++out.torn;
  }
  return out;
}

std::uint64_t set_aliens_aside(const fs::path& corpus, const fs::path& aside) {
  std::vector<fs::path> aliens;
  std::error_code error;
  for (fs::directory_iterator at(corpus, error), end; !error && at != end; at.increment(error))
    if (!plain_input(*at)) aliens.push_back(at->path());
  for (const fs::path& alien : aliens) {
    make_campaign_folder(aside);
    fs::path to = aside / alien.filename();
    for (int i = 2; fs::exists(fs::symlink_status(to, error)); ++i) to = aside / fmt::format("{}.{}", alien.filename().string(), i);
    fs::rename(alien, to, error);
    if (error)
      throw InputError{fmt::format("{}: is no input and cannot be moved to {} ({}); move it out of the corpus", alien.string(), aside.string(), error.message())};
  }
  return aliens.size();
}

void make_campaign_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder, error) || access(folder.c_str(), W_OK | X_OK) != 0)
    throw InputError{fmt::format("{}: cannot be made or written ({}); name a folder that can", folder.string(),
                                 error ? error.message() : fs::is_directory(folder) ? "no permission" : "a file is in the way")};
}

}  // namespace gupdiff
