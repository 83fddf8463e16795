// SPDX-License-Identifier: MIT
#include "mpsse/chip_type.h"

#include <algorithm>
#include <array>

namespace gpiofs::mpsse {
namespace {

/// bcdDevice as Linux drivers/usb/serial/ftdi_sio.c and OpenOCD's mpsse.c know it. The widths of
/// the HP parts are those of the parts they derive from; FTDI publishes no MPSSE pin table for
/// them.
constexpr std::array chip_types = {
    ChipType{0x0200, "FT232A", 0, 0, 1, false},   ChipType{0x0400, "FT232B", 0, 0, 1, false},
    ChipType{0x0500, "FT2232D", 1, 12, 2, false}, ChipType{0x0600, "FT232R", 0, 0, 1, false},
    ChipType{0x0700, "FT2232H", 2, 16, 2, true},  ChipType{0x0800, "FT4232H", 2, 8, 4, true},
    ChipType{0x0900, "FT232H", 1, 16, 1, true},   ChipType{0x1000, "FT-X", 0, 0, 1, false},
    ChipType{0x2800, "FT2233HP", 2, 16, 2, true}, ChipType{0x2900, "FT4233HP", 2, 8, 4, true},
    ChipType{0x3000, "FT2232HP", 2, 16, 2, true}, ChipType{0x3100, "FT4232HP", 2, 8, 4, true},
    ChipType{0x3200, "FT233HP", 1, 16, 1, true},  ChipType{0x3300, "FT232HP", 1, 16, 1, true},
    ChipType{0x3500, "FT2232HA", 2, 16, 2, true}, ChipType{0x3600, "FT4232HA", 2, 8, 4, true},
};

/// Of any interface.
constexpr unsigned most_lines = 16;

constexpr char to_upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool equal_in_any_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_upper(x) == to_upper(y); });
}

template <typename Predicate>
const ChipType* find_if(Predicate predicate) noexcept {
    const auto found = std::find_if(chip_types.begin(), chip_types.end(), predicate);
    return found == chip_types.end() ? nullptr : &*found;
}

}  // namespace

const ChipType* find_chip_type(std::uint16_t bcd_device) noexcept {
    return find_if([=](const ChipType& chip) { return chip.bcd_device == bcd_device; });
}

const ChipType* find_chip_type(std::string_view name) noexcept {
    return find_if([=](const ChipType& chip) { return equal_in_any_case(chip.name, name); });
}

std::string pin_name(unsigned interface_number, unsigned offset) {
    std::string name(1, static_cast<char>('A' + interface_number));
    name += offset < 8 ? "DBUS" : "CBUS";
    name += static_cast<char>('0' + offset % 8);
    return name;
}

std::optional<NamedPin> find_pin(std::string_view name) {
    for (unsigned number = 0; number < most_mpsse_interfaces; ++number) {
        for (unsigned offset = 0; offset < most_lines; ++offset) {
            if (equal_in_any_case(name, pin_name(number, offset))) {
                return NamedPin{number, offset};
            }
        }
    }
    return std::nullopt;
}

}  // namespace gpiofs::mpsse
