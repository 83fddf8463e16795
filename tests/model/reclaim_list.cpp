// SPDX-License-Identifier: MIT
#include "poll/reclaim_list.h"

#include "support/wait.h"
#include "threads_named.h"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

class Action final : public poll::Retired {
  public:
    explicit Action(std::function<void()> finish, std::function<void()> destroy = {})
        : finish_(std::move(finish)), destroy_(std::move(destroy)) {}
    ~Action() override {
        if (destroy_) {
            destroy_();
        }
    }
    void finish() noexcept override { finish_(); }

  private:
    const std::function<void()> finish_;
    const std::function<void()> destroy_;
};

std::unique_ptr<poll::Retired> action(std::function<void()> finish,
                                      std::function<void()> destroy = {}) {
    return std::make_unique<Action>(std::move(finish), std::move(destroy));
}

}  // namespace

TEST_CASE("reclaim list: what is pushed is finished and destroyed in order, by its owner") {
    std::vector<int> steps;
    std::thread::id owner;
    poll::ReclaimList list;
    for (int i = 0; i < 100; ++i) {
        list.push(action(
            [&, i] {
                owner = std::this_thread::get_id();
                steps.push_back(2 * i);
            },
            [&, i] { steps.push_back(2 * i + 1); }));
    }
    list.drain();
    REQUIRE(steps.size() == 200);
    for (int i = 0; i < 200; ++i) {
        CHECK(steps[static_cast<std::size_t>(i)] == i);
    }
    CHECK(owner != std::this_thread::get_id());
}

TEST_CASE("reclaim list: drain waits until the last has been destroyed") {
    std::atomic<bool> go = false;
    std::atomic<bool> destroyed = false;
    std::atomic<bool> drained = false;
    poll::ReclaimList list;
    list.drain();
    list.push(action([&] { wait_until([&] { return go.load(); }); }, [&] { destroyed = true; }));
    std::thread waiter([&] {
        list.drain();
        drained = destroyed.load();
    });
    CHECK_FALSE(destroyed);
    go = true;
    waiter.join();
    CHECK(drained);
}

TEST_CASE("reclaim list: pushing under a lock that finishing takes does not block") {
    std::mutex mutex;
    int finished = 0;
    poll::ReclaimList list;
    {
        const std::lock_guard lock(mutex);
        for (int i = 0; i < 10; ++i) {
            list.push(action([&] {
                const std::lock_guard inner(mutex);
                ++finished;
            }));
        }
        CHECK(finished == 0);
    }
    list.drain();
    CHECK(finished == 10);
}

TEST_CASE("reclaim list: finishing may push more") {
    std::atomic<int> finished = 0;
    {
        std::function<void()> chain;
        poll::ReclaimList list;
        chain = [&] {
            if (++finished < 50) {
                list.push(action(chain));
            }
        };
        SUBCASE("while somebody waits") {
            list.push(action(chain));
            CHECK(wait_until([&] { return finished == 50; }));
            list.drain();
        }
        SUBCASE("while the list ends") { list.push(action(chain)); }
    }
    CHECK(finished == 50);
}

TEST_CASE("reclaim list: its end finishes what is listed, and leaves no thread") {
    std::atomic<int> finished = 0;
    {
        poll::ReclaimList list;
        for (int i = 0; i < 100; ++i) {
            list.push(action([&] { ++finished; }));
        }
    }
    CHECK(finished == 100);
    // A thread that has been joined may still be listed for a moment.
    CHECK(wait_until([] { return threads_named("reclaim") == 0; }));
}

TEST_CASE("reclaim list: many threads push at once") {
    std::atomic<int> finished = 0;
    poll::ReclaimList list;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) {
                list.push(action([&] { ++finished; }));
                if (i % 50 == 0) {
                    list.drain();
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    list.drain();
    CHECK(finished == 1600);
}
