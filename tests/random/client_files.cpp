// SPDX-License-Identifier: MIT
// Files that stay open, also beyond their line.
#include "random/client.h"
#include "support/poller.h"
#include "support/wait.h"

#include <fmt/format.h>

#include <charconv>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

namespace gpiofs::test {
namespace {

constexpr std::size_t most_files = 12;

std::int64_t monotonic_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    constexpr std::int64_t second = 1'000'000'000;
    return now.tv_sec * second + now.tv_nsec;
}

/// A whole line of `events`, or nothing where it is none.
struct EventText {
    std::int64_t ns = 0;
    std::string_view edge;
    std::uint64_t lost = 0;
};

std::optional<EventText> parse_event(std::string_view line) {
    EventText event;
    const char* const end = line.data() + line.size();
    const auto time = std::from_chars(line.data(), end, event.ns);
    const auto first = line.find(' ');
    const auto second = line.find(' ', first + 1);
    if (time.ec != std::errc() || first == std::string_view::npos ||
        time.ptr != line.data() + first || second == std::string_view::npos) {
        return std::nullopt;
    }
    event.edge = line.substr(first + 1, second - first - 1);
    const auto lost = std::from_chars(line.data() + second + 1, end, event.lost);
    return lost.ec == std::errc() && lost.ptr == end ? std::optional(event) : std::nullopt;
}

}  // namespace

void Client::open_file_of_line() {
    using Kind = OpenFile::Kind;
    const LineRef line = pick_exported();
    const unsigned pick = chance_.pick(8);
    OpenFile file;
    file.kind = pick < 4    ? Kind::value
                : pick == 4 ? Kind::chip_value
                : pick == 5 ? Kind::direction
                            : Kind::events;
    file.line = line;
    const bool events = file.kind == Kind::events;
    file.name =
        folder(line, file.kind != Kind::chip_value) + (events                         ? "/events"
                                                       : file.kind == Kind::direction ? "/direction"
                                                                                      : "/value");
    const bool there = this->there(line) && (!events || model_.can_input(line));
    if (files_.size() >= most_files) {
        files_.erase(files_.begin());
    }
    file.fd = open_file(mount_ / file.name, events ? O_RDONLY : O_RDWR);
    history_.check("open " + file.name, there ? "ok" : "ENOENT", errno_name(file.fd ? 0 : errno));
    if (there) {
        file.exported = model_.exported(line);
        file.cursor = file.exported->oldest;
        files_.push_back(std::move(file));
    }
}

void Client::close_file() {
    if (!files_.empty()) {
        const unsigned which = chance_.pick(static_cast<unsigned>(files_.size()));
        history_.note(fmt::format("close {}, file {}", files_[which].name, files_[which].fd.get()));
        files_.erase(files_.begin() + which);
    }
}

void Client::pread_value(OpenFile& file) {
    const bool dead = file.exported->dead;
    history_.check(fmt::format("pread {}, file {}", file.name, file.fd.get()),
                   dead ? "ENODEV" : model_.value(file.line), read_at(file.fd.get(), 0));
    if (!dead) {
        file.note_seen();
    }
}

void Client::read_file() {
    if (files_.empty()) {
        return;
    }
    OpenFile& file = files_[chance_.pick(static_cast<unsigned>(files_.size()))];
    if (file.shows_value()) {
        pread_value(file);
    } else if (file.kind == OpenFile::Kind::direction) {
        history_.check(fmt::format("pread {}, file {}", file.name, file.fd.get()),
                       file.exported->dead ? "ENODEV" : model_.direction(file.line),
                       read_at(file.fd.get(), 0));
        file.note_seen();
    }
}

void Client::write_file() {
    if (files_.empty()) {
        return;
    }
    const OpenFile& file = files_[chance_.pick(static_cast<unsigned>(files_.size()))];
    if (file.kind == OpenFile::Kind::events) {
        return;
    }
    const std::string text =
        file.shows_value() ? number_word() : word({"in", "out", "high", "low"}, {"", "IN", "hi"});
    std::string expected = "ok";
    if (!text.empty()) {
        expected = file.exported->dead  ? "ENODEV"
                   : file.shows_value() ? model_.write_value(file.line, text)
                                        : model_.write_direction(file.line, text);
    }
    history_.check(fmt::format("pwrite {} {}, file {}", file.name, in_quotes(text), file.fd.get()),
                   expected, write_at_start(file.fd.get(), text));
    if (expected == "ok" && !text.empty()) {
        written(file.line.chip);
    }
}

