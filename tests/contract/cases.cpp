// SPDX-License-Identifier: MIT
#include "contract/cases.h"

#include "contract/host.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <vector>

namespace gpiofs::contract {
namespace {

using namespace std::chrono_literals;
using transport::Direction;

constexpr int rounds = 10;
constexpr int most_tries = 5;

void cause_comes_first(Rig& rig, bool in_queued_first) {
    Host host(rig);
    for (unsigned round = 1; round <= rounds; ++round) {
        if (in_queued_first) {
            host.ask();
        }
        host.send(samples(1));
        if (!in_queued_first) {
            host.ask();
        }
        rig.until_ended({round, round});
        host.expect(sent(2));
        host.expect(received(1));
    }
    must(!host.collect(), "a transfer is collected that was not queued");
}

void out_before_waiting_in(Rig& rig) { cause_comes_first(rig, true); }

void out_before_later_in(Rig& rig) { cause_comes_first(rig, false); }

void in_before_later_out(Rig& rig) {
    Host host(rig);
    for (unsigned round = 0; round < rounds; ++round) {
        host.ask();
        host.send(samples(1));
        rig.until_ended({2 * round + 1, round + 1});
        host.send({send_immediate});
        rig.until_ended({2 * round + 2, round + 1});
        host.expect(sent(2));
        host.expect(received(1));
        host.expect(sent(1));
    }
}

void several_ins(Rig& rig) {
    Host host(rig);
    const std::size_t packet = host.transport().packet_size();
    const std::size_t in_packet = packet - 2;
    for (unsigned round = 1; round <= rounds; ++round) {
        host.ask();
        host.ask();
        host.send(samples(packet - 1));
        rig.until_ended({round, 2 * round});
        host.expect(sent(packet));
        host.expect(received(in_packet));
        host.expect(received(packet - 1 - in_packet));
    }
}

/// Batches of one packet each, so that none is answered before it has ended.
void many_batches(Rig& rig) {
    constexpr unsigned batches = 60;
    constexpr std::size_t posted = 8;
    constexpr std::size_t under_way = 4;
    const auto size = [](unsigned batch) { return std::size_t{1} + batch % 7; };
    Host host(rig);
    unsigned submitted = 0;
    unsigned gone = 0;
    std::size_t caused = 0;
    std::size_t replies = 0;
    while (gone < batches || replies < caused) {
        while (host.queued(Direction::in) < posted) {
            host.ask();
        }
        while (submitted < batches && host.queued(Direction::out) < under_way) {
            host.send(samples(size(submitted++)));
        }
        if (gone % 10 == 0) {
            rig.until_ended({submitted, 0});
        }
        const auto ended = host.collect();
        must(ended && ended->error == 0, "a batch or its replies do not come");
        if (ended->direction == Direction::out) {
            must(ended->bytes == size(gone) + 1, "OUTs are collected out of their order");
            caused += size(gone++);
        } else {
            replies += ended->bytes;
            must(replies <= caused, "replies are collected before the OUT that caused them");
        }
    }
    host.transport().cancel();
    const auto rest = host.collect_rest();
    must(std::all_of(rest.begin(), rest.end(),
                     [](const Ended& one) {
                         return one.is(received(0, ECANCELED)) || one.is(received(0));
                     }),
         "an IN that nothing came for ends in another way than cancelled");
}

void order_of_submission(Rig& rig) {
    constexpr std::uint8_t count = 6;
    Host host(rig);
    for (std::uint8_t n = 0; n < count; ++n) {
        host.ask();
    }
    for (std::uint8_t n = 0; n < count; ++n) {
        const std::array<std::uint8_t, 4> begin = {set_low, n, 0xff, get_low};
        Bytes batch(begin.size() + 1 + n, send_immediate);
        std::copy(begin.begin(), begin.end(), batch.begin());
        host.send(batch);
    }
    std::size_t outs = 0;
    Bytes levels;
    while (outs < count || levels.size() < count) {
        const auto ended = host.collect();
        must(ended && ended->error == 0, "a batch or its replies do not come");
        if (ended->direction == Direction::out) {
            must(ended->bytes == 5 + outs++, "OUTs are collected out of their order");
        } else {
            levels.insert(levels.end(), ended->replies.begin(), ended->replies.end());
            must(levels.size() <= outs, "replies are collected before the OUT that caused them");
            host.ask();
        }
    }
    must(std::is_sorted(levels.begin(), levels.end()) && levels.back() == count - 1,
         "INs are collected out of their order");
}

void partial_out(Rig& rig) {
    Host host(rig);
    rig.fault("cut 1");
    host.send(Bytes(3, send_immediate));
    host.send(Bytes(2, send_immediate));
    must(!host.collect(50ms), "an OUT ends of which the chip has taken only a part");
    host.transport().cancel();
    host.expect(sent(1, ECANCELED));
    host.expect(sent(0, ECANCELED));
    must(!host.collect(), "a transfer is collected that was not queued");
    host.expect_answer();
}

/// Nobody collects replies: the engine stops when they fill their FIFO, and commands pile up.
void none_overtakes(Rig& rig) {
    constexpr std::size_t size = 3000;
    constexpr std::size_t count = 4;
    Host host(rig);
    for (std::size_t n = 0; n < count; ++n) {
        host.send(Bytes(size, get_low));
    }
    std::vector<Ended> ends;
    while (const auto ended = host.collect(100ms)) {
        must(ended->is(sent(size)), "an OUT ends before it is whole or cancelled");
        ends.push_back(*ended);
    }
    host.transport().cancel();
    const auto rest = host.collect_rest();
    ends.insert(ends.end(), rest.begin(), rest.end());
    must(ends.size() == count, "not every cancelled OUT is collected");
    must(ends.back().is(sent(0, ECANCELED)), "the FIFOs hold more than they can");
    bool whole = true;
    for (const Ended& one : ends) {
        must(whole || one.bytes == 0, "an OUT has moved data that one before it has not");
        whole = one.bytes == size;
        must(one.error == ECANCELED || one.is(sent(size)),
             "a cancelled OUT ends as " + to_string(one));
    }
}

/// Three INs and two OUTs that the chip does not move.
void queue_in_vain(Rig& rig, Host& host) {
    rig.set_silent(true);
    for (int n = 0; n < 3; ++n) {
        host.ask();
    }
    host.send(samples(1));
    host.send(samples(2));
}

void must_all_end_with(int error, const std::vector<Ended>& ends) {
    must(ends.size() == 5, "not everything that was queued is collected");
    const auto as_expected = [&](const Ended& one) {
        return one.is(sent(0, error)) || one.is(received(0, error));
    };
    const auto other = std::find_if_not(ends.begin(), ends.end(), as_expected);
    must(other == ends.end(),
         "a transfer ends as " + (other == ends.end() ? "" : to_string(*other)));
}

void cancelled_both_ways(Rig& rig) {
    Host host(rig);
    queue_in_vain(rig, host);
    host.transport().cancel();
    must_all_end_with(ECANCELED, host.collect_rest());
    rig.set_silent(false);
    host.expect_answer();
    host.ask();
    host.send(samples(1));
    host.expect(sent(2));
    host.expect(received(1));
}

/// `error` is that of everything later, too.
void must_be_over(Rig& rig, Host& host, int error) {
    Bytes buffer(host.transport().packet_size());
    const auto queued = host.try_send({send_immediate});
    if (queued) {
        must(queued.value() == error, "submit() fails otherwise: " + queued.message());
    } else {
        must(error != ECANCELED, "submit() takes a transfer after abort()");
        host.expect(sent(0, error));
    }
    must(host.transport().write(buffer, rig.in(patience)).error.value() == error,
         "write() does not fail as queued transfers do");
    must(host.transport().read(buffer, rig.in(patience)).error.value() == error,
         "read() does not fail as queued transfers do");
}

void abort_while_collecting(Rig& rig) {
    Host host(rig);
    queue_in_vain(rig, host);
    std::vector<Ended> ends;
    rig.at_once([&] { host.transport().abort(); }, [&] { ends = host.collect_rest(); });
    must_all_end_with(ECANCELED, ends);
    must_be_over(rig, host, ECANCELED);
}

void requests_after_abort(Rig& rig) {
    constexpr std::uint8_t get_latency_timer = 0x0a;
    Host host(rig);
    host.transport().abort();
    Bytes latency(1);
    const auto got = host.transport().control_in(get_latency_timer, 0, latency, rig.in(patience));
    must(!got.error && got.bytes == 1, "a control request fails after abort()");
}

void unplug_while_collecting(Rig& rig) {
    Host host(rig);
    queue_in_vain(rig, host);
    std::vector<Ended> ends;
    rig.at_once([&] { rig.unplug(); }, [&] { ends = host.collect_rest(); });
    must_all_end_with(ENODEV, ends);
    must_be_over(rig, host, ENODEV);
}

void ended_before_unplug(Rig& rig) {
    Host host(rig);
    host.ask();
    host.send(samples(1));
    rig.until_ended({1, 1});
    rig.set_silent(true);
    host.ask();
    host.send(samples(2));
    rig.unplug();
    host.expect(sent(2));
    host.expect(received(1));
    for (const Ended& one : host.collect_rest()) {
        must(one.bytes == 0 && one.error == ENODEV, "what was under way ends as " + to_string(one));
    }
}

void nothing_by_the_deadline(Rig& rig) {
    Host host(rig);
    must(!host.collect(), "collect() finds something where nothing is queued");
    host.ask();
    const TimePoint end = rig.in(20ms);
    if (const auto ended = host.collect(20ms)) {
        must(ended->is(received(0)), "something has ended that cannot");
        throw TooSlow();
    }
    must(rig.in(0ms) >= end, "collect() gives up before its deadline");
    host.send(samples(1));
    host.expect(sent(2));
    host.expect(received(1));
}

/// What asking again and again finds, with no time to wait.
Ended found_without_waiting(Rig& rig, Host& host) {
    const TimePoint end = rig.in(patience);
    while (true) {
        if (const auto ended = host.collect(-1ms)) {
            return *ended;
        }
        must(rig.in(0ms) < end, "a collect() that must not wait never finds what has ended");
    }
}

void deadline_that_has_passed(Rig& rig) {
    Host host(rig);
    host.ask();
    host.send(samples(1));
    rig.until_ended({1, 1});
    host.expect(sent(2), found_without_waiting(rig, host));
    host.expect(received(1), found_without_waiting(rig, host));
}

void stall(Rig& rig, Direction direction) {
    Host host(rig);
    rig.fault("stall 1");
    for (int n = 0; n < 2; ++n) {
        if (direction == Direction::out) {
            host.send({send_immediate});
        } else {
            host.ask();
        }
    }
    const Ended stalled{direction, 0, EPIPE};
    host.expect(stalled);
    host.expect(stalled);
    must(!host.transport().clear_halt(direction), "a halt cannot be cleared");
    host.expect_answer();
    host.ask();
    host.send(samples(1));
    host.expect(sent(2));
    host.expect(received(1));
}

void stalled_out(Rig& rig) { stall(rig, Direction::out); }

void stalled_in(Rig& rig) { stall(rig, Direction::in); }

constexpr std::array all = {
    Case{"an OUT comes before the waiting IN that its bytes end", nothing, out_before_waiting_in},
    Case{"an OUT comes before the IN queued behind it", nothing, out_before_later_in},
    Case{"an IN comes before an OUT that was queued after its end", nothing, in_before_later_out},
    Case{"an OUT comes before all INs that its replies need", nothing, several_ins},
    Case{"many batches under way: each before its replies", nothing, many_batches},
    Case{"each direction keeps the order of submission", outputs, order_of_submission},
    Case{"a cancelled OUT tells what the chip has taken", faults | deadlines, partial_out},
    Case{"no cancelled OUT overtakes one before it", stuffing | deadlines, none_overtakes},
    Case{"all cancelled transfers are collected", silence, cancelled_both_ways},
    Case{"abort() ends collect() in another thread", silence, abort_while_collecting},
    Case{"abort() leaves control requests alone", control, requests_after_abort},
    Case{"a board that goes ends everything", silence | unplug, unplug_while_collecting},
    Case{"what had ended before the board went keeps its result", silence | unplug | keeps,
         ended_before_unplug},
    Case{"at its deadline collect() leaves transfers alone", deadlines, nothing_by_the_deadline},
    Case{"a collect() that must not wait finds what has ended", nothing, deadline_that_has_passed},
    Case{"a stalled OUT stalls those behind it until the halt is cleared", faults, stalled_out},
    Case{"a stalled IN stalls those behind it until the halt is cleared", faults, stalled_in},
};

}  // namespace

std::span<const Case> cases() noexcept { return all; }

std::optional<std::string> check(const Case& one, Rig& rig) {
    for (int tries = 0; tries < most_tries; ++tries) {
        try {
            one.run(rig);
            return std::nullopt;
        } catch (const Broken& broken) {
            return broken.what();
        } catch (const TooSlow&) {
            continue;
        }
    }
    return "INs end without data, each time";
}

}  // namespace gpiofs::contract
