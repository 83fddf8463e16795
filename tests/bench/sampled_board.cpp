// SPDX-License-Identifier: MIT
#include "sampled_board.h"

#include "base/error.h"
#include "support/files.h"
#include "support/wait.h"

#include <fmt/format.h>

#include <cerrno>
#include <ctime>
#include <stdexcept>

namespace gpiofs::bench {
namespace {

constexpr auto patience = std::chrono::seconds(5);
const std::string worker_name = "poll";

Duration cpu_of(clockid_t clock) noexcept {
    timespec time{};
    clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// The clock of a thread of this process (Linux include/linux/posix-timers_types.h).
clockid_t cpu_clock(int thread) noexcept {
    constexpr unsigned per_thread = 4;
    constexpr unsigned scheduler_time = 2;
    return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3U) | per_thread |
                                  scheduler_time);
}

int find_worker() {
    int found = 0;
    test::wait_until([&] {
        for (const auto& task : test::list("/proc/self/task")) {
            if (test::read_text(test::fs::path("/proc/self/task") / task / "comm") ==
                worker_name + "\n") {
                found = std::stoi(task);
            }
        }
        return found != 0;
    });
    return found;
}

class FirstSample final : public gpio::BusJob {
  public:
    void done(const gpio::JobResult& result) noexcept override { result_ = result; }
    const gpio::JobResult& result() const { return result_; }

  private:
    gpio::JobResult result_;
};

}  // namespace

Duration thread_cpu() noexcept { return cpu_of(CLOCK_THREAD_CPUTIME_ID); }

SampledBoard::SampledBoard(const sim::BoardConfig& config, std::chrono::microseconds interval)
    : bench_(clock_) {
    bench_.add(config);
    auto engine = std::make_unique<gpio::Engine>(
        std::make_unique<MeteredTransport>(bench_.boards().front()->open(0, {}), in_transport_),
        "sim0", mpsse::Banks::both, clock_);
    engine->start(clock_.now() + patience);
    board().set_drive({0, 0}, sim::Drive::low);

    gpio::ChipInfo info;
    info.id = 1;
    info.lines = gpio::max_lines;
    constexpr mpsse::PinMask all = 0xffff;
    info.limits = {all, all, all};
    chip_ = std::make_shared<gpio::Chip>(std::move(info), std::move(engine), clock_, interval,
                                         observer_);
    line_ = chip_->export_line(0, 1);
    // Nobody else has the bus yet, so the job is done on return.
    const auto job = std::make_shared<FirstSample>();
    job->reads = line_->bank();
    job->deadline = clock_.now() + patience;
    chip_->bus().submit(job);
    if (job->result().error) {
        throw std::system_error(job->result().error, "the first sample");
    }
    line_->make_edge_ring();
    line_->set_edge(gpio::Edge::both, &job->result().sample);
    worker_ = std::make_unique<poll::PollWorker>(chip_, clock_, patience);
    worker_thread_ = find_worker();
}

SampledBoard::~SampledBoard() {
    worker_->stop();
    worker_->finish();
    chip_->kill();
}

Duration SampledBoard::worker_cpu() const {
    return cpu_of(cpu_clock(worker_thread_)) - Duration(in_transport_);
}

}  // namespace gpiofs::bench
