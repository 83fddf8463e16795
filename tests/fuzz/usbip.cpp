// SPDX-License-Identifier: MIT
// USB/IP messages from whoever connects, each taken apart once more by hand.
#include "fuzz/input.h"
#include "usbip/protocol.h"

#include <algorithm>
#include <array>

using namespace gpiofs;
using test::require;

namespace {

template <std::size_t Size>
std::array<std::uint8_t, Size> take(test::Input& input) {
    std::array<std::uint8_t, Size> bytes{};
    const auto taken = input.bytes(Size);
    std::copy(taken.begin(), taken.end(), bytes.begin());
    return bytes;
}

std::uint32_t big_endian(std::span<const std::uint8_t> bytes) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes) {
        value = value << 8U | byte;
    }
    return value;
}

void check(const usbip::Submit& submit, std::span<const std::uint8_t> bytes) {
    const auto word = [bytes](std::size_t at) { return big_endian(bytes.subspan(at, 4)); };
    require(word(0) == 1 && submit.sequence == word(4) && submit.device_id == word(8));
    require(submit.in == (word(12) == 1) && submit.endpoint == word(16) && submit.endpoint < 16);
    require(submit.length == word(24) && submit.length <= usbip::longest_transfer);
    require(submit.data_size() == (submit.in ? 0 : submit.length));
    if (submit.endpoint == 0) {
        const auto& setup = submit.setup;
        require(setup.request_type == bytes[40] && setup.request == bytes[41]);
        require(setup.value == (bytes[43] << 8 | bytes[42]));
        require(setup.length == (bytes[47] << 8 | bytes[46]) && setup.length <= submit.length);
        require(setup.length == 0 || setup.reads() == submit.in);
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    test::Input input(data, size);
    std::string error;
    const auto request_bytes = take<usbip::request_size>(input);
    const auto request = usbip::parse_request(request_bytes, error);
    require(request.has_value() == error.empty());
    require(!request || big_endian(std::span(request_bytes).first(2)) == 0x0111);
    error.clear();
    const auto id = usbip::parse_bus_id(take<usbip::bus_id_size>(input), error);
    require(id.has_value() == error.empty());
    require(!id || (id->size() < usbip::bus_id_size && id->find('\0') == std::string::npos));
    error.clear();
    const auto bytes = take<usbip::command_size>(input);
    const auto command = usbip::parse_command(bytes, error);
    require(command.has_value() == error.empty());
    if (command) {
        if (const auto* submit = std::get_if<usbip::Submit>(&*command)) {
            check(*submit, bytes);
        } else {
            const auto& unlink = std::get<usbip::Unlink>(*command);
            require(big_endian(std::span(bytes).first(4)) == 2);
            require(unlink.victim == big_endian(std::span(bytes).subspan(20, 4)));
        }
    }
    return 0;
}
