// What a board sends: IN transfers of any shape. The first byte chooses the packet size, then each
// transfer is a length and its bytes.
#include "mpsse/reply.h"

#include "fuzz/input.h"

using namespace gpiofs;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    test::Input input(data, size);
    const std::size_t packet_size = (input.byte() & 1U) != 0 ? 512 : 64;
    mpsse::ReplyParser parser(packet_size);
    while (!input.empty()) {
        const std::size_t length = input.byte() * std::size_t{5};
        const auto transfer = input.bytes(length);
        const std::size_t before = parser.payload().size();
        const std::size_t gained = parser.feed(transfer);
        test::require(parser.payload().size() == before + gained);
        test::require(gained <= transfer.size());
    }
    const auto end = mpsse::end_of_bad_command_echo(parser.payload(), mpsse::Opcode::bad);
    test::require(!end || (*end >= 2 && *end <= parser.payload().size()));
    return 0;
}
