// SPDX-License-Identifier: MIT
#include "vm/speed/accesses.h"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::test {
namespace {

using std::chrono::steady_clock;

constexpr int turns = 40;
constexpr auto run_time = std::chrono::milliseconds(100);

void run(SimControl& control, const std::function<void()>& access, Runs& runs) {
    const Transfers before = control.transfers();
    access();  // the first after another program's turn finds cold caches
    ++runs.accesses;
    const auto end = steady_clock::now() + run_time;
    while (steady_clock::now() < end) {
        runs.ms.push_back(time_of(access));
        ++runs.accesses;
    }
    runs.transfers += control.transfers() - before;
}

}  // namespace

Pair by_turns(SimControl& control, const std::function<void()>& mount,
              const std::function<void()>& libftdi) {
    Pair pair;
    const auto start = steady_clock::now();
    for (int turn = 0; turn < turns; ++turn) {
        run(control, mount, pair.mount);
        run(control, libftdi, pair.libftdi);
    }
    pair.time = steady_clock::now() - start;
    return pair;
}

double milliseconds(steady_clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

double time_of(const std::function<void()>& access) {
    const auto start = steady_clock::now();
    access();
    return milliseconds(steady_clock::now() - start);
}

UniqueFd open_value(const fs::path& line) {
    UniqueFd fd = open_file(line / "value", O_RDWR);
    if (!fd) {
        throw std::runtime_error(fmt::format("{}: cannot open value", line.string()));
    }
    return fd;
}

bool read_level(int fd) {
    char level = '?';
    if (::pread(fd, &level, 1, 0) != 1 || (level != '0' && level != '1')) {
        throw std::runtime_error(fmt::format("read of value: {}", errno_name(errno)));
    }
    return level == '1';
}

void write_level(int fd, bool level) {
    if (::pwrite(fd, level ? "1" : "0", 1, 0) != 1) {
        throw std::runtime_error(fmt::format("write of value: {}", errno_name(errno)));
    }
}

}  // namespace gpiofs::test
