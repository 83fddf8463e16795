// SPDX-License-Identifier: MIT
#pragma once

#include "mpsse/pins.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::mpsse {

/// One kind of FTDI IC, told by bcdDevice: product IDs are reprogrammable, 0403:6010 alone is two
/// different chips. Figures from the data sheets DS_FT2232D, DS_FT2232H, DS_FT4232H, DS_FT232H and
/// Linux drivers/usb/serial/ftdi_sio.c.
struct ChipType {
    std::uint16_t bcd_device;
    std::string_view name;
    /// Interfaces A, B ... that have an MPSSE engine; 0 for a chip that is known to have none.
    unsigned mpsse_interfaces;
    /// GPIO lines of each such interface: 8, 12 or 16.
    unsigned lines;
    /// USB interfaces, with and without MPSSE.
    unsigned usb_interfaces;
    /// Whether it can run at high speed, with packets of 512 bytes.
    bool high_speed;

    PinMask pins() const noexcept { return static_cast<PinMask>((1U << lines) - 1U); }
};

/// Interfaces with an MPSSE engine of any chip, at most.
constexpr unsigned most_mpsse_interfaces = 2;

/// The chip with this bcdDevice; nullptr if it is unknown. Chips without MPSSE are known too, so
/// that they can be refused by name.
const ChipType* find_chip_type(std::uint16_t bcd_device) noexcept;
/// The chip with this name ("FT232H"), in any case; nullptr if there is none.
const ChipType* find_chip_type(std::string_view name) noexcept;

/// The data sheet's name of a line: "ADBUS0", "BCBUS7". `interface_number` 0 is A.
std::string pin_name(unsigned interface_number, unsigned offset);

/// A line of an interface.
struct NamedPin {
    unsigned interface_number = 0;
    unsigned offset = 0;

    bool operator==(const NamedPin&) const = default;
};

/// The line with this name, in any case, on any interface with an MPSSE engine; nothing if there is
/// none on any chip.
std::optional<NamedPin> find_pin(std::string_view name);

}  // namespace gpiofs::mpsse
