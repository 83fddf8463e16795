// SPDX-License-Identifier: MIT
#include "gpiomon/watched_board.h"

#include <fmt/format.h>
#include <sys/syscall.h>

#include <algorithm>
#include <chrono>
#include <sstream>

namespace gpiofs::test {
namespace {

std::vector<std::string> with_chip(std::vector<std::string> options) {
    options.insert(options.end(), {"--simulate", "FT232H"});
    return options;
}

std::vector<std::string> command(const std::vector<std::string>& arguments,
                                 const fs::path& folder) {
    std::vector<std::string> words{"sh", "-c",           "err=$1; shift; exec \"$@\" 2>\"$err\"",
                                   "sh", folder / "err", GPIOFS_MONITOR};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
}

}  // namespace

WatchedBoard::WatchedBoard(const std::vector<std::string>& options) : mount_(with_chip(options)) {
    for (const unsigned number : {513U, 514U}) {
        mount_.export_line(number);
        drive(false, number);
    }
}

fs::path WatchedBoard::line(unsigned number) const {
    return mount_.path() / fmt::format("gpio{}", number);
}

void WatchedBoard::drive(bool level, unsigned number) const {
    mount_.set_bench(fmt::format("adbus{}/drive", number - 512), level ? "1" : "0");
    REQUIRE(read_text(line(number) / "value") == (level ? "1\n" : "0\n"));
}

void WatchedBoard::edges(unsigned count, unsigned number) const {
    for (unsigned i = 0; i < count; ++i) {
        drive(i % 2 == 0, number);
    }
}

std::vector<Printed> parse_printed(const std::string& text) {
    std::vector<Printed> lines;
    std::istringstream words(text);
    for (Printed line; words >> line.nanoseconds >> line.name >> line.edge >> line.lost;) {
        lines.push_back(line);
    }
    return lines;
}

std::string edge_words(const std::vector<Printed>& lines) {
    std::string words;
    for (const auto& line : lines) {
        words += (words.empty() ? "" : " ") + line.edge +
                 (line.lost == 0 ? "" : "+" + std::to_string(line.lost));
    }
    return words;
}

Monitor::Monitor(const std::vector<std::string>& arguments)
    : process_(command(arguments, folder_.path()), folder_.path() / "out") {}

bool Monitor::watches() const {
    const fs::path process = fmt::format("/proc/{}", process_.pid());
    return wait_until([&] {
        std::istringstream call(read_text(process / "syscall"));
        long number = -1;
        call >> number;
        return number == SYS_ppoll && read_text(process / "comm") == "mpsse-gpiomon\n";
    });
}

std::vector<Printed> Monitor::lines(std::size_t count) const {
    wait_until([&] {
        const std::string text = out();
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) >= count;
    });
    return parse_printed(out());
}

int Monitor::end_by(int signal) {
    process_.signal(signal);
    return wait();
}

Finished run_monitor(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), GPIOFS_MONITOR);
    return run(arguments);
}

bool is_one_line_with(const std::string& text, const std::string& part) {
    return text.starts_with("mpsse-gpiomon: ") && std::count(text.begin(), text.end(), '\n') == 1 &&
           text.ends_with('\n') && text.find(part) != std::string::npos;
}

std::int64_t monotonic_nanoseconds() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace gpiofs::test
