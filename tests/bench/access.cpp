// SPDX-License-Identifier: MIT
#include "mounts.h"
#include "topics.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::bench {
namespace {

using Operation = std::function<void()>;

void check(bool worked, const char* what) {
    if (!worked) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

Operation reading(int file) {
    return [file] { read_value(file); };
}

/// Writes the texts in turns.
Operation writing(int file, std::string one, std::string other) {
    return [file, one = std::move(one), other = std::move(other), turn = false]() mutable {
        turn = !turn;
        const std::string& text = turn ? one : other;
        check(::pwrite(file, text.data(), text.size(), 0) > 0, "pwrite");
    };
}

Operation opening(std::string path) {
    return [path = std::move(path)] {
        const int file = ::open(path.c_str(), O_RDONLY);
        check(file >= 0, "open");
        char text[64];
        const bool worked = ::read(file, text, sizeof(text)) > 0;
        ::close(file);
        check(worked, "read");
    };
}

/// A shell's way: a process for each access.
Operation running(std::string script) {
    return [script = std::move(script)] {
        std::string shell = "sh";
        std::string option = "-c";
        std::string text = script;
        char* const words[] = {shell.data(), option.data(), text.data(), nullptr};
        pid_t child = -1;
        int status = -1;
        check(::posix_spawnp(&child, "sh", nullptr, nullptr, words, environ) == 0, "sh");
        check(::waitpid(child, &status, 0) == child && status == 0, "the shell's command");
    };
}

class Access {
  public:
    explicit Access(const Scale& scale)
        : scale_(scale),
          mount_({"--board", "sim:FT232H"}),
          line_(mount_.export_line(512)),
          value_(open_or_throw(line_ / "value", O_RDWR)),
          direction_(open_or_throw(line_ / "direction", O_RDWR)),
          floor_(floor_mount_.open_value()) {
        write_or_throw(line_ / "direction", "out");
    }

    void system_calls(Table& table, const std::string& where) {
        row(table, "read" + where, reading(value_.get()), reading(floor_.get()));
        row(table, "write" + where, writing(value_.get(), "1", "0"),
            writing(floor_.get(), "1", "0"));
        row(table, "direction" + where, writing(direction_.get(), "high", "low"),
            writing(floor_.get(), "high", "low"));
        row(table, "open, read, close" + where, opening(line_ / "value"),
            opening(floor_mount_.value()));
    }

    void processes(Table& table) {
        row(table, "cat value >/dev/null",
            running(fmt::format("cat {} >/dev/null", (line_ / "value").string())),
            running(fmt::format("cat {} >/dev/null", floor_mount_.value().string())));
        row(table, "echo 1 >value", running(fmt::format("echo 1 >{}", (line_ / "value").string())),
            running(fmt::format("echo 1 >{}", floor_mount_.value().string())));
    }

  private:
    void row(Table& table, const std::string& name, const Operation& ours, const Operation& floor) {
        Side our_side;
        Side floor_side;
        const Transfers before = transfers(mount_);
        Side counted;
        run_for(scale_.run() / 10, ours, counted);
        const Transfers after = transfers(mount_);
        const auto operations = static_cast<double>(counted.operations);
        alternate(scale_, ours, our_side, floor, floor_side);
        const Series& latency = our_side.latency_us;
        const double rate = our_side.per_second.median();
        const double floor_rate = floor_side.per_second.median();
        table.rows.push_back({name, rate, floor_rate, rate / floor_rate, latency.median(),
                              floor_side.latency_us.median(), latency.quantile(0.95),
                              latency.quantile(0.99),
                              static_cast<double>(after.out - before.out) / operations,
                              static_cast<double>(after.in - before.in) / operations});
    }

    const Scale& scale_;
    test::Mount mount_;
    EmptyFilesystem floor_mount_;
    test::fs::path line_;
    UniqueFd value_;
    UniqueFd direction_;
    UniqueFd floor_;
};

}  // namespace

void measure_access(const Scale& scale, Report& report) {
    Table table{
        "Access, without the cost of USB",
        "`usb=instant`, one client, beside an empty libfuse filesystem with the same loop "
        "settings, in turns. Where client and server are on one processor a wake-up costs least, "
        "so that what the program adds, and the virtual chip with it, shows most. Rates are the "
        "medians of the turns, and the ratio is that of the rates.",
        {"operation", "per second", "empty filesystem's", "ratio", "median us",
         "empty filesystem us", "95 % us", "99 % us", "OUT each", "IN each"},
        {}};
    {
        Access access(scale);
        access.system_calls(table, "");
        access.processes(table);
    }
    {
        const OneProcessor pinned;
        Access access(scale);
        access.system_calls(table, ", on one processor");
    }
    report.push_back(std::move(table));
}

}  // namespace gpiofs::bench
