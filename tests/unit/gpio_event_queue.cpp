#include "gpio/event_queue.h"
#include "support/counted_wakeup.h"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>

using namespace gpiofs;
using gpio::EventQueue;

namespace {

gpio::EdgeEvent edge(std::size_t number) { return {TimePoint(Duration(number)), number % 2 == 1}; }

void push(EventQueue& queue, std::size_t number) {
    gpio::WakeList wake;
    queue.push(edge(number), wake);
    wake.notify_all();
}

void end(EventQueue& queue) {
    gpio::WakeList wake;
    queue.end(wake);
    wake.notify_all();
}

/// Takes what must be there.
EventQueue::Entry take(EventQueue& queue) {
    const auto entry = queue.take();
    REQUIRE(entry);
    return *entry;
}

}  // namespace

TEST_CASE("event queue: edges come out as they went in") {
    EventQueue queue;
    CHECK_FALSE(queue.take());
    for (std::size_t i = 1; i <= 3; ++i) {
        push(queue, i);
    }
    for (std::size_t i = 1; i <= 3; ++i) {
        const auto entry = take(queue);
        CHECK(entry.edge.time == edge(i).time);
        CHECK(entry.edge.rising == edge(i).rising);
        CHECK(entry.lost == 0);
    }
    CHECK_FALSE(queue.take());
}

TEST_CASE("event queue: what a slow reader lost is told exactly, before the next edge") {
    EventQueue queue;
    for (std::size_t i = 0; i < EventQueue::capacity; ++i) {
        push(queue, i);
    }
    CHECK(take(queue).lost == 0);
    // One place is free again: five more edges take it, and the place of four others.
    for (std::size_t i = 0; i < 5; ++i) {
        push(queue, EventQueue::capacity + i);
    }
    const auto first = take(queue);
    CHECK(first.lost == 4);
    CHECK(first.edge.time == edge(5).time);
    std::size_t next = 6;
    while (const auto entry = queue.take()) {
        CHECK(entry->lost == 0);
        CHECK(entry->edge.time == edge(next++).time);
    }
    CHECK(next == EventQueue::capacity + 5);
}

TEST_CASE("event queue: the end comes after the edges that wait") {
    EventQueue queue;
    push(queue, 1);
    end(queue);
    auto state = queue.ask(EventQueue::Sleeper::read, nullptr);
    CHECK(state.waiting);
    CHECK(state.ended);
    take(queue);
    state = queue.ask(EventQueue::Sleeper::read, nullptr);
    CHECK_FALSE(state.waiting);
    CHECK(state.ended);
}

TEST_CASE("event queue: an edge and the end wake a poller and a reader, each once") {
    EventQueue queue;
    std::atomic<int> polls = 0;
    std::atomic<int> reads = 0;
    const auto sleep = [&] {
        queue.ask(EventQueue::Sleeper::poll, std::make_unique<test::CountedWakeup>(polls));
        queue.ask(EventQueue::Sleeper::read, std::make_unique<test::CountedWakeup>(reads));
    };
    sleep();
    sleep();
    queue.ask(EventQueue::Sleeper::poll, nullptr);  // one that will not sleep takes none away
    push(queue, 1);
    push(queue, 2);
    CHECK(polls == 1);
    CHECK(reads == 1);
    sleep();
    end(queue);
    CHECK(polls == 2);
    CHECK(reads == 2);
}
