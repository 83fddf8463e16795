// SPDX-License-Identifier: MIT
#include "usb/sysfs.h"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace gpiofs::usb {

namespace {

constexpr std::string_view devices_folder = "/sys/bus/usb/devices";

/// A number in an attribute; 0 if there is none.
std::uint8_t number_in(const std::filesystem::path& attribute) {
    std::ifstream file(attribute);
    unsigned number = 0;
    file >> number;
    return static_cast<std::uint8_t>(number);
}

/// Characters that are not seen themselves but change what is: those that end a line or turn the
/// direction of the text after them (Unicode 15 section 23.2, UAX #9 section 2).
bool is_layout(std::uint32_t code) noexcept {
    return (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

/// Bytes of the character at the start of `text` (not empty), or 0 if it is malformed or not
/// printable. Lengths and limits are those of RFC 3629 section 4.
std::size_t printable_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) {
        return first >= 0x20 && first != 0x7f ? 1 : 0;
    }
    std::size_t length = 0;
    std::uint32_t code = 0;
    std::uint32_t least = 0;
    if ((first & 0xe0U) == 0xc0) {
        length = 2;
        code = first & 0x1fU;
        least = 0xa0;
    } else if ((first & 0xf0U) == 0xe0) {
        length = 3;
        code = first & 0x0fU;
        least = 0x800;
    } else if ((first & 0xf8U) == 0xf0) {
        length = 4;
        code = first & 0x07U;
        least = 0x10000;
    }
    if (length == 0 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) {
            return 0;
        }
        code = code << 6U | (byte(i) & 0x3fU);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    const bool noncharacter = (code & 0xfffeU) == 0xfffe;
    const bool printable = code >= least && code <= 0x10ffff && !surrogate && !noncharacter;
    return printable && !is_layout(code) ? length : 0;
}

}  // namespace

std::string path_of(const std::vector<std::uint8_t>& location) {
    std::string path;
    for (std::size_t i = 0; i < location.size(); ++i) {
        const std::string_view separator = i == 0 ? "" : i == 1 ? "-" : ".";
        path += fmt::format("{}{}", separator, location[i]);
    }
    return path;
}

std::optional<std::string> sysfs::serial(const std::string& path) {
    std::ifstream file(fmt::format("{}/{}/serial", devices_folder, path), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    if (text.empty()) {
        return std::nullopt;
    }
    return text;
}

std::string sysfs::interface_folder(const std::string& path, unsigned configuration,
                                    unsigned interface) {
    return fmt::format("{}/{}:{}.{}", devices_folder, path, configuration, interface);
}

std::string sysfs::driver(const std::string& path, unsigned configuration, unsigned interface) {
    std::error_code none;
    return std::filesystem::read_symlink(
               interface_folder(path, configuration, interface) + "/driver", none)
        .filename()
        .string();
}

std::map<std::string, sysfs::Address> sysfs::devices() {
    std::map<std::string, Address> found;
    std::error_code none;
    std::filesystem::directory_iterator entry(devices_folder, none);
    while (!none && entry != std::filesystem::directory_iterator()) {
        const std::filesystem::path& folder = entry->path();
        const std::string path = folder.filename().string();
        const Address address{number_in(folder / "busnum"), number_in(folder / "devnum")};
        // Interfaces have no number, root hubs are called usb1.
        if (address.device != 0 && path.find('-') != std::string::npos) {
            found.emplace(path, address);
        }
        entry.increment(none);
    }
    return found;
}

bool sysfs::udev_is_running() noexcept { return access("/run/udev/control", F_OK) == 0; }

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = printable_length(text);
        if (length == 0) {
            result += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text.front()));
        } else {
            result += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

}  // namespace gpiofs::usb
