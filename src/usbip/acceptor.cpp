// SPDX-License-Identifier: MIT
#include "usbip/acceptor.h"

#include "base/error.h"
#include "base/log.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>

#include <array>
#include <cerrno>
#include <cstddef>
#include <poll.h>
#include <utility>

namespace gpiofs::usbip {
namespace {

constexpr std::size_t most_peers = 64;
/// How long a connection waits that there is no descriptor for, unless another one ends before.
constexpr int rest_ms = 200;

/// Errors of accept() that leave the connection waiting: the listener stays readable.
bool is_shortage(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

UniqueFd make_event() {
    UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) {
        throw_errno(errno, "eventfd");
    }
    return event;
}

}  // namespace

Acceptor::Acceptor(UniqueFd listener, Serve serve)
    : listener_(std::move(listener)), wake_(make_event()), serve_(std::move(serve)) {
    thread_ = std::thread([this] { run(); });
}

Acceptor::~Acceptor() {
    stopping_ = true;
    wake();
    thread_.join();
    for (Peer& peer : peers_) {
        ::shutdown(peer.socket.get(), SHUT_RDWR);
        peer.thread.join();
    }
}

void Acceptor::wake() noexcept { ::eventfd_write(wake_.get(), 1); }

void Acceptor::run() {
    std::array<pollfd, 2> fds = {pollfd{listener_.get(), POLLIN, 0},
                                 pollfd{wake_.get(), POLLIN, 0}};
    while (!stopping_) {
        fds[0].fd = starved_ ? -1 : listener_.get();  // poll() takes no notice of -1
        if (::poll(fds.data(), fds.size(), starved_ ? rest_ms : -1) < 0) {
            continue;
        }
        starved_ = false;
        eventfd_t ignored = 0;
        ::eventfd_read(wake_.get(), &ignored);
        reap();
        if (fds[0].revents != 0 && !stopping_) {
            accept_one();
        }
    }
}

void Acceptor::accept_one() {
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) {
        starved_ = is_shortage(errno);
        if (starved_ && !std::exchange(told_, true)) {
            log::warning("a connection has to wait: out of file descriptors or memory");
        }
        return;
    }
    told_ = false;
    if (peers_.size() >= most_peers) {
        log::warning("too many connections, one refused");
        return;
    }
    Peer& peer = peers_.emplace_back();
    peer.socket = std::move(socket);
    try {
        peer.thread = std::thread([this, &peer] {
            serve_(peer.socket.get());
            ::shutdown(peer.socket.get(), SHUT_RDWR);
            peer.done = true;
            wake();
        });
    } catch (const std::system_error& error) {
        log::error(error.what());
        peers_.pop_back();
    }
}

void Acceptor::reap() {
    for (auto peer = peers_.begin(); peer != peers_.end();) {
        if (peer->done) {
            peer->thread.join();
            peer = peers_.erase(peer);
        } else {
            ++peer;
        }
    }
}

}  // namespace gpiofs::usbip
