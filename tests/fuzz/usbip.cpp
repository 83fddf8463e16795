// USB/IP messages from whoever connects.
#include "fuzz/input.h"
#include "usbip/protocol.h"

#include <algorithm>
#include <array>

using namespace gpiofs;

namespace {

template <std::size_t Size>
std::array<std::uint8_t, Size> take(test::Input& input) {
    std::array<std::uint8_t, Size> bytes{};
    const auto taken = input.bytes(Size);
    std::copy(taken.begin(), taken.end(), bytes.begin());
    return bytes;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    test::Input input(data, size);
    std::string error;
    const auto request = usbip::parse_request(take<usbip::request_size>(input), error);
    test::require(request.has_value() || !error.empty());
    const auto id = usbip::parse_bus_id(take<usbip::bus_id_size>(input), error);
    test::require(!id || id->size() < usbip::bus_id_size);
    const auto command = usbip::parse_command(take<usbip::command_size>(input), error);
    if (command && std::holds_alternative<usbip::Submit>(*command)) {
        const auto& submit = std::get<usbip::Submit>(*command);
        test::require(submit.length <= usbip::longest_transfer && submit.endpoint < 16);
    }
    return 0;
}
