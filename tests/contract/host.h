// SPDX-License-Identifier: MIT
#pragma once

#include "contract/rig.h"

#include <system_error>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gpiofs::contract {

using Bytes = std::vector<std::uint8_t>;

// Commands of AN_108: get the low pins, set them, and send what there is at once.
constexpr std::uint8_t get_low = 0x81;
constexpr std::uint8_t set_low = 0x80;
constexpr std::uint8_t send_immediate = 0x87;
/// Long enough for anything that does happen, on a busy machine too.
constexpr Duration patience = std::chrono::seconds(10);

/// The latency timer ran out before the machine came to queue or send something, and ended an IN
/// without data: a case that has not foreseen this says nothing.
struct TooSlow {};

/// Throws Broken with `otherwise` unless `holds`.
void must(bool holds, const std::string& otherwise);

/// Samples of the low pins, sent at once.
Bytes samples(std::size_t count);

/// With the calls that do not queue: the chip answers one sample, or Broken is thrown.
void read_sample(transport::Transport& transport, TimePoint deadline);

/// A transfer that has been collected.
struct Ended {
    transport::Direction direction = transport::Direction::in;
    std::size_t bytes = 0;  ///< of an IN those of `replies`
    int error = 0;          ///< errno
    Bytes replies{};        ///< what an IN has brought, without status bytes

    bool is(const Ended& other) const noexcept {
        return direction == other.direction && bytes == other.bytes && error == other.error;
    }
};
std::string to_string(const Ended& ended);

Ended sent(std::size_t bytes, int error = 0);
Ended received(std::size_t replies, int error = 0);

/// The host's side of a transport: keeps the buffers of what is queued, and looks at all that is
/// collected.
class Host {
  public:
    explicit Host(Rig& rig);

    transport::Transport& transport() noexcept { return *transport_; }
    void send(const Bytes& bytes);
    /// A buffer of so many packets.
    void ask(std::size_t packets = 1);
    /// As send() and ask(), whose submission may fail.
    std::error_code try_send(const Bytes& bytes);
    std::error_code try_ask(std::size_t packets = 1);

    std::optional<Ended> collect(Duration within = patience);
    /// Collects until there is nothing more, and fails if something stays.
    std::vector<Ended> collect_rest();
    /// Fails unless this is what ends next.
    void expect(const Ended& expected) { expect(expected, collect()); }
    /// Fails unless this is what ended next.
    static void expect(const Ended& expected, const std::optional<Ended>& ended);
    /// Fails unless the calls that do not queue work.
    void expect_answer() { read_sample(*transport_, rig_.in(patience)); }

    std::size_t queued(transport::Direction direction) const noexcept {
        return (direction == transport::Direction::in ? ins_ : outs_).size();
    }

  private:
    Ended take(const transport::EndedTransfer& ended);

    Rig& rig_;
    std::deque<Bytes> outs_;
    std::deque<Bytes> ins_;
    std::unique_ptr<transport::Transport> transport_;
};

}  // namespace gpiofs::contract
