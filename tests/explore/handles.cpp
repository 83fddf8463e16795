// SPDX-License-Identifier: MIT
#include "alive.h"
#include "base/sync.h"
#include "gpio/event_node.h"
#include "scenario.h"

#include <doctest/doctest.h>

#include <memory>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

/// A file that somebody has open, and what became of the handles that its polls brought.
struct OpenFile {
    explicit OpenFile(gpio::EventNode& of) : node(of) {
        node.attach(subscription);
        node.mark_seen(subscription);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    /// Closed already; every handle must be gone, whoever had it last.
    ~OpenFile() { require(destroyed == made, "a poll handle is left"); }

    /// As FUSE_POLL: whether there was an event; a new handle each time.
    bool poll();
    /// Sleeps in poll() until there is an event.
    void wait();
    void close() { node.detach(subscription); }

    gpio::EventNode& node;
    gpio::Subscription subscription;
    unsigned made = 0;
    unsigned notified = 0;
    unsigned destroyed = 0;
};

/// A poll handle: notified at most once and not once it is destroyed.
class Handle final : public gpio::Wakeup {
  public:
    explicit Handle(OpenFile& file) : file_(file) { ++file_.made; }
    ~Handle() override { ++file_.destroyed; }

    void notify() noexcept override {
        alive_.check("a poll handle");
        require(!notified_, "a poll handle was notified twice");
        notified_ = true;
        Scheduler::running().step("notifies a handle", this);  // a system call
        alive_.check("a poll handle");
        ++file_.notified;
    }

  private:
    OpenFile& file_;
    bool notified_ = false;
    Alive alive_;
};

bool OpenFile::poll() { return node.poll(subscription, std::make_unique<Handle>(*this)); }

void OpenFile::wait() {
    while (true) {
        const unsigned before = notified;
        if (poll()) {
            return;
        }
        until([this, before] { return notified > before; }, "sleeps in poll(): an event is lost");
    }
}

void raise(gpio::EventNode& node) {
    gpio::WakeList wake;
    node.raise(wake);
    wake.notify_all();
}

void kill(gpio::EventNode& node) {
    gpio::WakeList wake;
    node.kill(wake);
    wake.notify_all();
}

}  // namespace

TEST_CASE("handles: an event between the question and the sleep is not lost") {
    explore_all({1000}, [] {
        gpio::EventNode node;
        OpenFile file(node);
        Thread sampler = start_thread("sampler", [&] { raise(node); });
        file.wait();
        file.close();
        sampler.join();
    });
}

TEST_CASE("handles: two files sleep until the line goes, and see the event before") {
    explore_all({3}, [] {
        gpio::EventNode node;
        OpenFile first(node);
        OpenFile second(node);
        const auto read_on = [&node](OpenFile& file) {
            while (!node.dead()) {
                file.wait();
                node.mark_seen(file.subscription);
            }
            file.close();
        };
        Thread reader = start_thread("reader", [&] { read_on(first); });
        Thread sampler = start_thread("sampler", [&] {
            raise(node);
            kill(node);
        });
        read_on(second);
        reader.join();
        sampler.join();
    });
}

TEST_CASE("handles: one is replaced and its file closed while two threads notify") {
    explore_all({4}, [] {
        gpio::EventNode node;
        OpenFile file(node);
        Thread sampler = start_thread("sampler", [&] { raise(node); });
        Thread unplug = start_thread("unplug", [&] { kill(node); });
        file.poll();
        file.poll();
        file.close();
        sampler.join();
        unplug.join();
    });
}
