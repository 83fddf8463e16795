// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <atomic>
#include <functional>
#include <list>
#include <thread>

namespace gpiofs::usbip {

/// Accepts connections and serves each in a thread of its own. Thread-bound; the threads are its
/// own affair.
class Acceptor {
  public:
    /// Serves one connection until its peer leaves. Called from many threads at once; must return
    /// soon after the socket has been shut down. Does not throw.
    using Serve = std::function<void(int socket)>;

    /// Starts at once. Throws std::system_error.
    Acceptor(UniqueFd listener, Serve serve);
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;
    /// Shuts every connection down and waits for its thread.
    ~Acceptor();

  private:
    struct Peer {
        UniqueFd socket;
        std::atomic<bool> done = false;
        std::thread thread;
    };

    void run();
    void accept_one();
    void reap();
    void wake() noexcept;

    const UniqueFd listener_;
    const UniqueFd wake_;
    const Serve serve_;
    std::atomic<bool> stopping_ = false;
    /// The accepting thread's alone, until it has ended.
    std::list<Peer> peers_;
    /// There was no descriptor for a connection that waits; whether that has been told. The
    /// accepting thread's alone.
    bool starved_ = false;
    bool told_ = false;
    std::thread thread_;
};

}  // namespace gpiofs::usbip
