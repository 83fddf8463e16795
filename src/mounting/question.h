// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <sys/types.h>

#include <chrono>

namespace gpiofs::mounting {

/// What becomes of a request to a file system.
enum class Answer {
    given,
    dead,       ///< its program has gone
    refused,    ///< it is another user's, who lets nobody in
    none,       ///< its program lives and does not answer in time
    not_asked,  ///< there can be no process to ask
};

/// Asks the file system that a file is in for the file's attributes. Another process asks: who
/// waits for FUSE cannot be brought back by any signal. Thread-bound.
class Question {
  public:
    /// The file must stay open until answer() has returned.
    explicit Question(int fd) noexcept;
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;
    ~Question();

    /// Waits until then at the longest. To be called once.
    Answer answer(std::chrono::steady_clock::time_point deadline) noexcept;

  private:
    pid_t asker_ = -1;
    UniqueFd ended_;  ///< reads end of file once the asker has ended
};

}  // namespace gpiofs::mounting
