// SPDX-License-Identifier: MIT
#include "stress/counted_line.h"

#include "support/poller.h"
#include "support/wait.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::test {
namespace {

// What happens here never fails: nothing is wrong with board 0 and nobody pulls its plug.
const Operation prepare_line{"counted line: prepare", {"ok"}};
const Operation toggle_output{"counted line: write value", {"ok"}};
const Operation wait_for_edge{"counted line: poll value", {"PRI|ERR", "timeout"}};
const Operation read_level{"counted line: read value", {"0\n", "1\n"}};

constexpr auto glance = std::chrono::milliseconds(20);

UniqueFd open_or_throw(const fs::path& path, int flags) {
    UniqueFd fd = open_file(path, flags);
    if (!fd) {
        throw std::runtime_error(fmt::format("open {}: {}", path.string(), errno_name(errno)));
    }
    return fd;
}

}  // namespace

CountedLine::~CountedLine() { enough_written_ = over_ = true; }

void CountedLine::prepare_bench(const Mount& mount) { mount.set_bench("wires", "adbus0 adbus4"); }

void CountedLine::begin(bool streamed) {
    streamed_ = streamed;
    const auto write = [this](const char* file, const char* text) {
        journal_.perform(prepare_line, file, [&] { return write_text(mount_ / file, text); });
    };
    write("gpiochip512/sample_interval_us", streamed ? "0" : "200");
    write("export", "512");
    write("export", "516");
    write("gpio512/direction", "low");
    write("gpio516/edge", "both");
    output_ = open_or_throw(mount_ / "gpio512/value", O_WRONLY);
    polled_ = open_or_throw(mount_ / "gpio516/value", O_RDONLY);
    event_stream_ = open_or_throw(mount_ / "gpio516/events", O_RDONLY);
    last_read_ = read_at(polled_.get(), 0);
    counted_before_ = counted();
    reader_.emplace([this] { read_events(); });
    poller_.emplace([this] { poll_value(); });
    writer_.emplace([this] { toggle(); });
}

void CountedLine::toggle() {
    while (!enough_written_) {
        // Sampling begins some time after the line was armed.
        if (writes_ == 1 && !wait_until([this] { return events_ == 1; })) {
            journal_.fail("the first edge is not told");
            return;
        }
        const char* level = writes_ % 2 == 0 ? "1" : "0";
        const std::string result = journal_.perform(
            toggle_output, level, [&] { return write_at_start(output_.get(), level); });
        if (result != "ok") {
            return;
        }
        ++writes_;
    }
}

void CountedLine::read_events() {
    while (!over_) {
        if (poll_once(event_stream_.get(), POLLIN, glance) == "timeout") {
            continue;
        }
        std::array<char, 4096> text{};
        const ssize_t got = ::read(event_stream_.get(), text.data(), text.size());
        if (got < 0) {
            journal_.fail(fmt::format("events: read {}, {}", got, errno_name(errno)));
            return;
        }
        rest_.append(text.data(), static_cast<std::size_t>(got));
        for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
            take_event(rest_.substr(0, end));
            rest_.erase(0, end + 1);
        }
    }
}

void CountedLine::take_event(const std::string& line) {
    std::istringstream words(line);
    long time = 0;
    std::string edge;
    long lost = 0;
    const bool whole = static_cast<bool>(words >> time >> edge >> lost);
    const long number = events_ + lost;
    if (!whole || time <= last_time_ || edge != (number % 2 == 0 ? "rising" : "falling")) {
        journal_.fail(fmt::format("event {} after {} ns: '{}'", number, last_time_, line));
    }
    last_time_ = time;
    events_ = number + 1;
}

void CountedLine::poll_value() {
    while (!over_) {
        const std::string woken = journal_.perform(wait_for_edge, "gpio516", [this] {
            return poll_once(polled_.get(), POLLPRI | POLLERR, glance);
        });
        if (woken == "PRI|ERR") {
            last_read_ = journal_.perform(read_level, "gpio516",
                                          [this] { return read_at(polled_.get(), 0); });
            ++wakes_;
        }
    }
}

long CountedLine::counted() const { return std::stol(mount_.bench("adbus4/edges")); }

void CountedLine::end() {
    enough_written_ = true;
    writer_.reset();
    add_up();
    event_stream_.reset();
    polled_.reset();
    output_.reset();
    for (const char* number : {"512", "516"}) {
        journal_.perform(prepare_line, number,
                         [&] { return write_text(mount_ / "unexport", number); });
    }
}

void CountedLine::add_up() {
    // A sample that comes after the last write: every edge waits to be read now.
    journal_.perform(read_level, "once more",
                     [this] { return read_text(mount_ / "gpio516/value"); });
    const bool told = wait_until([this] {
        const bool all = poll_once(event_stream_.get(), POLLIN, {}) == "timeout";
        return all && events_ == writes_;
    });
    over_ = true;
    reader_.reset();
    poller_.reset();
    const std::string left = poll_once(polled_.get(), POLLPRI | POLLERR, {});
    if (left == "PRI|ERR") {  // the last edge came after the poller's last look
        last_read_ = read_at(polled_.get(), 0);
        ++wakes_;
    }
    expect(counted() - counted_before_ == writes_, "the board has counted every write");
    expect(told, "every edge is told: a sample follows each write");
    expect(events_ <= writes_, "no edge is invented");
    expect(wakes_ <= events_, "nobody is woken for nothing");
    expect(events_ == 0 || wakes_ > 0, "somebody is woken");
    expect(poll_once(polled_.get(), POLLPRI | POLLERR, {}) == "timeout", "nothing is left to tell");
    expect(last_read_ == (writes_ % 2 == 0 ? "0\n" : "1\n"), "the last level that was read is it");
}

void CountedLine::expect(bool right, const char* what) {
    if (!right) {
        journal_.fail(
            fmt::format("{}: not so, {}, with {} writes, {} edges, {} events, {} wakes, "
                        "last read {}",
                        what, streamed_ ? "streamed" : "sampled", writes_.load(),
                        counted() - counted_before_, events_.load(), wakes_.load(), last_read_));
    }
}

}  // namespace gpiofs::test
