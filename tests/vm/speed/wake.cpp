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

constexpr int repetitions = 100;

/// Orders come at any moment between two samples: after a pause of less than `longest_pause`, which
/// is longer than a sample takes on an emulated machine. The step is coprime to it and so gives
/// evenly scattered pauses.
constexpr auto longest_pause = std::chrono::microseconds(20000);
constexpr auto pause_step = std::chrono::microseconds(12361);

double milliseconds(steady_clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
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

Wakes measure_wakes(int fd, SimControl& control, const std::string& pin) {
    Wakes wakes;
    bool level = read_level(fd);
    for (int i = 0; i < repetitions; ++i) {
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
