// SPDX-License-Identifier: MIT
#include "support/mount.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include <csignal>
#include <fcntl.h>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::test {
namespace {

/// A word of a /proc status file: "VmRSS:" gives its number.
long status_number(const fs::path& file, const std::string& name) {
    std::istringstream lines(read_text(file));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name)) {
            return std::stol(line.substr(name.size()));
        }
    }
    throw std::runtime_error(fmt::format("{}: no {}", file.string(), name));
}

std::string without_newline(std::string text) {
    if (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

std::vector<std::string> in_foreground(const std::vector<std::string>& arguments) {
    std::vector<std::string> command{GPIOFS_PROGRAM, "-f"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

}  // namespace

std::string why_no_mount() {
    if (::access("/dev/fuse", R_OK | W_OK) != 0) {
        return "/dev/fuse: " + errno_name(errno);
    }
    if (::geteuid() != 0) {
        return "mounting is tested as root";
    }
    return {};
}

bool is_mounted(const fs::path& path) {
    return read_text("/proc/self/mountinfo").find(" " + path.string() + " ") != std::string::npos;
}

std::string sanitizer_report(const std::string& log) {
    std::istringstream lines(log);
    std::string report;
    for (std::string line; std::getline(lines, line);) {
        if (!report.empty() || line.find("Sanitizer") != std::string::npos ||
            line.find("runtime error:") != std::string::npos) {
            report += line + '\n';
        }
    }
    return report;
}

Mount::Mount(const std::vector<std::string>& arguments)
    : Mount(in_foreground(arguments), "export") {}

Mount::Mount(std::vector<std::string> command, const std::string& file)
    : path_(folder_.path() / "mnt"), log_path_(folder_.path() / "log") {
    fs::create_directory(path_);
    command.push_back(path_.string());
    process_ = std::make_unique<Process>(command, log_path_);
    const bool there = wait_until([&] { return fs::exists(path_ / file) || !process_->running(); });
    if (!there || !process_->running()) {
        const std::string said = log();
        process_.reset();
        ::umount2(path_.c_str(), MNT_DETACH);
        throw std::runtime_error("no mount: " + said);
    }
}

Mount::~Mount() {
    process_.reset();
    ::umount2(path_.c_str(), MNT_DETACH);
}

std::string Mount::bench(const std::string& file) const {
    return without_newline(read_text(path_ / "sim/0" / file));
}

void Mount::set_bench(const std::string& file, const std::string& text) const {
    const std::string result = write_text(path_ / "sim/0" / file, text);
    if (result != "ok") {
        throw std::runtime_error(fmt::format("sim/0/{} '{}': {}", file, text, result));
    }
}

long Mount::counter(const std::string& name) const {
    return status_number(path_ / "sim/0/counters", name + " ");
}

fs::path Mount::export_line(unsigned number) const {
    const std::string result = write_text(path_ / "export", std::to_string(number));
    if (result != "ok") {
        throw std::runtime_error(fmt::format("export {}: {}", number, result));
    }
    return path_ / fmt::format("gpio{}", number);
}

int Mount::stop() {
    process_->signal(SIGTERM);
    const int status = process_->wait();
    if (status != 0) {
        std::cerr << "mpsse-gpiofs ended with " << status << " and this log:\n" << log();
    }
    return status;
}

std::size_t Mount::threads() const {
    return list(fmt::format("/proc/{}/task", process_->pid())).size();
}

std::size_t Mount::threads_named(const std::string& name) const {
    const fs::path tasks = fmt::format("/proc/{}/task", process_->pid());
    std::size_t count = 0;
    for (const auto& task : list(tasks)) {
        count += read_text(tasks / task / "comm") == name + "\n" ? 1U : 0U;
    }
    return count;
}

namespace {

/// Since version 3.17 libfuse names its threads.
bool is_libfuses(const std::string& thread_name) {
    return thread_name == "mpsse-gpiofs\n" || thread_name == "fuse_worker\n";
}

}  // namespace

std::size_t Mount::own_threads() const {
    const fs::path tasks = fmt::format("/proc/{}/task", process_->pid());
    std::size_t count = 0;
    for (const auto& task : list(tasks)) {
        const std::string name = read_text(tasks / task / "comm");
        const bool gone = name == "ENOENT" || name == "ESRCH";
        count += gone || is_libfuses(name) ? 0U : 1U;
    }
    return count;
}

std::size_t Mount::threads_at_a_request() const {
    const fs::path process = fmt::format("/proc/{}", process_->pid());
    std::size_t count = 0;
    for (const auto& task : list(process / "task")) {
        const fs::path folder = process / "task" / task;
        if (task == process.filename() || !is_libfuses(read_text(folder / "comm"))) {
            continue;
        }
        std::istringstream call(read_text(folder / "syscall"));
        long number = -1;
        int fd = -1;
        call >> number >> std::hex >> fd;
        std::error_code gone;
        const bool waits =
            number == SYS_read &&
            fs::read_symlink(process / "fd" / std::to_string(fd), gone) == "/dev/fuse";
        count += waits ? 0U : 1U;
    }
    return count;
}

std::size_t Mount::descriptors() const {
    return list(fmt::format("/proc/{}/fd", process_->pid())).size();
}

long Mount::context_switches() const {
    const fs::path tasks = fmt::format("/proc/{}/task", process_->pid());
    long switches = 0;
    for (const auto& task : list(tasks)) {
        switches += status_number(tasks / task / "status", "voluntary_ctxt_switches:") +
                    status_number(tasks / task / "status", "nonvoluntary_ctxt_switches:");
    }
    return switches;
}

long Mount::resident_kib() const {
    return status_number(fmt::format("/proc/{}/status", process_->pid()), "VmRSS:");
}

}  // namespace gpiofs::test
