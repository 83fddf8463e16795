// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "base/text.h"
#include "fs/attributes.h"

#include <sys/stat.h>

#include <array>

namespace gpiofs::fs {
namespace {

std::int64_t line_number(std::string_view text) {
    const auto number = parse_kernel_long(text);
    if (!number) {
        throw_errno(static_cast<int>(number.error), "use a line number");
    }
    return number.value;
}

void store_export(const Services& services, const Node& /*node*/, std::string_view text,
                  WriteRequest& request) {
    services.registry.export_number(line_number(text));
    request.complete();
}

void store_unexport(const Services& services, const Node& /*node*/, std::string_view text,
                    WriteRequest& request) {
    services.registry.unexport_number(line_number(text));
    request.complete();
}

constexpr auto rows = std::to_array<Attribute>({
    {"export", S_IFREG | 0222, nullptr, store_export},
    {"unexport", S_IFREG | 0222, nullptr, store_unexport},
});

}  // namespace

std::span<const Attribute> root_files() noexcept { return rows; }

}  // namespace gpiofs::fs
