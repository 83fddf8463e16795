// SPDX-License-Identifier: MIT
#include "fs/refusal.h"

#include "base/log.h"
#include "fs/attributes.h"

#include <fmt/format.h>

#include <string>

namespace gpiofs::fs {
namespace {

constexpr std::size_t longest_quotation = 40;

std::string folder_of(const Node& file) {
    switch (file.id.kind) {
        case Kind::legacy_chip:
            return fmt::format("gpiochip{}/", file.chip->info().base);
        case Kind::chip:
            return fmt::format("chip{}/", file.chip->info().chip_number);
        case Kind::legacy_line:
            return fmt::format("gpio{}/", file.line->number());
        case Kind::chip_line:
            return fmt::format("chip{}/gpio{}/", file.line->chip().info().chip_number,
                               file.line->offset());
        default:
            return {};
    }
}

/// As it was typed: echo adds a newline.
std::string quoted(std::string_view text) {
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    const bool cut = text.size() > longest_quotation;
    return fmt::format("'{}{}': ", text.substr(0, longest_quotation), cut ? "..." : "");
}

}  // namespace

void log_refusal(const Node& file, std::string_view text, const std::exception_ptr& why) noexcept {
    if (!log::enabled(log::Level::debug)) {
        return;
    }
    try {
        std::rethrow_exception(why);
    } catch (const std::exception& error) {
        try {
            log::debug(fmt::format("{}{}: {}{}", folder_of(file), file.attribute->name,
                                   text.empty() ? "" : quoted(text), error.what()));
        } catch (...) {
            log::debug("an access failed, and there is no memory to say which");
        }
    } catch (...) {
        log::debug("an access failed for an unknown reason");
    }
}

}  // namespace gpiofs::fs
