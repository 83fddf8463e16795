// SPDX-License-Identifier: MIT
#include "check/report.h"

#include "base/text.h"

#include <fmt/format.h>

#include <utility>

namespace gpiofs::check {

Report::Report(Sink sink) : sink_(std::move(sink)) {}

void Report::fact(std::string_view name, std::string_view value) {
    write(fmt::format("{}: {}", name, value));
}

void Report::suspicious(std::string_view name, std::string_view value, std::string_view why) {
    ++suspicious_;
    write(fmt::format("SUSPICIOUS: {}: {}: {}", name, value, why));
}

void Report::end() {
    const std::string_view extent = complete_ ? "complete" : "incomplete";
    fact("report", suspicious_ == 0
                       ? fmt::format("{}, nothing suspicious", extent)
                       : fmt::format("{}, lines marked SUSPICIOUS: {}", extent, suspicious_));
}

void Report::write(std::string_view line) { sink_(escape_control(line) + "\n"); }

}  // namespace gpiofs::check
