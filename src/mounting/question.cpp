// SPDX-License-Identifier: MIT
#include "mounting/question.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace gpiofs::mounting {
namespace {

/// The asker's exit status.
int ask(int fd) noexcept {
    struct statx status {};
    if (::statx(fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &status) == 0) {
        return 0;
    }
    return errno;
}

/// Whether the file has something to read, its end too, until then.
bool readable(int fd, std::chrono::steady_clock::time_point deadline) noexcept {
    using std::chrono::milliseconds;
    pollfd file{fd, POLLIN, 0};
    int ready = -1;
    do {
        const auto left =
            std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
        ready = ::poll(&file, 1, static_cast<int>(std::max(left, milliseconds::zero()).count()));
    } while (ready < 0 && errno == EINTR);
    return ready == 1;
}

}  // namespace

Question::Question(int fd) noexcept {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return;
    }
    ended_.reset(ends[0]);
    const UniqueFd until_end(ends[1]);
    asker_ = ::fork();
    if (asker_ == 0) {
        ::_exit(ask(fd));
    }
}

Answer Question::answer(std::chrono::steady_clock::time_point deadline) noexcept {
    int status = 0;
    if (asker_ < 0) {
        return Answer::not_asked;
    }
    if (!readable(ended_.get(), deadline)) {
        return Answer::none;
    }
    while (::waitpid(asker_, &status, 0) < 0 && errno == EINTR) {
    }
    asker_ = -1;
    switch (WIFEXITED(status) ? WEXITSTATUS(status) : EIO) {
        case ENOTCONN:
            return Answer::dead;
        case EACCES:
            return Answer::refused;
        default:
            return Answer::given;
    }
}

Question::~Question() {
    if (asker_ > 0) {
        // One whose request has been taken cannot end before it is answered.
        ::kill(asker_, SIGKILL);
        ::waitpid(asker_, nullptr, WNOHANG);
    }
}

}  // namespace gpiofs::mounting
