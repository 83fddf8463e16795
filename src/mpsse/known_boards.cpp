// SPDX-License-Identifier: MIT
#include "mpsse/known_boards.h"

#include <algorithm>
#include <array>

namespace gpiofs::mpsse {
namespace {

constexpr std::uint16_t bryx_vendor = 0x0403;
constexpr std::uint16_t bryx_product = 0x6988;

constexpr std::array boards = {
    KnownBoard{0x0403, 0x6001, "FTDI FT232A, FT232B or FT232R"},
    KnownBoard{0x0403, 0x6010, "FTDI FT2232D or FT2232H"},
    KnownBoard{0x0403, 0x6011, "FTDI FT4232H"},
    KnownBoard{0x0403, 0x6014, "FTDI FT232H"},
    KnownBoard{0x0403, 0x6015, "FTDI FT-X"},
    KnownBoard{0x0403, 0x6040, "FTDI FT2233HP"},
    KnownBoard{0x0403, 0x6041, "FTDI FT4233HP"},
    KnownBoard{0x0403, 0x6042, "FTDI FT2232HP"},
    KnownBoard{0x0403, 0x6043, "FTDI FT4232HP"},
    KnownBoard{0x0403, 0x6044, "FTDI FT233HP"},
    KnownBoard{0x0403, 0x6045, "FTDI FT232HP"},
    KnownBoard{0x0403, 0x6047, "FTDI FT2232HA"},
    KnownBoard{0x0403, 0x6048, "FTDI FT4232HA"},
    KnownBoard{bryx_vendor, bryx_product, "Bryx radio interface", true},
    KnownBoard{0x0403, 0x7150, "FreeCalypso DUART28"},
    KnownBoard{0x0403, 0x7151, "FreeCalypso dual UART and JTAG"},
    KnownBoard{0x0403, 0x8220, "JTAG-lock-pick Tiny 2"},
    KnownBoard{0x0403, 0x8a98, "TIAO TUMPA"},
    KnownBoard{0x0403, 0x8a99, "TIAO TUMPA Lite"},
    KnownBoard{0x0403, 0x9e90, "OpenRD"},
    KnownBoard{0x0403, 0xa6d0, "TI XDS100v2"},
    KnownBoard{0x0403, 0xa6d1, "TI XDS100v3"},
    KnownBoard{0x0403, 0xbaf8, "OOCDLink"},
    KnownBoard{0x0403, 0xbbe2, "KT-Link"},
    KnownBoard{0x0403, 0xbca0, "Signalyzer"},
    KnownBoard{0x0403, 0xbca1, "Signalyzer"},
    KnownBoard{0x0403, 0xbcd9, "Luminary ICDI"},
    KnownBoard{0x0403, 0xbcda, "Luminary ICDI"},
    KnownBoard{0x0403, 0xbdc8, "Turtelizer 2"},
    KnownBoard{0x0403, 0xc140, "ICEbear"},
    KnownBoard{0x0403, 0xcff8, "Amontec JTAGkey"},
    KnownBoard{0x0451, 0xc32a, "TI ICDI"},
    KnownBoard{0x058b, 0x0043, "Infineon miniWiggler"},
    KnownBoard{0x0640, 0x0026, "Hitex or Hilscher"},
    KnownBoard{0x0640, 0x0028, "Hitex or Hilscher"},
    KnownBoard{0x0640, 0x002c, "Hitex or Hilscher"},
    KnownBoard{0x0640, 0x002d, "Hitex or Hilscher"},
    KnownBoard{0x0640, 0x0032, "Hitex or Hilscher"},
    KnownBoard{0x096c, 0x1449, "Goepel PicoTAP"},
    KnownBoard{0x0b6b, 0x0040, "Ashling Opella-LD"},
    KnownBoard{0x0c52, 0xa064, "Sealevel GPIO", true},
    KnownBoard{0x1457, 0x5118, "OpenMoko debug board"},
    KnownBoard{0x15ba, 0x0003, "Olimex ARM-USB-OCD"},
    KnownBoard{0x15ba, 0x0004, "Olimex ARM-USB-TINY"},
    KnownBoard{0x15ba, 0x002a, "Olimex ARM-USB-TINY-H"},
    KnownBoard{0x15ba, 0x002b, "Olimex ARM-USB-OCD-H"},
    KnownBoard{0x18d1, 0x5001, "Google Servo"},
    KnownBoard{0x18d1, 0x5002, "Google Servo"},
    KnownBoard{0x18d1, 0x5003, "Google Servo"},
    KnownBoard{0x22b7, 0x150d, "isodebug"},
    KnownBoard{0x263d, 0x4001, "PLS"},
    KnownBoard{0x9e88, 0x9e8f, "SheevaPlug"},
};

}  // namespace

std::span<const KnownBoard> known_boards() noexcept { return boards; }

const KnownBoard* find_known_board(std::uint16_t vendor, std::uint16_t product) noexcept {
    const auto found = std::find_if(boards.begin(), boards.end(), [=](const KnownBoard& board) {
        return board.vendor == vendor && board.product == product;
    });
    return found == boards.end() ? nullptr : &*found;
}

LineLimits line_limits(std::uint16_t vendor, std::uint16_t product, const ChipType& chip) noexcept {
    if (vendor == bryx_vendor && product == bryx_product) {
        constexpr PinMask push_to_talk = 1U << 3U;
        constexpr PinMask channel_activity = 1U << 5U;
        return {push_to_talk | channel_activity, channel_activity, push_to_talk};
    }
    return {chip.pins(), chip.pins(), chip.pins()};
}

}  // namespace gpiofs::mpsse
