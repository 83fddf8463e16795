// SPDX-License-Identifier: MIT
#include "support/timeval.h"
#include "usbip/acceptor.h"
#include "usbip/socket_io.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <vector>

using namespace gpiofs;
using namespace std::chrono_literals;

namespace {

/// While it lives, this process can open nothing more; a sanitizer neither, so nothing is checked
/// meanwhile.
class NoDescriptors {
  public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit low = before_;
        low.rlim_cur = 256;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
        for (;;) {
            UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
            if (!file) {
                break;
            }
            files_.push_back(std::move(file));
        }
    }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
    std::vector<UniqueFd> files_;
};

/// A client whose descriptor is there before it connects.
class Client {
  public:
    Client() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

    bool connect(const std::string& address) {
        sockaddr_in peer{};
        peer.sin_family = AF_INET;
        peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        peer.sin_port =
            htons(static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1))));
        return ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&peer), sizeof peer) == 0;
    }
    /// Whether the server says something in that time.
    bool hears(std::chrono::milliseconds patience) {
        const timeval time = test::to_timeval(patience);
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
        char byte = 0;
        return ::recv(socket_.get(), &byte, 1, 0) == 1;
    }

  private:
    UniqueFd socket_;
};

/// Says something, and stays until the client has left.
void greet(int socket) {
    char byte = '!';
    ::send(socket, &byte, 1, MSG_NOSIGNAL);
    while (::recv(socket, &byte, 1, 0) > 0) {
    }
}

std::chrono::nanoseconds processor_time() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

TEST_CASE("usbip acceptor: a connection there is no descriptor for waits without using time") {
    UniqueFd listener = usbip::listen_tcp("127.0.0.1:0");
    const std::string address = usbip::local_address(listener.get());
    const usbip::Acceptor acceptor(std::move(listener), greet);
    Client first;
    REQUIRE(first.connect(address));
    REQUIRE(first.hears(10s));
    Client client;
    bool connected = false;
    bool heard = false;
    std::chrono::nanoseconds used{};
    {
        const NoDescriptors none;
        connected = client.connect(address);
        const auto before = processor_time();
        heard = client.hears(1s);
        used = processor_time() - before;
    }
    REQUIRE(connected);
    CHECK_FALSE(heard);
    // Who asks again and again all the time uses as much as he gets.
    CHECK(used < 100ms);
    CHECK(client.hears(10s));
    Client next;
    REQUIRE(next.connect(address));
    CHECK(next.hears(10s));
}
