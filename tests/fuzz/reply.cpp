// SPDX-License-Identifier: MIT
// What a board sends: IN transfers of any shape. The first byte chooses the packet size, then each
// transfer is a length and its bytes.
#include "mpsse/reply.h"

#include "fuzz/input.h"

#include <algorithm>
#include <array>

using namespace gpiofs;
using test::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    test::Input input(data, size);
    const std::size_t packet_size = (input.byte() & 1U) != 0 ? 512 : 64;
    mpsse::ReplyParser parser(packet_size);
    std::vector<std::uint8_t> expected;
    while (!input.empty()) {
        const std::size_t length = input.byte() * std::size_t{5};
        const auto transfer = input.bytes(length);
        const std::size_t before = expected.size();
        for (std::size_t i = 0; i < transfer.size(); ++i) {
            if (i % packet_size >= 2) {
                expected.push_back(transfer[i]);
            }
        }
        require(parser.feed(transfer) == expected.size() - before);
        require(std::ranges::equal(parser.payload(), expected));
        if (length % 7 == 0) {
            const std::size_t dropped = expected.size() / 2;
            parser.drop(dropped);
            expected.erase(expected.begin(),
                           expected.begin() + static_cast<std::ptrdiff_t>(dropped));
        }
    }
    const auto end = mpsse::end_of_bad_command_echo(parser.payload(), mpsse::Opcode::bad);
    const std::array<std::uint8_t, 2> echo = {0xfa, 0xaa};
    const auto found = std::search(expected.begin(), expected.end(), echo.begin(), echo.end());
    require(end.has_value() == (found != expected.end()));
    require(!end || *end == static_cast<std::size_t>(found - expected.begin()) + 2);
    return 0;
}
