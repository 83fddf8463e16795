// SPDX-License-Identifier: MIT
#include "mounts.h"
#include "support/poller.h"
#include "topics.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <system_error>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <fcntl.h>
#include <functional>
#include <numbers>
#include <poll.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace gpiofs::bench {
namespace {

constexpr unsigned base = 512;

/// Threads that sleep in poll() on a file each and tell when they woke.
class Pollers {
  public:
    Pollers(const test::fs::path& path, std::size_t count) : woken_(count) {
        for (std::size_t n = 0; n < count; ++n) {
            files_.push_back(open_or_throw(path, O_RDONLY));
        }
    }

    /// From before `cause` until the last of them has woken. It comes when all of them sleep, at
    /// the moment that `when` makes of the time that is then.
    Duration wake(const std::function<void()>& cause,
                  const std::function<TimePoint(TimePoint)>& when) {
        std::vector<std::thread> threads;
        const std::size_t sleepers = test::sleeping_pollers();
        threads.reserve(files_.size());
        for (std::size_t n = 0; n < files_.size(); ++n) {
            threads.emplace_back([this, n] { woken_[n] = sleep(files_[n].get()); });
        }
        const bool asleep =
            test::wait_until([&] { return test::sleeping_pollers() >= sleepers + files_.size(); });
        std::this_thread::sleep_until(when(clock_.now()));
        const TimePoint begun = clock_.now();
        cause();
        for (auto& thread : threads) {
            thread.join();
        }
        const TimePoint last = *std::max_element(woken_.begin(), woken_.end());
        if (!asleep || last == TimePoint::max()) {
            throw std::runtime_error("a poller was not woken");
        }
        return last - begun;
    }

  private:
    TimePoint sleep(int file) const {
        char text[64];
        if (::pread(file, text, sizeof(text), 0) <= 0) {
            return TimePoint::max();
        }
        constexpr int patience_ms = 10'000;
        pollfd entry{file, POLLPRI | POLLERR, 0};
        const bool woken = ::poll(&entry, 1, patience_ms) == 1;
        return woken ? clock_.now() : TimePoint::max();
    }

    const SystemClock clock_;
    std::vector<UniqueFd> files_;
    std::vector<TimePoint> woken_;
};

/// Something that can wake, again and again: writing one text or the other in turns to a file that
/// is open already.
class Source {
  public:
    Source(test::fs::path value, const test::fs::path& cause)
        : value_(std::move(value)), cause_(open_or_throw(cause, O_WRONLY)) {}

    const test::fs::path& value() const { return value_; }
    void happen() {
        level_ = !level_;
        if (::pwrite(cause_.get(), level_ ? "1" : "0", 1, 0) != 1) {
            throw std::system_error(errno, std::generic_category(), "the cause of a wake-up");
        }
    }

    /// When to let it happen next, at most an interval after `now`: spread evenly over the phases
    /// of a sampler, because the median of as many random ones would err by a tenth. Each phase is
    /// the golden section of an interval after the last, which leaves no gap for any number of
    /// them.
    TimePoint moment(TimePoint now, Duration interval) {
        if (interval == Duration::zero()) {
            return now;
        }
        phase_ = std::fmod(phase_ + std::numbers::phi, 1.0);
        const Duration into = now.time_since_epoch() % interval;
        const auto wanted =
            Duration(static_cast<Duration::rep>(phase_ * static_cast<double>(interval.count())));
        return now - into + wanted + (wanted < into ? interval : Duration::zero());
    }

