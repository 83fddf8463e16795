// SPDX-License-Identifier: MIT
#include "base/log_stream.h"
#include "base/unique_fd.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <termios.h>
#include <unistd.h>

using gpiofs::UniqueFd;
using gpiofs::log::ErrorStream;

namespace {

/// While it lives, standard error is another file.
class StandardError {
  public:
    explicit StandardError(int fd) : before_(::dup(STDERR_FILENO)) { ::dup2(fd, STDERR_FILENO); }
    StandardError(const StandardError&) = delete;
    StandardError& operator=(const StandardError&) = delete;
    ~StandardError() { ::dup2(before_.get(), STDERR_FILENO); }

  private:
    UniqueFd before_;
};

struct Ends {
    UniqueFd read;
    UniqueFd write;
};

Ends make_pipe() {
    std::array<int, 2> fds{};
    REQUIRE(::pipe2(fds.data(), O_CLOEXEC) == 0);
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Ends make_sockets() {
    std::array<int, 2> fds{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Ends make_terminal() {
    UniqueFd read(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(read);
    REQUIRE(::grantpt(read.get()) == 0);
    REQUIRE(::unlockpt(read.get()) == 0);
    UniqueFd write(::open(::ptsname(read.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(write);
    termios raw{};
    ::tcgetattr(write.get(), &raw);
    ::cfmakeraw(&raw);
    ::tcsetattr(write.get(), TCSANOW, &raw);
    return {std::move(read), std::move(write)};
}

/// Lines until one is not taken; how many there were.
int fill(ErrorStream& stream, const std::string& line) {
    int count = 0;
    while (count < 1'000'000 && stream.write(line)) {
        ++count;
    }
    return count;
}

std::string drain(int fd) {
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t count = 0; (count = ::read(fd, piece.data(), piece.size())) > 0;) {
        text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text;
}

}  // namespace

TEST_CASE("log: a standard error that takes no more is told of at once, and goes on with a line") {
    for (auto* const make : {make_pipe, make_sockets, make_terminal}) {
        const Ends ends = make();
        const StandardError standard_error(ends.write.get());
        ErrorStream stream;
        const std::string line(99, 'a');
        const int taken = fill(stream, line + '\n');
        CHECK(taken > 0);
        CHECK_FALSE(stream.write("never" + line + '\n'));
        std::string text;
        bool again = false;
        // A terminal takes some from its queue at a time.
        for (int i = 0; i < 1000 && !again; ++i) {
            text += drain(ends.read.get());
            again = stream.write("again\n");
        }
        CHECK(again);
        text += drain(ends.read.get());
        CHECK(text.ends_with("a\nagain\n"));
        CHECK(text.find("never") == std::string::npos);
        // What blocks for others still does.
        CHECK((::fcntl(ends.write.get(), F_GETFL) & O_NONBLOCK) == 0);
    }
}

TEST_CASE("log: standard error of a pipe that nobody reads, and of a file, is no trouble") {
    SUBCASE("pipe") {
        Ends ends = make_pipe();
        ends.read.reset();
        const StandardError standard_error(ends.write.get());
        auto* const before = std::signal(SIGPIPE, SIG_IGN);
        CHECK_FALSE(ErrorStream().write("line\n"));
        static_cast<void>(std::signal(SIGPIPE, before));
    }
    SUBCASE("file") {
        const UniqueFd file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
        REQUIRE(file);
        const StandardError standard_error(file.get());
        CHECK(ErrorStream().write("line\n"));
        std::array<char, 16> text{};
        CHECK(::pread(file.get(), text.data(), text.size(), 0) == 5);
    }
}
