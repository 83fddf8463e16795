// SPDX-License-Identifier: MIT
#include "sim/bench.h"
#include "support/manual_clock.h"
#include "usbip/acceptor.h"
#include "usbip/bench_control.h"
#include "usbip/socket_io.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>

using namespace gpiofs;

namespace {

void add_board(sim::Bench& bench) {
    sim::BoardConfig config;
    config.chip = "FT232H";
    bench.add(config);
}

/// A new folder for a socket, removed with it.
class SocketPath {
  public:
    SocketPath() {
        std::array<char, 32> name{"/tmp/gpiofs-control-XXXXXX"};
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name.data();
        path = folder_ + "/socket";
    }
    SocketPath(const SocketPath&) = delete;
    SocketPath& operator=(const SocketPath&) = delete;
    ~SocketPath() {
        ::unlink(path.c_str());
        ::rmdir(folder_.c_str());
    }

    std::string path;

  private:
    std::string folder_;
};

/// Sends `text`, says that no more will come, and returns all that is answered.
std::string talk(const std::string& path, const std::string& text) {
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<void*>(address.sun_path), path.data(), path.size());
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
    ::shutdown(socket.get(), SHUT_WR);
    std::string answer;
    std::array<char, 256> chunk{};
    ssize_t got = 0;
    while ((got = ::recv(socket.get(), chunk.data(), chunk.size(), 0)) > 0) {
        answer.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return answer;
}

}  // namespace

TEST_CASE("usbip control: lines and their answers") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    add_board(bench);
    const auto answer = [&](const char* line) { return usbip::answer_line(bench, line); };
    CHECK(answer("get 0 plugged") == "ok 1");
    CHECK(answer("set 0 adbus1/drive 0") == "ok");
    CHECK(answer("get 0 adbus1/level") == "ok 0");
    CHECK(answer("set 0 wires adbus4 adbus5; adbus6 adbus7") == "ok");
    CHECK(answer("get 0 wires") == "ok adbus4 adbus5;adbus6 adbus7");
    CHECK(answer("set 0 wires") == "ok");
    CHECK(answer("get 0 wires") == "ok");
    CHECK(answer("set 0 fault timeout 1") == "ok");
}

TEST_CASE("usbip control: errors have a name and say what was wrong") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    add_board(bench);
    const auto begins = [&](const char* line, const std::string& start) {
        CAPTURE(std::string(line));
        CHECK(usbip::answer_line(bench, line).substr(0, start.size()) == start);
    };
    begins("get 1 plugged", "error ENOENT no board 1");
    begins("get 0 adbus9/level", "error ENOENT no file 'adbus9/level'");
    begins("get 0 fault", "error EACCES 'fault' is only written");
    begins("set 0 counters 0", "error EACCES 'counters' is only read");
    begins("set 0 adbus1/drive x\x01", "error EINVAL drive: 'x\\x01'");
    for (const char* line : {"", "get", "get 0", "get x plugged", "get -1 plugged",
                             "get 0 plugged now", "put 0 plugged 1", "set 0"}) {
        begins(line, "error EINVAL usage:");
    }
}

TEST_CASE("usbip control: a socket for its owner answers line by line") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    add_board(bench);
    const SocketPath place;
    const auto serve = [&](int socket) { usbip::serve_control(socket, bench); };
    {
        const usbip::Acceptor acceptor(usbip::listen_unix(place.path), serve);
        struct stat status {};
        REQUIRE(::stat(place.path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600);
        CHECK(talk(place.path, "get 0 adbus0/drive\nset 0 plugged 0\nget 0 plugged\n") ==
              "ok z\nok\nok 0\n");
        CHECK(talk(place.path, std::string(100000, 'x')).empty());
        CHECK_THROWS_AS(usbip::listen_unix(place.path), std::system_error);
    }
    // The file of a server that has gone does not stand in the way.
    const usbip::Acceptor again(usbip::listen_unix(place.path), serve);
    CHECK(talk(place.path, "get 0 plugged\n") == "ok 0\n");
}
