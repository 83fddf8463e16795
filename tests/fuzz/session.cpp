// SPDX-License-Identifier: MIT
// A whole USB/IP connection over a socket: what a client asks, in any order and with any numbers,
// and what it is answered. Whoever keeps to the protocol gets each answer exactly once; for the
// rest it is enough that the session ends.
#include "usbip/session.h"

#include "base/log.h"
#include "base/unique_fd.h"
#include "fuzz/input.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace gpiofs;
using test::require;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t command_size = 48;
constexpr std::uint32_t last_sequence = 0x7fffffff;
/// So few, and so short, that they fit into the socket's buffers.
constexpr std::size_t most_commands = 60;
constexpr std::uint32_t longest_in = 2048;

void put32(Bytes& bytes, std::uint32_t value) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

std::uint32_t get32(std::span<const std::uint8_t> bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes.subspan(at, 4)) {
        value = value << 8U | byte;
    }
    return value;
}

/// The client's end of the connection.
class Client {
  public:
    explicit Client(UniqueFd socket) : socket_(std::move(socket)) {
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    void send(std::span<const std::uint8_t> bytes) {
        // The server may have closed; then there is nothing to send to.
        [[maybe_unused]] const auto sent =
            ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    /// Exactly so many bytes, or fewer at the end of the connection.
    Bytes receive(std::size_t size) {
        Bytes bytes(size);
        std::size_t at = 0;
        while (at < size) {
            const auto got = ::recv(socket_.get(), bytes.data() + at, size - at, 0);
            if (got < 0 && errno == EINTR) {
                continue;  // libFuzzer's timer
            }
            require(got >= 0 ||
                    errno == ECONNRESET);  // a server that says nothing for so long hangs
            if (got <= 0) {
                break;
            }
            at += static_cast<std::size_t>(got);
        }
        bytes.resize(at);
        return bytes;
    }
    void finish() { ::shutdown(socket_.get(), SHUT_WR); }

  private:
    UniqueFd socket_;
};

/// What was sent in the second phase, and what came back.
class Conversation {
  public:
    Conversation(test::Input& input, Client& client, std::uint32_t device)
        : input_(input), client_(client), device_(device) {}

    /// Whether every byte was according to the protocol.
    bool send_all() {
        while (!input_.empty() && sequence_ < most_commands) {
            if (!send_one()) {
                return false;
            }
        }
        // Orders are taken one after another, so that all before it are answered or pending.
        unlink(last_sequence, last_sequence);
        return true;
    }

    void check_replies() {
        while (take_reply()) {
        }
        for (const auto& [sequence, submitted] : submitted_) {
            require(submitted.answers == 1 || !submitted.control);
        }
    }

  private:
    struct Submitted {
        bool in = false;
        bool control = false;
        std::uint32_t length = 0;
        int answers = 0;
    };

    Bytes head(std::uint32_t command, std::uint32_t sequence, bool in, std::uint32_t endpoint) {
        Bytes bytes;
        put32(bytes, command);
        put32(bytes, sequence);
        put32(bytes, device_);
        put32(bytes, in ? 1 : 0);
        put32(bytes, endpoint);
        return bytes;
    }

    void submit(std::uint32_t endpoint, bool in, std::uint32_t length,
                std::array<std::uint8_t, 8> setup, std::span<const std::uint8_t> data) {
        const std::uint32_t sequence = ++sequence_;
        Bytes bytes = head(1, sequence, in, endpoint);
        put32(bytes, input_.byte() % 2);  // short transfers are no error, or are
        put32(bytes, length);
        bytes.resize(40);
        bytes.insert(bytes.end(), setup.begin(), setup.end());
        bytes.insert(bytes.end(), data.begin(), data.end());
        submitted_[sequence] = {in, endpoint == 0, length, 0};
        client_.send(bytes);
    }

    void unlink(std::uint32_t sequence, std::uint32_t victim) {
        Bytes bytes = head(2, sequence, false, 0);
        put32(bytes, victim);
        bytes.resize(command_size);
        unlinked_[sequence] = victim;
        client_.send(bytes);
    }

    void control(std::array<std::uint8_t, 8> setup) {
        const bool in = (setup[0] & 0x80U) != 0;
        setup[7] = 0;
        const Bytes data(in ? 0 : setup[6]);
        submit(0, in, setup[6], setup, data);
    }

    bool send_one() {
        switch (input_.byte() % 6) {
            case 0: {
                std::array<std::uint8_t, 8> setup{};
                const auto some = input_.bytes(setup.size());
                std::copy(some.begin(), some.end(), setup.begin());
                control(setup);
                return true;
            }
            case 1: {  // into MPSSE mode
                control({0x40, 0x0b, 0, 2, 1, 0, 0, 0});
                return true;
            }
            case 2: {
                const unsigned endpoint = 1 + input_.byte() % 15U;
                const auto data = input_.bytes(input_.byte());
                submit(endpoint, false, static_cast<std::uint32_t>(data.size()), {}, data);
                return true;
            }
            case 3: {
                const unsigned endpoint = 1 + input_.byte() % 15U;
                submit(endpoint, true, input_.byte() * 512U % (longest_in + 1), {}, {});
                return true;
            }
            case 4:
                unlink(++sequence_, input_.byte());
                return true;
            default: {
                client_.send(input_.bytes(command_size));
                return false;
            }
        }
    }

    /// False at the end.
    bool take_reply() {
        const Bytes bytes = client_.receive(command_size);
        if (bytes.empty()) {
            return false;
        }
        require(bytes.size() == command_size);
        const std::uint32_t sequence = get32(bytes, 4);
        const auto status = static_cast<std::int32_t>(get32(bytes, 20));
        require(status <= 0);
        if (get32(bytes, 0) == 4) {
            return take_unlinked(sequence, status);
        }
        require(get32(bytes, 0) == 3 && submitted_.contains(sequence));
        Submitted& submitted = submitted_[sequence];
        require(++submitted.answers == 1);
        const std::uint32_t length = get32(bytes, 24);
        require(length <= submitted.length);
        if (submitted.in) {
            require(client_.receive(length).size() == length);
        }
        return true;
    }

    bool take_unlinked(std::uint32_t sequence, std::int32_t status) {
        const auto unlinked = unlinked_.find(sequence);
        require(unlinked != unlinked_.end());
        const auto victim = submitted_.find(unlinked->second);
        unlinked_.erase(unlinked);
        require(status == 0 || status == -ECONNRESET);
        if (status == 0) {
            // It has ended, if there ever was one with this number before.
            require(victim == submitted_.end() || victim->second.answers == 1 ||
                    victim->first > sequence);
        } else {
            require(victim != submitted_.end() && ++victim->second.answers == 1);
        }
        return sequence != last_sequence;
    }

    test::Input& input_;
    Client& client_;
    const std::uint32_t device_;
    std::uint32_t sequence_ = 0;
    std::map<std::uint32_t, Submitted> submitted_;
    std::map<std::uint32_t, std::uint32_t> unlinked_;
};

void request(Client& client, std::uint8_t code, std::string_view bus_id) {
    Bytes bytes{0x01, 0x11, 0x80, code, 0, 0, 0, 0};
    if (code == 3) {
        bytes.insert(bytes.end(), bus_id.begin(), bus_id.end());
        bytes.resize(8 + 32);
    }
    client.send(bytes);
}

/// Asks for the list, any number of times, and then for a device.
void converse(test::Input& input, Client& client) {
    for (unsigned lists = input.byte() % 3; lists > 0; --lists) {
        request(client, 5, {});
        const Bytes head = client.receive(12);
        require(head.size() == 12 && get32(head, 8) == 1);
        const Bytes device = client.receive(312);
        require(device.size() == 312 &&
                client.receive(4U * device[311]).size() == 4U * device[311]);
    }
    const unsigned wanted = input.byte();
    if (wanted == 255) {
        client.send(input.bytes(64));
        return;
    }
    request(client, 3, wanted % 8 == 7 ? "1-9" : "1-1");
    const Bytes head = client.receive(8);
    require(head.size() == 8);
    if (get32(head, 4) != 0) {
        require(wanted % 8 == 7 && client.receive(1).empty());
        return;
    }
    const Bytes device = client.receive(312);
    require(device.size() == 312);
    Conversation conversation(input, client, get32(device, 288) << 16U | get32(device, 292));
    if (conversation.send_all()) {
        conversation.check_replies();
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr std::array<const char*, 3> chips = {"FT232H", "FT4232H", "FT2232D"};
    log::set_level(log::Level::error);
    test::Input input(data, size);
    SystemClock clock;
    sim::Bench bench(clock);
    sim::BoardConfig board;
    board.chip = chips[input.byte() % chips.size()];
    bench.add(board);
    usbip::Exports exports(bench);
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    Client client{UniqueFd(ends[0])};
    const UniqueFd server(ends[1]);
    std::thread serving([&] {
        usbip::serve_client(server.get(), exports);
        ::shutdown(server.get(), SHUT_RDWR);
    });
    converse(input, client);
    client.finish();
    serving.join();
    return 0;
}