void Client::poll_file() {
    if (files_.empty()) {
        return;
    }
    const OpenFile& file = files_[chance_.pick(static_cast<unsigned>(files_.size()))];
    const bool events = file.kind == OpenFile::Kind::events;
    if (file.shows_value() && !model_.can_input(file.line)) {
        return;
    }
    std::string expected = "timeout";
    if (events) {
        const bool behind = file.cursor < file.exported->next_event();
        expected = file.exported->dead ? (behind ? "IN|PRI|ERR" : "ERR")
                   : behind            ? "IN|PRI"
                                       : "timeout";
    } else if (file.changed()) {
        expected = "PRI|ERR";
    }
    // An edge that was made may still be on its way; none that was not made may ever come.
    const bool comes = expected != "timeout";
    const auto limit = comes                ? patience
                       : chance_.one_in(40) ? std::chrono::milliseconds(3)
                                            : std::chrono::milliseconds(0);
    history_.check(
        fmt::format("poll {}, file {}", file.name, file.fd.get()), expected,
        poll_once(file.fd.get(), static_cast<short>(events ? POLLIN | POLLPRI : POLLPRI | POLLERR),
                  limit));
}

void Client::read_events() {
    std::vector<OpenFile*> candidates;
    for (OpenFile& file : files_) {
        if (file.kind == OpenFile::Kind::events) {
            candidates.push_back(&file);
        }
    }
    if (candidates.empty()) {
        return;
    }
    OpenFile& file = *chance_.pick_of(candidates);
    if (!file.exported->dead) {
        settle(file.line.chip);
    }
    const auto size = chance_.pick_of(std::array<std::size_t, 4>{64, 200, 4096, 65536});
    std::string text(size, '\0');
    const ssize_t got = ::read(file.fd.get(), text.data(), text.size());
    if (got < 0 || file.exported->dead) {
        history_.check("read " + file.name, file.exported->dead ? "ENODEV" : "lines or an end",
                       errno_name(got < 0 ? errno : 0));
        return;
    }
    text.resize(static_cast<std::size_t>(got));
    check_events(file, text);
    history_.note(fmt::format("read {}, file {}: {} bytes", file.name, file.fd.get(), got));
}

void Client::check_events(OpenFile& file, std::string_view text) {
    const ExportModel& line = *file.exported;
    const std::string access =
        fmt::format("read {}, file {}, at {}", file.name, file.fd.get(), file.cursor);
    const auto all = std::string(text);
    if (!file.end) {
        file.end = line.next_event();
    }
    if (std::max(file.cursor, line.oldest) >= *file.end) {
        if (!text.empty()) {
            history_.differ(access, "the end", all);
        }
        file.end.reset();
        return;
    }
    if (text.empty()) {
        history_.differ(access, fmt::format("edges up to {}", *file.end), "the end");
    }
    while (!text.empty()) {
        const auto newline = text.find('\n');
        const std::uint64_t at = std::max(file.cursor, line.oldest);
        if (newline == std::string_view::npos || at >= *file.end) {
            history_.differ(access, fmt::format("whole lines, up to edge {}", *file.end), all);
        }
        const auto event = parse_event(text.substr(0, newline));
        const std::string_view edge =
            line.events[static_cast<std::size_t>(at - line.oldest)] ? "rising" : "falling";
        const std::uint64_t lost = at - file.cursor;
        if (!event || event->edge != edge || event->lost != lost || event->ns < file.last_ns ||
            event->ns > monotonic_ns()) {
            history_.differ(access,
                            fmt::format("edge {}: {} to {} {} {}", at, file.last_ns, monotonic_ns(),
                                        edge, lost),
                            all);
        }
        file.last_ns = event->ns;
        file.cursor = at + 1;
        text.remove_prefix(newline + 1);
    }
}

}  // namespace gpiofs::test
