// SPDX-License-Identifier: MIT
#include "vm/speed/wake.h"

#include "support/poller.h"
#include "vm/speed/accesses.h"

#include <fmt/format.h>

#include <chrono>
#include <future>
#include <poll.h>
#include <stdexcept>
#include <thread>

namespace gpiofs::test {
namespace {

using std::chrono::steady_clock;

/// Reads and wake-ups by turns, so that what slows the machine down slows down both.
constexpr int turns = 12;
constexpr int each_turn = 10;

/// Orders come at any moment between two samples: after a pause of less than `longest_pause`, which
/// is longer than a sample takes on an emulated machine. The step is coprime to it and so gives
/// evenly scattered pauses.
constexpr auto longest_pause = std::chrono::microseconds(20000);
constexpr auto pause_step = std::chrono::microseconds(12361);

void set_edge(const fs::path& line, const char* edge) {
    const std::string said = write_text(line / "edge", edge);
    if (said != "ok") {
        throw std::runtime_error(fmt::format("edge {}: {}", edge, said));
    }
}

/// When poll() returned with an edge.
steady_clock::time_point wait_for_edge(int fd) {
    pollfd entry{fd, POLLPRI | POLLERR, 0};
    const int limit = static_cast<int>(std::chrono::milliseconds(patience).count());
    const int result = ::poll(&entry, 1, limit);
    const auto now = steady_clock::now();
    if (result != 1 || (entry.revents & POLLPRI) == 0) {
        throw std::runtime_error(fmt::format("poll() returns {}", result));
    }
    return now;
}

}  // namespace

Wakes measure_wakes(const fs::path& line, SimControl& control, const std::string& pin) {
    const UniqueFd value = open_value(line);
    const int fd = value.get();
    Wakes wakes;
    bool level = read_level(fd);
    for (int i = 0; i < turns * each_turn; ++i) {
        if (i % each_turn == 0) {
            set_edge(line, "none");
            for (int read = 0; read < each_turn; ++read) {
                wakes.reads.push_back(time_of([fd] { read_level(fd); }));
            }
            set_edge(line, "both");
        }
        level = !level;
        auto edge = std::async(std::launch::async, wait_for_edge, fd);
        if (!wait_for_sleepers(1)) {
            throw std::runtime_error("poll() does not sleep");
        }
        std::this_thread::sleep_for(i * pause_step % longest_pause);
        const auto ordered = steady_clock::now();
        control.drive(pin, level);
        const auto answered = steady_clock::now();
        const auto woken = edge.get();
        wakes.ordered.push_back(milliseconds(woken - ordered));
        wakes.answered.push_back(milliseconds(woken - answered));
        if (read_level(fd) != level) {
            throw std::runtime_error("poll() returned for an edge that value does not show");
        }
    }
    return wakes;
}

}  // namespace gpiofs::test
