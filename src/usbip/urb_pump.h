// SPDX-License-Identifier: MIT
#pragma once

#include "sim/virtual_board.h"
#include "usbip/protocol.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <thread>
#include <variant>
#include <vector>

namespace gpiofs::usbip {

/// Carries one client's URBs to the board and their replies back, in the order in which the board
/// ends them. One thread, which sleeps while nothing can move. When the board goes or
/// the client does not take replies it shuts the socket down. Thread-safe.
class UrbPump {
  public:
    /// `board` and `socket` outlive it. Throws std::system_error.
    UrbPump(sim::VirtualBoard& board, sim::Attachment attachment, int socket);
    UrbPump(const UrbPump&) = delete;
    UrbPump& operator=(const UrbPump&) = delete;
    /// Drops what is pending. The socket has been shut down before.
    ~UrbPump();

    // Both return false if the client has too much pending.
    /// Takes a transfer with the bytes it sends.
    bool submit(const Submit& submit, std::vector<std::uint8_t> data);
    bool unlink(const Unlink& unlink);

  private:
    /// A transfer on a bulk endpoint, with the memory it works on.
    struct Urb {
        Submit submit;
        std::vector<std::uint8_t> data;
        sim::BulkTransfer transfer;
    };
    struct ControlUrb {
        Submit submit;
        std::vector<std::uint8_t> data;
    };
    using Order = std::variant<Urb, ControlUrb, Unlink>;

    void run();
    void take_orders();
    void obey(Urb&& urb);
    void obey(ControlUrb&& urb);
    void obey(const Unlink& unlink);
    TimePoint advance_all();
    void reply(const Submit& submit, std::int32_t status, std::size_t length,
               const std::vector<std::uint8_t>& data);
    void forget(const Submit& submit);
    void send(const std::array<std::uint8_t, command_size>& head,
              std::span<const std::uint8_t> data);
    void end() noexcept;

    sim::VirtualBoard& board_;
    const sim::Attachment attachment_;
    const int socket_;
    std::atomic<bool> ended_ = false;

    std::mutex mutex_;
    std::vector<Order> orders_;
    /// Bytes and number of the transfers that have not been answered.
    std::size_t pending_bytes_ = 0;
    std::size_t pending_count_ = 0;

    /// The pump thread's: pending transfers by endpoint address.
    std::map<std::uint8_t, std::deque<Urb>> endpoints_;
    std::vector<sim::BulkTransfer*> oldest_;  ///< of advance_all(), kept for its memory
    std::vector<std::uint8_t> message_;
    std::thread thread_;
};

}  // namespace gpiofs::usbip
