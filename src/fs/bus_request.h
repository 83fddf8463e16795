// SPDX-License-Identifier: MIT
#pragma once

#include "fs/request.h"
#include "fs/tree.h"
#include "gpio/chip.h"

#include <memory>

namespace gpiofs::fs {

/// A FUSE request that waits for the bus. As an access of sysfs it cannot be interrupted: a signal
/// neither makes it fail nor takes a write back. It ends with its deadline at the latest.
class BusRequest : public gpio::BusJob {
  public:
    /// `services` outlives it.
    BusRequest(const Services& services, std::shared_ptr<gpio::Chip> chip);

    /// Hands the request to the bus; it may be answered on return.
    static void submit(const std::shared_ptr<BusRequest>& request);

    void done(const gpio::JobResult& result) noexcept final;

  protected:
    gpio::Chip& chip() noexcept { return *chip_; }
    virtual Reply& reply() noexcept = 0;
    /// Answers the request; `result` has no error. May throw, then fail() is called.
    virtual void complete(const gpio::JobResult& result) = 0;

  private:
    const Services& services_;
    const std::shared_ptr<gpio::Chip> chip_;
};

/// A read whose text is made from a sample.
class SampleRead : public BusRequest {
  public:
    using Format = std::string (*)(const Node& node, const gpio::Sample& sample);
    SampleRead(const Services& services, std::shared_ptr<gpio::Chip> chip, mpsse::Banks banks,
               Format format, ReadRequest request);

    /// A read that shows a level clears the event of that level, also if its own sample raised it.
    void in_order(const gpio::JobResult& result) noexcept override;

  private:
    Reply& reply() noexcept override { return request_.reply(); }
    void complete(const gpio::JobResult& result) override;

    const Format format_;
    ReadRequest request_;
};

/// A write that is done when its change is on the wire.
class ChangeWrite final : public BusRequest {
  public:
    /// `worker` for a change after which an armed line is sampled again.
    ChangeWrite(const Services& services, std::shared_ptr<gpio::Chip> chip,
                const gpio::PinChange& pins, gpio::Chip::WorkerHold worker, WriteRequest request);

  private:
    Reply& reply() noexcept override { return request_.reply(); }
    void complete(const gpio::JobResult& result) override;

    const gpio::Chip::WorkerHold worker_;
    WriteRequest request_;
};

/// A write to an attribute of a line that takes effect together with a sample, in bus order.
class SampledWrite final : public BusRequest {
  public:
    /// Applies the setting, or answers false if it needs a sample and has none (null); may throw
    /// std::system_error.
    using Apply = bool (*)(gpio::Line& line, int setting, const gpio::Sample* sample);
    SampledWrite(const Services& services, std::shared_ptr<gpio::Line> line, Apply apply,
                 int setting, gpio::Chip::WorkerHold worker, WriteRequest request);

    void in_order(const gpio::JobResult& result) noexcept override;

  private:
    Reply& reply() noexcept override { return request_.reply(); }
    void complete(const gpio::JobResult& result) override;

    const std::shared_ptr<gpio::Line> line_;
    const Apply apply_;
    const int setting_;
    int error_ = 0;
    const gpio::Chip::WorkerHold worker_;
    WriteRequest request_;
};

}  // namespace gpiofs::fs
