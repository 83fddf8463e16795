// SPDX-License-Identifier: MIT
#include "fs/bus_request.h"

#include "base/error.h"

#include <cerrno>
#include <exception>
#include <utility>

namespace gpiofs::fs {

BusRequest::BusRequest(const Services& services, std::shared_ptr<gpio::Chip> chip)
    : services_(services), chip_(std::move(chip)) {}

void BusRequest::submit(const std::shared_ptr<BusRequest>& request) {
    request->deadline = request->services_.clock.now() + request->services_.timeout;
    request->chip_->bus().submit(request);
}

void BusRequest::done(const gpio::JobResult& result) noexcept {
    if (result.error) {
        reply().error(to_errno(result.error));
        return;
    }
    try {
        complete(result);
    } catch (...) {
        reply().error(to_errno(std::current_exception()));
    }
}

SampleRead::SampleRead(const Services& services, std::shared_ptr<gpio::Chip> chip,
                       mpsse::Banks banks, Format format, ReadRequest request)
    : BusRequest(services, std::move(chip)), format_(format), request_(std::move(request)) {
    reads = banks;
}

void SampleRead::in_order(const gpio::JobResult& /*result*/) noexcept { request_.mark_seen(); }

void SampleRead::complete(const gpio::JobResult& result) {
    request_.complete(format_(request_.node(), result.sample));
}

ChangeWrite::ChangeWrite(const Services& services, std::shared_ptr<gpio::Chip> chip,
                         const gpio::PinChange& pins, gpio::Chip::WorkerHold worker,
                         WriteRequest request)
    : BusRequest(services, std::move(chip)),
      worker_(std::move(worker)),
      request_(std::move(request)) {
    change = pins;
}

void ChangeWrite::complete(const gpio::JobResult& /*result*/) { request_.complete(); }

SampledWrite::SampledWrite(const Services& services, std::shared_ptr<gpio::Line> line, Apply apply,
                           int setting, gpio::Chip::WorkerHold worker, WriteRequest request)
    : BusRequest(services, line->chip().shared_from_this()),
      line_(std::move(line)),
      apply_(apply),
      setting_(setting),
      worker_(std::move(worker)),
      request_(std::move(request)) {
    reads = line_->bank();
}

void SampledWrite::in_order(const gpio::JobResult& result) noexcept {
    try {
        apply_(*line_, setting_, &result.sample);
    } catch (...) {
        error_ = to_errno(std::current_exception());
    }
}

void SampledWrite::complete(const gpio::JobResult& /*result*/) {
    if (error_ != 0) {
        request_.fail(error_);
    } else {
        request_.complete();
    }
}

}  // namespace gpiofs::fs
