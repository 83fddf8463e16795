#include "fs/bus_request.h"

#include "base/error.h"

#include <cerrno>
#include <exception>
#include <utility>

namespace gpiofs::fs {
namespace {

/// How long an interrupted request may still get its result. A round trip takes well under a
/// millisecond at high speed, a few at full speed; twenty go unnoticed by whoever pressed ^C.
constexpr auto interrupt_grace = std::chrono::milliseconds(20);

/// The request whose interrupt function is being registered by this thread. libfuse calls the
/// function at once if the interrupt came first, and then the request must not be answered in it:
/// libfuse still uses it.
thread_local BusRequest* registering = nullptr;

}  // namespace

BusRequest::BusRequest(const Services& services, std::shared_ptr<gpio::Chip> chip)
    : services_(services), chip_(std::move(chip)) {}

void BusRequest::submit(const std::shared_ptr<BusRequest>& request) {
    request->deadline = request->services_.clock.now() + request->services_.timeout;
    request->chip_->bus().submit(request);
}

void BusRequest::will_wait() noexcept {
    interruptible_ = true;
    registering = this;
    fuse_req_interrupt_func(reply().get(), interrupted, this);
    const bool interrupted_first = std::exchange(registering, nullptr) == nullptr;
    if (interrupted_first && chip_->bus().cancel(*this, Duration::zero())) {
        reply().error(EINTR);
    }
}

void BusRequest::interrupted(fuse_req_t /*request*/, void* self) noexcept {
    auto* raw = static_cast<BusRequest*>(self);
    if (raw == registering) {
        registering = nullptr;
        return;
    }
    // done() first takes the interrupt function back and waits for this one, so it is alive here.
    const auto request = raw->shared_from_this();
    if (request->chip_->bus().cancel(*request, interrupt_grace)) {
        request->reply().error(EINTR);
    }
}

void BusRequest::done(const gpio::JobResult& result) noexcept {
    if (interruptible_) {
        fuse_req_interrupt_func(reply().get(), nullptr, nullptr);
    }
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

void SampleRead::complete(const gpio::JobResult& result) {
    request_.complete(format_(request_.node(), result.sample));
}

ChangeWrite::ChangeWrite(const Services& services, std::shared_ptr<gpio::Chip> chip,
                         const gpio::PinChange& pins, WriteRequest request)
    : BusRequest(services, std::move(chip)), request_(std::move(request)) {
    change = pins;
}

void ChangeWrite::complete(const gpio::JobResult& /*result*/) { request_.complete(); }

SampledWrite::SampledWrite(const Services& services, std::shared_ptr<gpio::Line> line, Apply apply,
                           int setting, WriteRequest request)
    : BusRequest(services, line->chip().shared_from_this()),
      line_(std::move(line)),
      apply_(apply),
      setting_(setting),
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
