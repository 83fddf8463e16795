// SPDX-License-Identifier: MIT
#include "rig.h"

#include "base/error.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <utility>

namespace gpiofs::test {
namespace {

/// Sets something of a line, or answers false if it needs a sample and has none.
using Setting = std::function<bool(const gpio::Sample*)>;

/// A job that sets something of a line in bus order, as a write to one of its attributes does.
class SettingJob final : public TestJob {
  public:
    explicit SettingJob(Setting apply) : apply_(std::move(apply)) {}

    void in_order(const gpio::JobResult& result) noexcept override {
        try {
            apply_(&result.sample);
        } catch (const std::system_error& error) {
            refusal_ = error.code();
        }
    }
    std::error_code refusal() const { return refusal_; }

  private:
    const Setting apply_;
    std::error_code refusal_;
};

/// The same chip, killed when the test lets go of it: until then its exported lines keep it alive.
std::shared_ptr<gpio::Chip> killed_at_last(std::shared_ptr<gpio::Chip> chip) {
    gpio::Chip* const plain = chip.get();
    return {plain, [chip = std::move(chip)](gpio::Chip* last) { last->kill(); }};
}

std::error_code set(Rig& rig, gpio::Line& line, const Setting& apply) {
    bool done = false;
    const int refusal = errno_of([&] { done = apply(nullptr); });
    if (done || refusal != 0) {
        return {refusal, std::generic_category()};
    }
    const auto job = std::make_shared<SettingJob>(apply);
    job->reads = line.bank();
    job->deadline = rig.deadline();
    line.chip().bus().submit(job);
    const auto error = job->result().error;
    return error ? error : job->refusal();
}

}  // namespace

Rig::Rig(Clock& the_clock, std::initializer_list<std::string> chips)
    : clock(the_clock), bench(the_clock) {
    for (const std::string& name : chips) {
        sim::BoardConfig config;
        config.chip = name;
        bench.add(config);
    }
}

Rig::Rig(Clock& the_clock, const sim::BoardConfig& board) : clock(the_clock), bench(the_clock) {
    bench.add(board);
}

std::unique_ptr<gpio::Engine> Rig::engine(unsigned board, unsigned interface_number) {
    tap = std::make_shared<Tap>();
    auto wire = bench.boards().at(board)->open(interface_number, {});
    const auto lines = bench.board(board).chip().lines;
    return std::make_unique<gpio::Engine>(
        std::make_unique<TappedTransport>(std::move(wire), tap), "sim" + std::to_string(board),
        lines > 8 ? mpsse::Banks::both : mpsse::Banks::low, clock);
}

std::unique_ptr<gpio::Engine> Rig::started(unsigned board, unsigned interface_number) {
    auto opened = engine(board, interface_number);
    opened->start(deadline());
    tap->forget();
    return opened;
}

std::shared_ptr<gpio::Chip> Rig::chip(gpio::ChipObserver& observer, unsigned board,
                                      std::chrono::microseconds interval) {
    gpio::ChipInfo info;
    info.id = board + 1;
    info.chip_number = board;
    info.lines = bench.board(board).chip().lines;
    info.base = gpio::dynamic_base + 16 * board;
    info.arrival = board + 1;
    info.board_path = "sim" + std::to_string(board);
    const auto all = static_cast<mpsse::PinMask>((1U << info.lines) - 1);
    info.limits = {all, all, all};
    return killed_at_last(
        std::make_shared<gpio::Chip>(std::move(info), started(board), clock, interval, observer));
}

std::shared_ptr<gpio::Chip> Rig::chip(gpio::ChipObserver& observer,
                                      const mpsse::LineLimits& limits) {
    gpio::ChipInfo info;
    info.id = 1;
    info.lines = bench.board(0).chip().lines;
    info.base = gpio::dynamic_base;
    info.arrival = 1;
    info.board_path = "sim0";
    info.limits = limits;
    return killed_at_last(std::make_shared<gpio::Chip>(std::move(info), started(), clock,
                                                       std::chrono::milliseconds(1), observer));
}

mpsse::PinMask Rig::levels(unsigned interface_number) {
    unsigned mask = 0;
    for (unsigned bit = 0; bit < board().chip().lines; ++bit) {
        mask |= board().level({interface_number, bit}) ? 1U << bit : 0U;
    }
    return static_cast<mpsse::PinMask>(mask);
}

sim::Counters since(const sim::Counters& before, const sim::Counters& now) {
    return {now.out_transfers - before.out_transfers,
            now.in_transfers - before.in_transfers,
            now.status_only - before.status_only,
            now.control_transfers - before.control_transfers,
            now.opcodes - before.opcodes,
            now.bad_opcodes - before.bad_opcodes};
}

void TestJob::done(const gpio::JobResult& result) noexcept {
    const std::lock_guard lock(mutex_);
    result_ = result;
    ++answers_;
    changed_.notify_all();
}

gpio::JobResult TestJob::result() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, patience, [this] { return answers_ > 0; }));
    return result_;
}

std::shared_ptr<TestJob> read_job(mpsse::Banks banks, TimePoint deadline) {
    auto job = std::make_shared<TestJob>();
    job->reads = banks;
    job->deadline = deadline;
    return job;
}

std::shared_ptr<TestJob> change_job(const gpio::PinChange& change, TimePoint deadline) {
    auto job = std::make_shared<TestJob>();
    job->change = change;
    job->deadline = deadline;
    return job;
}

gpio::PinChange output(unsigned offset, bool level) {
    const auto bit = static_cast<mpsse::PinMask>(1U << offset);
    return {bit, level ? bit : mpsse::PinMask{0}, bit, bit};
}

gpio::JobResult read_pins(gpio::Bus& bus, mpsse::Banks banks, TimePoint deadline) {
    const auto job = read_job(banks, deadline);
    bus.submit(job);
    return job->result();
}

std::error_code change_pins(gpio::Bus& bus, const gpio::PinChange& change, TimePoint deadline) {
    const auto job = change_job(change, deadline);
    bus.submit(job);
    return job->result().error;
}

std::error_code set_edge(Rig& rig, gpio::Line& line, gpio::Edge edge) {
    return set(rig, line,
               [&line, edge](const auto* sample) { return line.set_edge(edge, sample); });
}

std::error_code set_active_low(Rig& rig, gpio::Line& line, bool active_low) {
    return set(rig, line, [&line, active_low](const auto* sample) {
        return line.set_active_low(active_low, sample);
    });
}

}  // namespace gpiofs::test
