// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/board_config.h"
#include "sim/bulk_transfer.h"
#include "sim/bus_timing.h"
#include "sim/chip_profile.h"
#include "sim/counters.h"
#include "sim/pin_id.h"
#include "sim/pins.h"
#include "sim/usb_types.h"
#include "sim/wire_nets.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace gpiofs::sim {

class Bus;
class Chip;

/// An FTDI chip on a board, as USB and a bench with wires see it. It has no thread and no timer:
/// time is lazy. Whoever touches the board first brings bus and chip to clock.now(), packet by
/// packet and command by command, each at its exact time, whether the host looks often or late;
/// with nothing pending nothing runs.
///
/// Two doors: a blocking one in the caller's thread (finish()), and one that never waits
/// (advance()) for pumps that own a thread. Thread-safe; one mutex per board.
class VirtualBoard {
  public:
    /// `clock` outlives the board. `serial` is used unless the config has one. It starts plugged
    /// in. Throws std::invalid_argument for an unknown chip or a speed the chip does not have, with
    /// a message for the command line.
    VirtualBoard(const BoardConfig& config, const std::string& serial, Clock& clock);
    VirtualBoard(const VirtualBoard&) = delete;
    VirtualBoard& operator=(const VirtualBoard&) = delete;
    ~VirtualBoard();

    const ChipProfile& chip() const noexcept { return profile_; }
    std::uint16_t vendor() const noexcept { return vendor_; }
    std::uint16_t product() const noexcept { return product_; }
    /// Empty if the board has none.
    const std::string& serial() const noexcept { return serial_; }
    /// Whether it enumerates at high speed (instant boards do if the chip can).
    bool high_speed() const noexcept { return high_speed_; }
    /// wMaxPacketSize of the bulk endpoints: 512 or 64.
    std::size_t packet_size() const noexcept { return high_speed_ ? 512 : 64; }
    /// As GET_DESCRIPTOR answers them: 18 bytes, and the configuration with all that follows.
    std::vector<std::uint8_t> device_descriptor() const;
    std::vector<std::uint8_t> configuration_descriptor() const;

    // Plug.
    /// The attachment that lasts now; 0 while unplugged.
    Attachment attachment() const;
    /// Unplugging ends every transfer that the bus has not with `gone`; plugging in is power-up.
    /// Returns whether it changed anything.
    bool set_plugged(bool plugged);
    /// What a host's port does to a board it finds: power-up state, and a new attachment, which is
    /// returned; 0 while unplugged.
    Attachment reset_bus();

    // USB.
    /// A control transfer on endpoint 0, at once. `data` is what goes out, or has room for what
    /// comes in; its size is at least setup.length.
    ControlResult control(Attachment attachment, const SetupPacket& setup,
                          std::span<std::uint8_t> data);
    /// Queues a transfer behind the others of its endpoint, from now on in the clock's time.
    /// advance() and finish() do it for a transfer that was not submitted.
    void submit(BulkTransfer& transfer);
    /// Tells how far the transfer is, and ends it if it is time. While it stays pending the result
    /// is when it is worth trying again if nothing else changes (TimePoint::max(): only after a
    /// change): it cannot end earlier, but later. Never waits.
    TimePoint advance(BulkTransfer& transfer);
    /// The same for several at one moment, so that none of them has ended before one that has.
    /// The result is the earliest of those that stay pending.
    TimePoint advance(std::span<BulkTransfer* const> transfers);
    /// Waits until the transfer is over, `deadline` has come or `cancelled` is true (raise it, then
    /// call wake()). Does not allocate.
    void finish(BulkTransfer& transfer, TimePoint deadline, const std::atomic<bool>& cancelled);
    /// As control(), and takes the time the bus would.
    ControlResult finish_control(Attachment attachment, const SetupPacket& setup,
                                 std::span<std::uint8_t> data);

    // For pumps: sleep until a transfer that could not be advanced may be worth trying.
    TimePoint now() const noexcept { return clock_.now(); }
    /// Counts what may let a pending transfer end earlier than advance() has told.
    std::uint64_t changes() const;
    /// Returns when changes() differs from `seen`, or at `until`, or earlier.
    void wait(std::uint64_t seen, TimePoint until);
    /// Ends every wait() and makes finish() look at its flag.
    void wake();

    // Bench.
    bool has_pin(PinId pin) const noexcept;
    void set_pull(PinId pin, Pull pull);
    /// What the pull amounts to: never built_in.
    Pull pull(PinId pin) const;
    void set_drive(PinId pin, Drive drive);
    Drive drive(PinId pin) const;
    /// Inverts what is driven (with `z`: drives the inverse of the level) for `length`.
    void pulse(PinId pin, Duration length);
    /// As a meter would see it, now.
    bool level(PinId pin);
    /// How often each pin's level has changed so far, be it for no time at all.
    PinEdges edges(unsigned interface);
    /// These wires and no others.
    void set_wires(std::vector<Wire> wires);
    void add_wires(const std::vector<Wire>& wires);
    std::vector<Wire> wires() const;

    /// Faults the next `count` bulk transfers that begin (-1: until fault(none, 0)); an earlier
    /// fault ends. What each kind does, and to what:
    /// timeout      IN and OUT: no packet moves, the transfer stays pending;
    /// stall        IN and OUT: the endpoint halts, until CLEAR_FEATURE(ENDPOINT_HALT);
    /// short_reply  IN with payload: its last byte is lost;
    /// status_only  IN: the packet is two status bytes, the reply stays in the chip;
    /// garbage      IN with payload: every payload byte is inverted;
    /// late         IN with payload: it comes in front of the next reply;
    /// nak          OUT: no data is taken, the transfer stays pending;
    /// cut          OUT: the first byte is taken and no more, the transfer stays pending;
    /// endpoint_gone IN and OUT: nothing answers, the transfer fails at once;
    /// power_loss   IN and OUT: before the transfer the chip falls back to power-up state (UART
    ///              mode, FIFOs empty, latency 16 ms) without a disconnect.
    /// imitation    no bulk transfer, and whatever the count: the chip takes SET LATENCY TIMER and
    ///              answers GET with 16 ms, as imitations of FTDI chips were seen to do.
    /// A transfer begins when it is the oldest of its endpoint. It is marked then (short_reply,
    /// garbage and late: with its first payload), and stays marked; those of the wrong kind do not
    /// count, and a transfer that meets a halted endpoint uses nothing up. Control transfers never
    /// fail.
    void set_fault(FaultKind kind, long count);

    Counters counters();

  private:
    friend class BulkTransfer;

    void withdraw(BulkTransfer& transfer);
    void relocate(BulkTransfer& from, BulkTransfer& to);
    void submit_locked(BulkTransfer& transfer, TimePoint now);
    TimePoint advance_locked(BulkTransfer& transfer, TimePoint now);
    void withdraw_locked(BulkTransfer& transfer);
    void pause(std::unique_lock<std::mutex>& lock, TimePoint until);
    void changed_locked();
    template <typename Change>
    void change_pins(Change change);

    const ChipProfile& profile_;
    const std::uint16_t vendor_;
    const std::uint16_t product_;
    const std::string serial_;
    const bool high_speed_;
    const BusTiming timing_;
    Clock& clock_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t changes_ = 0;
    Attachment attached_ = 1;
    Attachment attachments_ = 1;
    std::vector<Wire> wires_;
    Counters counters_;
    const std::unique_ptr<Chip> chip_;
    const std::unique_ptr<Bus> bus_;
};

}  // namespace gpiofs::sim