  private:
    test::fs::path value_;
    UniqueFd cause_;
    double phase_ = 0;
    bool level_ = false;
};

Source source_of(const EmptyFilesystem& mount) { return {mount.value(), mount.notify()}; }

/// An edge on line 512.
Source source_of(const test::Mount& mount) {
    return {mount.path() / fmt::format("gpio{}", base) / "value",
            mount.path() / "sim/0/adbus0/drive"};
}

std::unique_ptr<test::Mount> armed_mount(unsigned interval_us) {
    auto mount = std::make_unique<test::Mount>(std::vector<std::string>{
        "--board", fmt::format("sim:FT232H,usb=hs,sample_interval_us={}", interval_us)});
    const auto line = mount->export_line(base);
    write_or_throw(mount->path() / "sim/0/adbus0/drive", "0");
    write_or_throw(line / "edge", "both");
    return mount;
}

/// Wakes pollers that often, and adds how long each time took, in microseconds.
void add_latencies(Source& source, std::size_t pollers, int events, Duration interval,
                   Series& series) {
    Pollers sleepers(source.value(), pollers);
    for (int event = 0; event < events; ++event) {
        series.add(microseconds(
            sleepers.wake([&] { source.happen(); },
                          [&](TimePoint now) { return source.moment(now, interval); })));
    }
}

/// Reads beside the sampler, and adds how long each took.
void add_reads(const test::Mount& mount, Side& side) {
    const UniqueFd file =
        open_or_throw(mount.path() / fmt::format("gpio{}", base) / "value", O_RDONLY);
    run_for(
        std::chrono::milliseconds(20), [&] { read_value(file.get()); }, side);
}

void by_interval(const Scale& scale, Report& report) {
    Table table{
        "From an edge to poll()'s return, by sampling interval",
        "`usb=hs`, one poller, edges spread over the phases; microseconds. The bound is half "
        "the interval, a "
        "read, and 1.3 times the wake-up that an empty filesystem gives when told to; for "
        "a stream it is 500.",
        {"interval us", "median", "95 %", "99 %", "read", "empty filesystem", "bound",
         "median / bound"},
        {}};
    const EmptyFilesystem empty;
    Source notified = source_of(empty);
    for (const unsigned interval_us : {0U, 100U, 1000U, 10000U}) {
        const auto mount = armed_mount(interval_us);
        const Duration interval = std::chrono::microseconds(interval_us);
        Series woken;
        Series floor;
        Side reads;
        constexpr int turns = 5;
        Source ours = source_of(*mount);
        for (int turn = 0; turn < turns; ++turn) {
            const int events = std::max(scale.events() / turns, 1);
            add_latencies(ours, 1, events, interval, woken);
            add_latencies(notified, 1, events, interval, floor);
            add_reads(*mount, reads);
        }
        const double read = reads.latency_us.median();
        constexpr double stream_bound = 500;
        const double bound = interval_us == 0
                                 ? stream_bound
                                 : microseconds(interval) / 2 + read + 1.3 * floor.median();
        table.rows.push_back({double(interval_us), woken.median(), woken.quantile(0.95),
                              woken.quantile(0.99), read, floor.median(), bound,
                              woken.median() / bound});
    }
    report.push_back(std::move(table));
}

void by_pollers(const Scale& scale, Report& report) {
    Table table{"Until the last of many pollers of one line is woken",
                "`usb=hs`, sampled every 1000 us, each poller with a file and a thread of its own; "
                "microseconds, "
                "beside an empty filesystem that notifies as many.",
                {"pollers", "median", "empty filesystem", "difference"},
                {}};
    const EmptyFilesystem empty;
    Source notified = source_of(empty);
    constexpr auto interval = std::chrono::milliseconds(1);
    const auto mount = armed_mount(1000);
    Source ours = source_of(*mount);
    for (const unsigned count : {1U, 10U, 100U, 1000U}) {
        const int turns = scale.quick ? 1 : count == 1000 ? 4 : 10;
        Series woken;
        Series floor;
        for (int turn = 0; turn < turns; ++turn) {
            add_latencies(ours, count, 2, interval, woken);
            add_latencies(notified, count, 2, interval, floor);
        }
        table.rows.push_back(
            {double(count), woken.median(), floor.median(), woken.median() - floor.median()});
    }
    report.push_back(std::move(table));
}

/// A poller has a file; a thousand of them are more than many machines allow at first.
void allow_descriptors() {
    constexpr rlim_t wanted = 4096;
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min(std::max(limit.rlim_cur, wanted), limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

void measure_wake(const Scale& scale, Report& report) {
    allow_descriptors();
    by_interval(scale, report);
    by_pollers(scale, report);
}

}  // namespace gpiofs::bench
