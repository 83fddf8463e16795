// SPDX-License-Identifier: MIT
#include "gpio/event_node.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace gpiofs;

namespace {

struct Counts {
    std::atomic<int> notified = 0;
    std::atomic<int> destroyed = 0;
};

class Counter final : public gpio::Wakeup {
  public:
    explicit Counter(Counts& counts) : counts_(counts) {}
    ~Counter() override { ++counts_.destroyed; }
    void notify() noexcept override { ++counts_.notified; }

  private:
    Counts& counts_;
};

struct OneFile {
    OneFile() { node.attach(file); }
    OneFile(const OneFile&) = delete;
    OneFile& operator=(const OneFile&) = delete;
    ~OneFile() { node.detach(file); }

    bool changed() { return node.poll(file, nullptr); }
    void raise() {
        gpio::WakeList wake;
        node.raise(wake);
        wake.notify_all();
    }
    void kill() {
        gpio::WakeList wake;
        node.kill(wake);
        wake.notify_all();
    }
    bool wait(Counts& counts) { return node.poll(file, std::make_unique<Counter>(counts)); }

    gpio::EventNode node;
    gpio::Subscription file;
};

}  // namespace

TEST_CASE("event node: a fresh file counts as changed until it has been read") {
    OneFile on;
    CHECK(on.changed());
    CHECK(on.changed());
    on.node.mark_seen(on.file);
    CHECK_FALSE(on.changed());
}

TEST_CASE("event node: an event is seen by every file until each has read it") {
    OneFile on;
    gpio::Subscription other;
    on.node.attach(other);
    on.node.mark_seen(on.file);
    on.node.mark_seen(other);
    on.raise();
    on.raise();
    CHECK(on.changed());
    on.node.mark_seen(on.file);
    CHECK_FALSE(on.changed());
    CHECK(on.node.poll(other, nullptr));
    on.node.detach(other);
}

TEST_CASE("event node: a wake-up is used once, and a newer one takes its place") {
    OneFile on;
    on.node.mark_seen(on.file);
    Counts first;
    Counts second;
    CHECK_FALSE(on.wait(first));
    CHECK_FALSE(on.wait(second));
    CHECK(first.destroyed == 1);
    on.raise();
    on.raise();
    CHECK(first.notified == 0);
    CHECK(second.notified == 1);
    CHECK(second.destroyed == 1);
}

TEST_CASE("event node: a poll that will not sleep keeps the stored wake-up") {
    Counts counts;
    OneFile on;
    on.wait(counts);
    on.changed();
    CHECK(counts.destroyed == 0);
    on.raise();
    CHECK(counts.notified == 1);
}

TEST_CASE("event node: detaching destroys the wake-up without using it") {
    Counts counts;
    {
        OneFile on;
        on.wait(counts);
    }
    CHECK(counts.notified == 0);
    CHECK(counts.destroyed == 1);
}

TEST_CASE("event node: a dead node wakes everybody and reports for ever") {
    Counts counts;
    OneFile on;
    on.node.mark_seen(on.file);
    on.wait(counts);
    CHECK_FALSE(on.node.dead());
    on.kill();
    CHECK(on.node.dead());
    CHECK(counts.notified == 1);
    on.node.mark_seen(on.file);
    CHECK(on.changed());
    CHECK(on.wait(counts));
}

TEST_CASE("event node: no event falls between the question and the sleep") {
    Counts counts;
    OneFile on;
    constexpr int events = 2000;
    std::atomic<int> reader_at = -1;
    std::thread raiser([&] {
        for (int i = 0; i < events; ++i) {
            while (reader_at < i) {
                std::this_thread::yield();
            }
            on.raise();
        }
    });
    bool lost = false;
    for (int i = 0; i < events && !lost; ++i) {
        on.node.mark_seen(on.file);
        reader_at = i;
        const int before = counts.notified;
        if (!on.wait(counts)) {
            lost = !test::wait_until([&] { return counts.notified > before; });
        }
    }
    reader_at = events;
    raiser.join();
    CHECK_FALSE(lost);
}
