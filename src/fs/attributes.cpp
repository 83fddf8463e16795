// SPDX-License-Identifier: MIT
#include "fs/attributes.h"

#include "base/error.h"
#include "fs/uevent.h"

#include <cerrno>

namespace gpiofs::fs {

std::span<const Attribute> attributes(Kind kind) noexcept {
    switch (kind) {
        case Kind::root:
            return root_files();
        case Kind::legacy_chip:
            return legacy_chip_files();
        case Kind::chip:
            return chip_files();
        case Kind::legacy_line:
            return legacy_line_files();
        case Kind::chip_line:
            return chip_line_files();
        case Kind::bench:
        case Kind::bench_board:
        case Kind::bench_pin:
            break;
    }
    return {};
}

void show_uevent(const Services& /*services*/, const Node& /*node*/, ReadRequest& request) {
    request.complete("");
}

void store_uevent(const Services& /*services*/, const Node& /*node*/, std::string_view text,
                  WriteRequest& request) {
    if (!is_synthetic_uevent(text)) {
        throw_errno(EINVAL, "not an action, or not its arguments");
    }
    request.complete();
}

std::string class_link(const Services& services, const Node& /*node*/) {
    return services.class_link;
}

}  // namespace gpiofs::fs
