// SPDX-License-Identifier: MIT
#include "usb/libusb_transport.h"

#include "base/error.h"
#include "usb/usb_error.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gpiofs::usb {

using std::chrono::steady_clock;
using transport::Transfer;

namespace {

constexpr std::uint8_t vendor_out = 0x40;
constexpr std::uint8_t vendor_in = 0xc0;
/// GET_STATUS of the device: USB 2.0 section 9.4.5.
constexpr std::uint8_t standard_in = 0x80;
constexpr std::uint8_t get_status = 0x00;
constexpr std::size_t status_size = 2;

/// A hub is asked for changed ports at least every 256 ms (the longest interval of a full-speed
/// interrupt endpoint, USB 2.0 section 5.7.4); twice that is enough for the kernel to notice.
constexpr auto notice_time = std::chrono::milliseconds(500);
constexpr auto retry_time = std::chrono::milliseconds(20);

}  // namespace

LibusbTransport::LibusbTransport(std::unique_ptr<ClaimedInterface> interface,
                                 const Endpoints& endpoints)
    : interface_(std::move(interface)),
      endpoints_(endpoints),
      bulk_(interface_->handle().context()),
      control_(interface_->handle().context()),
      queue_(interface_->handle().context(), interface_->handle().get()) {}

std::error_code LibusbTransport::control_out(std::uint8_t request, std::uint16_t value,
                                             TimePoint deadline) {
    return vendor_request(vendor_out, request, value, {}, deadline).error;
}

Transfer LibusbTransport::control_in(std::uint8_t request, std::uint16_t value,
                                     std::span<std::uint8_t> data, TimePoint deadline) {
    return vendor_request(vendor_in, request, value, data, deadline);
}

Transfer LibusbTransport::vendor_request(std::uint8_t type, std::uint8_t request,
                                         std::uint16_t value, std::span<std::uint8_t> data,
                                         TimePoint deadline) {
    if (const auto error = interface_->check()) {
        return {0, error};
    }
    const auto index = static_cast<std::uint16_t>(interface_->number() + 1);
    return diagnosed(this->request({type, request, value, index}, data, deadline), deadline);
}

Transfer LibusbTransport::request(const Setup& setup, std::span<std::uint8_t> data,
                                  TimePoint deadline) {
    control_buffer_.assign(LIBUSB_CONTROL_SETUP_SIZE + data.size(), 0);
    libusb_fill_control_setup(control_buffer_.data(), setup.type, setup.code, setup.value,
                              setup.index, static_cast<std::uint16_t>(data.size()));
    libusb_fill_control_transfer(control_.transfer(), interface_->handle().get(),
                                 control_buffer_.data(), nullptr, nullptr, 0);
    const Transfer transfer = control_.run(deadline);
    std::copy_n(control_buffer_.begin() + LIBUSB_CONTROL_SETUP_SIZE,
                std::min(transfer.bytes, data.size()), data.begin());
    return transfer;
}

Transfer LibusbTransport::write(std::span<const std::uint8_t> data, TimePoint deadline) {
    // libusb has one type for both directions and leaves an OUT buffer as it is.
    return move(endpoints_.out, const_cast<std::uint8_t*>(data.data()), data.size(), deadline);
}

Transfer LibusbTransport::read(std::span<std::uint8_t> data, TimePoint deadline) {
    return move(endpoints_.in, data.data(), data.size(), deadline);
}

Transfer LibusbTransport::move(std::uint8_t endpoint, std::uint8_t* data, std::size_t size,
                               TimePoint deadline) {
    libusb_fill_bulk_transfer(bulk_.transfer(), interface_->handle().get(), endpoint, data,
                              static_cast<int>(size), nullptr, nullptr, 0);
    return diagnosed(bulk_.run(deadline), deadline);
}

Transfer LibusbTransport::diagnosed(Transfer transfer, TimePoint deadline) {
    if (transfer.error == errno_code(EIO) || transfer.error == errno_code(ENODEV)) {
        const auto claim = interface_->check();
        transfer.error = claim ? claim : presence(deadline);
    }
    return transfer;
}

/// ENODEV if the board turns out to be gone, ECANCELED if abort() ends the question, else EIO.
/// Takes notice_time at most.
std::error_code LibusbTransport::presence(TimePoint deadline) {
    const TimePoint until = std::min<TimePoint>(deadline, steady_clock::now() + notice_time);
    std::array<std::uint8_t, status_size> status{};
    for (;;) {
        const auto error = request({standard_in, get_status, 0, 0}, status, until).error;
        if (error != errno_code(EIO) && error != errno_code(ENODEV)) {
            return errno_code(EIO);
        }
        if (interface_->check() == errno_code(ENODEV)) {
            return errno_code(ENODEV);
        }
        bulk_.pause(std::min<TimePoint>(until, steady_clock::now() + retry_time));
        if (bulk_.aborted()) {
            return errno_code(ECANCELED);
        }
    }
}

std::error_code LibusbTransport::submit(transport::Direction direction,
                                        std::span<std::uint8_t> data) {
    const bool in = direction == transport::Direction::in;
    cancelled_ = false;
    const auto error = queue_.submit(in ? endpoints_.in : endpoints_.out, data);
    return diagnosed({0, error}, TimePoint::max()).error;
}

std::optional<transport::EndedTransfer> LibusbTransport::collect(TimePoint deadline) {
    auto ended = queue_.collect(deadline);
    if (ended && !cancelled_) {
        ended->transfer = diagnosed(ended->transfer, deadline);
    }
    return ended;
}

void LibusbTransport::cancel() noexcept {
    cancelled_ = true;
    queue_.cancel();
}

void LibusbTransport::abort() noexcept {
    bulk_.abort();
    control_.interrupt();
    queue_.abort();
}

std::error_code LibusbTransport::clear_halt(transport::Direction direction) {
    const bool in = direction == transport::Direction::in;
    return errno_code(errno_of(
        libusb_clear_halt(interface_->handle().get(), in ? endpoints_.in : endpoints_.out)));
}

}  // namespace gpiofs::usb
