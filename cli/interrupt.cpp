// SPDX-License-Identifier: GPL-2.0-only
#include "cli/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace gupdiff {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int signal) { noted = signal; }

void set(void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

}  // namespace

Interruptible::Interruptible() { set(note, static_cast<int>(SA_RESETHAND)); }
Interruptible::~Interruptible() { set(SIG_DFL, 0); }

int interrupting_signal() { return noted; }
int interrupted_exit_code() { return 128 + (noted != 0 ? noted : SIGINT); }

}  // namespace gupdiff
