// SPDX-License-Identifier: GPL-2.0-only
// Copying queues.
#include "fuzz/afl_sync.hpp"

#include <chrono>
#include <fstream>
#include <string>

#include <unistd.h>

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

/// A name for this work folder that no other host's has.
std::string host_of(const fs::path& work) {
  std::string host;
  std::ifstream(work / "gupdiff-host") >> host;
  if (!host.empty()) return host;
  char name[64] = "host";
  gethostname(name, sizeof name - 1);
  host = name;
  for (char& c : host)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  host += "_" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count() % 1000000007) + "_" + std::to_string(getpid());
  std::ofstream(work / "gupdiff-host") << host << "\n";
  return host;
}

/// Copies the inputs of queue `from` that `to` has not.
void copy_new(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to, error);
  for (fs::directory_iterator at(from, error), end; !error && at != end; at.increment(error)) {
    std::error_code one;
    const std::string name = at->path().filename().string();
    // What came from another host is that host's to hand out.
    if (name.rfind("id:", 0) != 0 || name.find(",sync:") != std::string::npos || fs::exists(to / name, one)) continue;
    const fs::path part = to / (".part-" + name);
    if (fs::copy_file(at->path(), part, fs::copy_options::overwrite_existing, one)) fs::rename(part, to / name, one);
  }
}

}  // namespace

void exchange_queues(const fs::path& work, const fs::path& shared) {
  const std::string host = host_of(work);
  std::error_code error;
  fs::create_directories(shared, error);
  for (fs::directory_iterator at(work, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool own = name == "main" || name.rfind("secondary", 0) == 0;
    if (own && fs::is_directory(at->path() / "queue")) copy_new(at->path() / "queue", shared / (host + "-" + name) / "queue");
  }
  for (fs::directory_iterator at(shared, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.rfind(host + "-", 0) != 0 && fs::is_directory(at->path() / "queue")) copy_new(at->path() / "queue", work / name / "queue");
  }
}

}  // namespace gupdiff
