// SPDX-License-Identifier: MIT
#pragma once

#include "sim/virtual_board.h"
#include "usb/harness/testbed.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace gpiofs::tests {

/// Serialises all that happens behind usbfs nodes. One for the program: what glib hands from
/// thread to thread is then ordered by a lock that a thread sanitizer can see.
std::mutex& usbfs_mutex();

/// A request block a program has submitted. The data is kept here and not in the program's memory
/// until it is reaped.
struct Urb {
    /// The file it was submitted on.
    const void* owner = nullptr;
    /// The program's usbdevfs_urb, by which it is discarded and reaped, and its buffer.
    GObjectPtr<UMockdevIoctlData> header;
    GObjectPtr<UMockdevIoctlData> buffer;
    std::vector<std::uint8_t> data;
    std::size_t actual = 0;
    int status = 0;
    /// Absent for control transfers, which are over at once.
    std::optional<sim::BulkTransfer> bulk;
};

/// Moves URBs between programs and a virtual board, on a thread of its own.
/// Every function but the constructor and the destructor is called with usbfs_mutex() held.
class UrbPump {
  public:
    /// The interface that an endpoint belongs to.
    static unsigned interface_of(std::uint8_t endpoint) noexcept {
        return ((endpoint - 1U) & 0x0fU) / 2;
    }

    /// `ready` is told, with usbfs_mutex() held, whether there is something to reap.
    UrbPump(sim::VirtualBoard& board, std::function<void(bool)> ready);
    UrbPump(const UrbPump&) = delete;
    UrbPump& operator=(const UrbPump&) = delete;
    ~UrbPump();

    void submit(std::unique_ptr<Urb> urb);
    /// 0, or -EINVAL if that URB is not pending. It ends with what it has moved until now.
    int discard(const void* owner, std::uintptr_t address);
    /// The URB of this file that was over first; nullptr if there is none.
    std::unique_ptr<Urb> reap(const void* owner);
    /// Forgets the URBs of a file that is closed.
    void drop(const void* owner);

    /// Ends everything that the board has not ended, and everything submitted from now on, with
    /// this negative status; 0 is the normal state.
    void set_wire_error(int status);
    /// Ends what is under way on the endpoints of interface `number` with this status.
    void end_interface(unsigned number, int status);
    std::size_t pending() const noexcept { return pending_.size(); }

  private:
    using Urbs = std::list<std::unique_ptr<Urb>>;

    void run();
    TimePoint advance();
    void finish(Urbs::iterator urb, int status);

    sim::VirtualBoard& board_;
    std::function<void(bool)> ready_;
    Urbs pending_;
    Urbs done_;
    int wire_error_ = 0;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace gpiofs::tests
