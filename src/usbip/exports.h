// SPDX-License-Identifier: MIT
#pragma once

#include "sim/bench.h"
#include "usbip/protocol.h"

#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace gpiofs::usbip {

/// The bench's boards as devices that can be imported: board 0 is bus id "1-1". A board that is
/// unplugged is not there; one that is imported is in use. Thread-safe.
class Exports {
  public:
    /// `bench` outlives it.
    explicit Exports(sim::Bench& bench) : bench_(bench) {}

    std::vector<DeviceInfo> list() const;

    /// A device in the hands of one client, given back by the destructor.
    class Lease {
      public:
        Lease(Exports& exports, unsigned number, sim::Attachment attachment);
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease();

        sim::VirtualBoard& board() const { return exports_.bench_.board(number_); }
        sim::Attachment attachment() const noexcept { return attachment_; }
        DeviceInfo info() const { return exports_.info_of(number_); }

      private:
        Exports& exports_;
        const unsigned number_;
        const sim::Attachment attachment_;
    };

    /// Hands a device out as just plugged in, or tells why not.
    std::variant<std::unique_ptr<Lease>, Status> import_device(const std::string& bus_id);

  private:
    /// A board in use, and from which attachment on.
    struct LeasedBoard {
        unsigned number;
        sim::Attachment attachment;

        bool operator==(const LeasedBoard&) const = default;
    };

    DeviceInfo info_of(unsigned number) const;

    sim::Bench& bench_;
    std::mutex mutex_;
    std::vector<LeasedBoard> leased_;
};

}  // namespace gpiofs::usbip
