// SPDX-License-Identifier: MIT
#include "cli/parent.h"

#include "base/error.h"
#include "base/log.h"
#include "cli/service_manager.h"
#include "mounting/mount_table.h"
#include "mounting/question.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace gpiofs::cli {
namespace {

/// The first byte of the child's message. After it comes the mount point, or a line for the user.
constexpr char ready_word = 'R';
constexpr char failed_word = 'F';
constexpr char left_alone_word = 'L';

constexpr int failure_status = 1;
/// How long a mount may take to answer the parent's stat(2).
constexpr std::chrono::seconds answer_timeout{5};

struct SocketPair {
    UniqueFd parent;
    UniqueFd child;
};

SocketPair make_sockets() {
    std::array<int, 2> fds{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) {
        throw_errno(errno, "socketpair");
    }
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

/// Everything the other side sends until it closes.
std::string receive_all(int fd) {
    std::string message;
    std::array<char, 512> piece{};
    while (true) {
        const ssize_t count = recv(fd, piece.data(), piece.size(), 0);
        if (count > 0) {
            message.append(piece.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || errno != EINTR) {
            return message;
        }
    }
}

/// Whether something is mounted at the mount point and answers in time.
bool mount_answers(const std::string& mount_point) {
    const UniqueFd root(open(mount_point.c_str(), O_PATH | O_CLOEXEC));
    const auto mount = root ? mounting::mount_of(root.get()) : std::nullopt;
    if (!mount || mount->place != mount_point) {
        return false;
    }
    const auto answer =
        mounting::Question(root.get()).answer(std::chrono::steady_clock::now() + answer_timeout);
    // Where nobody can ask, the daemon has said that it serves.
    return answer == mounting::Answer::given || answer == mounting::Answer::not_asked;
}

std::string how_it_ended(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return "unknown";
        }
    }
    return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                               : fmt::format("status {}", WEXITSTATUS(status));
}

/// The parent's whole remaining life; returns its exit status.
int wait_for_child(int fd, pid_t child, bool place_known) {
    const std::string message = receive_all(fd);
    if (message.empty()) {
        log::error(fmt::format("the daemon ended before it was ready ({}): try -f -d to see why",
                               how_it_ended(child)));
        return failure_status;
    }
    if (message.front() == failed_word) {
        log::error(message.substr(1));
        return failure_status;
    }
    const std::string rest = message.substr(1);
    if (message.front() == left_alone_word) {
        log::warning(rest);
        return 0;
    }
    if (place_known && !mount_answers(rest)) {
        log::error(fmt::format("{} is mounted but does not answer: see the system log", rest));
        return failure_status;
    }
    return 0;
}

void leave_terminal() {
    setsid();
    log::set_sink(log::Sink::syslog);
    log::set_level(log::Level::info);
    const UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null) {
        log::warning("no /dev/null: the terminal stays open");
        return;
    }
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        dup2(null.get(), fd);
    }
}

}  // namespace

Startup Startup::background(bool place_known) {
    auto sockets = make_sockets();
    const pid_t child = fork();
    if (child < 0) {
        throw_errno(errno, "fork");
    }
    if (child > 0) {
        sockets.child.reset();
        int status = failure_status;
        try {
            status = wait_for_child(sockets.parent.get(), child, place_known);
        } catch (const std::exception& error) {
            log::error(error.what());
        }
        _exit(status);
    }
    if (chdir("/") != 0) {
        throw_errno(errno, "chdir /");
    }
    return Startup(std::move(sockets.child));
}

void Startup::ready(const std::string& mount_point) {
    if (!parent_) {
        tell_service_manager("mounted at " + mount_point);
        return;
    }
    leave_terminal();
    tell_parent(ready_word, mount_point);
}

int Startup::left_alone(std::string_view text) {
    if (!parent_) {
        log::warning(text);
        tell_service_manager(text);  // a service that ends before it was ready has failed
    } else {
        tell_parent(left_alone_word, text);
    }
    return 0;
}

int Startup::failed(std::string_view text) {
    if (!parent_) {
        log::error(text);
        return failure_status;
    }
    tell_parent(failed_word, text);
    return failure_status;
}

void Startup::tell_parent(char word, std::string_view text) {
    const std::string message = fmt::format("{}{}", word, text);
    send(parent_.get(), message.data(), message.size(), MSG_NOSIGNAL);
    parent_.reset();
}

}  // namespace gpiofs::cli
