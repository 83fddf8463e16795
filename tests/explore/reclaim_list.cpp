// SPDX-License-Identifier: MIT
#include "poll/reclaim_list.h"

#include "alive.h"
#include "base/sync.h"
#include "scenario.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <utility>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

/// What is pushed. Finishing takes a lock that pushing holds, as a worker's end takes the chip's.
class Item final : public poll::Retired {
  public:
    struct Fate {
        Mutex mutex;
        bool finished = false;
        bool destroyed = false;
    };

    explicit Item(Fate& fate, std::function<void()> also = {})
        : fate_(fate), also_(std::move(also)) {}
    ~Item() override {
        require(fate_.finished, "something was destroyed before it was finished");
        fate_.destroyed = true;
    }

    void finish() noexcept override {
        alive_.check("what was pushed");
        const std::lock_guard lock(fate_.mutex);
        require(!std::exchange(fate_.finished, true), "something was finished twice");
        if (also_) {
            also_();
        }
    }

  private:
    Fate& fate_;
    const std::function<void()> also_;
    Alive alive_;
};

void push_locked(poll::ReclaimList& list, Item::Fate& fate) {
    const std::lock_guard lock(fate.mutex);
    list.push(std::make_unique<Item>(fate));
}

}  // namespace

TEST_CASE("reclaim list: two push, each under a lock that finishing takes, and drain") {
    explore_all({3}, [] {
        poll::ReclaimList list;
        Item::Fate mine;
        Item::Fate others;
        const auto push_and_drain = [&list](Item::Fate& fate) {
            push_locked(list, fate);
            list.drain();
            require(fate.destroyed, "drain() returned before what was pushed was destroyed");
        };
        Thread other = start_thread("pusher", [&] { push_and_drain(others); });
        push_and_drain(mine);
        other.join();
    });
}

TEST_CASE("reclaim list: its end finishes what is listed, and what finishing pushes") {
    explore_all({3}, [] {
        Item::Fate first;
        Item::Fate second;
        Item::Fate others;
        {
            poll::ReclaimList list;
            Thread other = start_thread("pusher", [&] { push_locked(list, others); });
            list.push(
                std::make_unique<Item>(first, [&] { list.push(std::make_unique<Item>(second)); }));
            other.join();
        }
        require(first.destroyed && second.destroyed && others.destroyed,
                "the list left something behind");
    });
}
