// SPDX-License-Identifier: GPL-2.0-only
// Byte-wise reading and writing for the binary form: LEB128 numbers, zigzag for
// signed ones, zeroes past the end.
#pragma once

#include <cstddef>
#include <cstdint>

// The decoder runs once a fuzz input: its reader must live in registers.
#define GUPDIFF_ALWAYS_INLINE [[gnu::always_inline]] inline

namespace gupdiff {

/// Reads from a byte range; zeroes after its end.
class ByteReader {
 public:
  ByteReader(const std::uint8_t* begin, const std::uint8_t* end) : at_(begin), end_(end) {}
  GUPDIFF_ALWAYS_INLINE std::uint8_t byte() {
    if (at_ < end_) [[likely]]
      return *at_++;
    ran_out_ = true;
    return 0;
  }
  /// LEB128; bits beyond 64 are dropped.
  GUPDIFF_ALWAYS_INLINE std::uint64_t number() {
    std::uint8_t b = byte();
    if (b < 0x80) [[likely]]
      return b;
    std::uint64_t v = b & 0x7f;
    for (unsigned s = 7; s < 64; s += 7) {
      b = byte();
      v |= static_cast<std::uint64_t>(b & 0x7f) << s;
      if (b < 0x80) break;
    }
    return v;
  }
  GUPDIFF_ALWAYS_INLINE std::uint64_t signed_number() {
    const std::uint64_t z = number();
    return (z >> 1) ^ (0 - (z & 1));
  }
  GUPDIFF_ALWAYS_INLINE std::uint64_t fixed(unsigned bytes) {
    std::uint64_t v = 0;
    for (unsigned i = 0; i < bytes; ++i) v |= static_cast<std::uint64_t>(byte()) << (8 * i);
    return v;
  }
  bool ran_out() const { return ran_out_; }
  bool at_end() const { return at_ == end_; }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool ran_out_ = false;
};

/// Writes into a buffer and keeps counting when it is full.
class ByteWriter {
 public:
  ByteWriter(std::uint8_t* out, std::size_t capacity) : out_(out), capacity_(capacity) {}
  void byte(std::uint64_t b) {
    if (size_ < capacity_) out_[size_] = static_cast<std::uint8_t>(b);
    ++size_;
  }
  void number(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) byte((v & 0x7f) | 0x80);
    byte(v);
  }
  void signed_number(std::uint64_t v) { number((v << 1) ^ (0 - (v >> 63))); }
  void fixed(std::uint64_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) byte((v >> (8 * i)) & 0xff);
  }
  /// Bytes the whole output needs; above the capacity, the tail was not written.
  std::size_t size() const { return size_; }

 private:
  std::uint8_t* out_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

}  // namespace gupdiff
