// SPDX-License-Identifier: GPL-2.0-only
// A vector whose first N elements lie inside the object: a world of the usual
// size is copied by a few fixed-size moves, without a branch on any count.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace gupdiff {

/// Empties `v` by the same steps whether or not it was empty: what one run left behind must not decide which way
/// the next one goes, for a coverage-guided fuzzer sees it. Branchless once `v` has storage.
template <class T>
void clear_evenly(std::vector<T>& v) {
  v.emplace_back();
  v.clear();
}

/// The part of std::vector that worlds use. Up to N elements live inline, more on the heap;
/// iterators are pointers and are invalidated as a vector's are. Every fuzz input copies a
/// world twice; with std::vector that was a third of the time (bench/README.md).
template <class T, std::size_t N>
class List {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  List() = default;
  List(std::initializer_list<T> init) {
    for (const T& t : init) push_back(t);
  }
  List(const List& o) { copy(o); }
  List& operator=(const List& o) {
    if (this != &o) copy(o);
    return *this;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return size_ <= N ? inline_ : spill_.data(); }
  const T* data() const { return size_ <= N ? inline_ : spill_.data(); }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  T& back() { return data()[size_ - 1]; }
  const T& back() const { return data()[size_ - 1]; }

  /// 0: `o` is this list byte for byte, bytes between members included. Anything else says nothing: then the
  /// elements are to be compared. A few vector instructions, and no branch on what differs.
  std::uint64_t byte_difference(const List& o) const {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % sizeof(std::uint64_t) == 0);
    constexpr std::size_t kWords = N * (sizeof(T) / sizeof(std::uint64_t));
    std::uint64_t x[kWords], y[kWords];
    std::memcpy(x, inline_, sizeof x);
    std::memcpy(y, o.inline_, sizeof y);
    std::uint64_t differs = (size_ ^ o.size_) | (size_ > N);
    for (std::size_t i = 0; i < kWords; ++i) differs |= x[i] ^ y[i];
    return differs;
  }

  void clear() { size_ = 0; }
  void push_back(const T& t) {
    const T copy = t;  // t may be an element of this list
    resize(size_ + 1);
    back() = copy;
  }
  T& emplace_back() {
    resize(size_ + 1);
    return back() = T{};
  }
  /// New elements are value-initialised.
  void resize(std::size_t n) {
    if (n > N && size_ <= N) {
      spill(inline_, inline_ + size_);
    } else if (n <= N && size_ > N) {
      std::copy_n(spill_.begin(), n, inline_);
    }
    if (n > N) spill_.resize(n);
    for (std::size_t i = size_; i < n && n <= N; ++i) inline_[i] = T{};
    size_ = n;
  }
  T* erase(const T* position) {
    const std::size_t at = static_cast<std::size_t>(position - data());
    std::move(begin() + at + 1, end(), begin() + at);
    resize(size_ - 1);
    return begin() + at;
  }
  T* erase(const T* first, const T* last) {
    const std::size_t at = static_cast<std::size_t>(first - data()), n = static_cast<std::size_t>(last - first);
    std::move(begin() + at + n, end(), begin() + at);
    resize(size_ - n);
    return begin() + at;
  }
  T* insert(const T* position, const T& t) { return insert(position, &t, &t + 1); }
  template <class It>
  T* insert(const T* position, It first, It last) {
    const std::size_t at = static_cast<std::size_t>(position - data());
    const std::vector<T> added(first, last);  // may be elements of this list
    resize(size_ + added.size());
    std::move_backward(begin() + at, end() - added.size(), end());
    std::copy(added.begin(), added.end(), begin() + at);
    return begin() + at;
  }

 private:
  void spill(const T* first, const T* last) {
    clear_evenly(spill_);  // an assignment's way would depend on what an earlier list left there
    spill_.insert(spill_.end(), first, last);
  }
  void copy(const List& o) {
    size_ = o.size_;
    if (size_ > N)
      spill(o.spill_.data(), o.spill_.data() + o.size_);
    else if constexpr (std::is_trivially_copyable_v<T>)
      std::copy_n(o.inline_, N, inline_);  // a constant count: no branch, no call
    else
      std::copy_n(o.inline_, size_, inline_);
  }

  std::size_t size_ = 0;
  T inline_[N] = {};
  std::vector<T> spill_;  ///< holds everything when size_ > N
};

/// Removes every element `gone` holds of, as std::erase_if does.
template <class T, std::size_t N, class Gone>
void erase_if(List<T, N>& list, Gone gone) {
  list.erase(std::remove_if(list.begin(), list.end(), gone), list.end());
}

}  // namespace gupdiff
