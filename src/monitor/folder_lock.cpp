// SPDX-License-Identifier: MIT
#include "monitor/folder_lock.h"

#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace gpiofs::monitor {

FolderLock::FolderLock(int folder, std::chrono::milliseconds limit, const EndSignal* signals)
    : folder_(folder) {
    constexpr auto pause = std::chrono::milliseconds(5);
    const auto end = std::chrono::steady_clock::now() + limit;
    while (::flock(folder_, LOCK_EX | LOCK_NB) != 0) {
        error_ = errno;
        if (error_ != EWOULDBLOCK || std::chrono::steady_clock::now() >= end) {
            return;
        }
        if (signals == nullptr) {
            std::this_thread::sleep_for(pause);
        } else if (signals->wait(pause)) {
            throw Interrupted{};
        }
    }
    error_ = 0;
}

FolderLock::~FolderLock() {
    if (held()) {
        ::flock(folder_, LOCK_UN);
    }
}

}  // namespace gpiofs::monitor
