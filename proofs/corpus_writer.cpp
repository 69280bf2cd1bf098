// SPDX-License-Identifier: GPL-2.0-only
#include "proofs/corpus_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "proofs/counterexample.hpp"
#include "scenario/binary.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

/// 128 bits of FNV-1a, as two halves that begin differently.
std::string content_name(const std::vector<std::uint8_t>& bytes) {
  std::uint64_t a = 0xcbf29ce484222325u, b = 0x9ae16a3b2f90404fu;
  for (const std::uint8_t byte : bytes) {
    a = (a ^ byte) * 0x100000001b3u;
    b = (b ^ byte ^ 0x5au) * 0x100000001b3u;
    b ^= b >> 29;
  }
  return fmt::format("{:016x}{:016x}", a, b);
}

}  // namespace

CorpusWriter::CorpusWriter(std::string folder) : folder_(std::move(folder)) {
  temporary_ = fmt::format("{}/.writing-{}-{}", folder_, getpid(), static_cast<const void*>(this));
}

void CorpusWriter::put(World<Concrete> world) {
  tidy(world);
  const std::vector<std::uint8_t> bytes = encode(world);
  const std::string file = fmt::format("{}/{}.bin", folder_, content_name(bytes));
  if (access(file.c_str(), F_OK) == 0) return;
  const int fd = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  const bool written = fd >= 0 && write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  const bool closed = fd >= 0 && close(fd) == 0;
  if (written && closed && std::rename(temporary_.c_str(), file.c_str()) == 0) return;
  const int reason = errno;
  unlink(temporary_.c_str());
  throw InputError{fmt::format("{}: a scenario of the corpus cannot be written ({}); make room, or name another folder.", folder_,
                               std::strerror(reason))};
}

}  // namespace gupdiff
