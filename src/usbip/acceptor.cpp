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
        if (::poll(fds.data(), fds.size(), -1) < 0) {
            continue;
        }
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
        return;
    }
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
