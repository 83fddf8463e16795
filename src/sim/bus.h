// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/bulk_transfer.h"
#include "sim/bus_timing.h"
#include "sim/chip.h"
#include "sim/counters.h"
#include "sim/usb_types.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

namespace gpiofs::sim {

/// The bus between the host and a chip: the submitted transfers of every bulk endpoint, in order,
/// and their packets, of which one at a time occupies the bus, endpoints in turn. Like the chip it
/// stands still until it is brought to the present, and then everything that was due happens in
/// order of time: engine steps, packets that come, packets that go. What happened when does not
/// depend on how often it was looked at. Thread-bound.
class Bus {
  public:
    /// `chip` and `counters` outlive the bus.
    Bus(const BusTiming& timing, Chip& chip, Counters& counters);

    /// Makes everything happen that is due, on the bus and in the chip.
    void catch_up(TimePoint now);
    /// Takes a transfer, which stays where it is until it has ended or is withdrawn.
    void submit(BulkTransfer& transfer, TimePoint now);
    /// Forgets a transfer; no effect on one that has ended.
    void withdraw(const BulkTransfer& transfer);
    /// The transfer at `from` has a new address.
    void relocate(const BulkTransfer& from, BulkTransfer& to) noexcept;
    /// Forgets all.
    void clear() noexcept;
    /// For a transfer that ends now in another way than on the bus.
    std::uint64_t next_ordinal() noexcept { return ++ends_; }

    /// When the host may be told of the transfer's end, or before, if nothing else is submitted and
    /// nobody touches the pins; TimePoint::max() if then it never ends.
    TimePoint earliest_end(const BulkTransfer& transfer) const noexcept;

    /// As VirtualBoard::set_fault.
    void set_fault(FaultKind kind, long count) noexcept;

  private:
    /// One bulk endpoint.
    struct Pipe {
        Channel& channel;
        bool in = false;
        /// Oldest first. The packets are the first one's.
        std::vector<BulkTransfer*> transfers;
        /// The first packet of the oldest cannot go before this.
        TimePoint ready_at;
        /// The end of the last transfer's last packet.
        TimePoint ended_at;
        /// Payload that was put off, to come in front of the next.
        std::vector<std::uint8_t> late;
    };
    struct NextPacket {
        std::size_t pipe = 0;
        TimePoint at = TimePoint::max();
    };
    /// An OUT packet that occupies the bus and that the chip has when it is over.
    struct InFlight {
        Pipe* pipe = nullptr;  ///< nullptr: there is none.
        std::size_t size = 0;
        TimePoint arrives = TimePoint::max();
    };

    /// Index into pipes_; nothing for an endpoint that the chip does not have.
    std::optional<std::size_t> pipe_of(const BulkTransfer& transfer) const noexcept;
    void begin(Pipe& pipe);
    void end(Pipe& pipe, UsbStatus outcome, TimePoint at);
    void take_fault(BulkTransfer& transfer, std::initializer_list<FaultKind> kinds) noexcept;
    TimePoint packet_start(const Pipe& pipe) const noexcept;
    NextPacket next_packet() const noexcept;
    void start_packet(Pipe& pipe, TimePoint at);
    void deliver();
    void take_packet(Pipe& pipe, TimePoint at);
    /// Makes what is late the front of the payload of a packet that is `size` bytes now, and keeps
    /// what does not fit then; of one that is late itself, all that was its own. Returns the
    /// packet's new size.
    static std::size_t put_off(Pipe& pipe, bool late, std::span<std::uint8_t> packet,
                               std::size_t size);
    Duration time_left(const BulkTransfer& transfer) const noexcept;

    const BusTiming timing_;
    Chip& chip_;
    Counters& counters_;
    std::vector<Pipe> pipes_;
    /// Transfers of all pipes.
    std::size_t pending_ = 0;
    std::uint64_t ends_ = 0;
    /// Whose packet was the last: when several are due the next pipe has its turn.
    std::size_t last_pipe_ = 0;
    TimePoint free_at_;
    InFlight in_flight_;
    FaultKind fault_ = FaultKind::none;
    long fault_count_ = 0;
};

}  // namespace gpiofs::sim
