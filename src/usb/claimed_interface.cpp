// SPDX-License-Identifier: MIT
#include "usb/claimed_interface.h"

#include "base/error.h"
#include "usb/sysfs.h"

#include <fmt/format.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace gpiofs::usb {

using transport::Detach;

namespace {

constexpr std::string_view serial_driver = "ftdi_sio";
/// The name under which usbfs itself holds what a program has claimed.
constexpr std::string_view program = "usbfs";

}  // namespace

ClaimedInterface::ClaimedInterface(std::shared_ptr<DeviceHandle> handle, InterfaceId id,
                                   Detach detach)
    : handle_(std::move(handle)), id_(std::move(id)), detach_(detach) {
    handle_->reserve(id_.number);
    try {
        claim();
    } catch (...) {
        handle_->cancel_reservation(id_.number);
        throw;
    }
}

ClaimedInterface::~ClaimedInterface() { handle_->release(id_.number, detached_ && give_back_); }

void ClaimedInterface::claim() {
    detached_ = detach_allowed();
    auto error = detached_ ? handle_->detach_and_claim(id_.number) : handle_->claim(id_.number);
    if (error == errno_code(EBUSY) && !detached_) {
        // A driver may bind to a board that has just arrived after it was looked for.
        detached_ = detach_allowed();
        error = handle_->detach_and_claim(id_.number);
    }
    if (error) {
        throw std::system_error(error, fmt::format("cannot claim {}", id_.name));
    }
}

std::error_code ClaimedInterface::check() noexcept { return handle_->claim(id_.number); }

transport::Claim ClaimedInterface::again() {
    const bool unbound = !handle_->is_bound(id_.number);
    const auto error = check();
    if (error != errno_code(EBUSY)) {
        return {unbound && !error, error, {}};
    }
    transport::Claim claim{true, error, holder()};
    try {
        if (detach_allowed()) {
            claim.error = handle_->detach_and_claim(id_.number);
            detached_ = detached_ || !claim.error;
        }
    } catch (const std::system_error& refused) {
        claim.error = refused.code();
    }
    return claim;
}

std::string ClaimedInterface::holder() const {
    return sysfs::driver(id_.board_path, id_.configuration, id_.number);
}

bool ClaimedInterface::detach_allowed() const {
    const bool active = handle_->driver_is_active(id_.number);
    std::string holder = this->holder();
    if (holder == program) {
        throw_errno(EBUSY,
                    fmt::format("{} is in use by another program: end that first", id_.name));
    }
    if (!active) {
        return false;
    }
    if (holder.empty()) {
        holder = "(of unknown name)";
    }
    const bool serial = holder == serial_driver;
    if (detach_ == Detach::any || (detach_ == Detach::serial && serial)) {
        return true;
    }
    throw_errno(EBUSY, fmt::format("{} is held by the kernel driver {}: let it be detached with "
                                   "-o detach={}",
                                   id_.name, holder, serial ? "sio" : "any"));
}

}  // namespace gpiofs::usb
