// SPDX-License-Identifier: MIT
#include "usb/harness/interfaces.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace gpiofs::tests {

Interfaces::Interfaces(std::filesystem::path device, std::vector<std::string> drivers)
    : device_(std::move(device)), drivers_(std::move(drivers)), bound_(drivers_.size()) {
    for (unsigned number = 0; number < drivers_.size(); ++number) {
        bind(number, drivers_[number]);
    }
}

bool Interfaces::claimed_by(unsigned number, Owner owner) const {
    const auto found = owners_.find(number);
    return found != owners_.end() && found->second == owner;
}

int Interfaces::claim(unsigned number, Owner owner) {
    if (number >= bound_.size() || !configured_) {
        return -ENOENT;
    }
    if (unauthorized_.contains(number)) {
        return -ENODEV;
    }
    if (claimed_by(number, owner)) {
        return 0;
    }
    if (!bound_[number].empty()) {
        return -EBUSY;
    }
    owners_[number] = owner;
    bind(number, "usbfs");
    return 0;
}

int Interfaces::release(unsigned number, Owner owner) {
    if (!claimed_by(number, owner)) {
        return -EINVAL;
    }
    owners_.erase(number);
    bind(number, "");
    return 0;
}

void Interfaces::release_all(Owner owner) {
    for (unsigned number = 0; number < bound_.size(); ++number) {
        release(number, owner);
    }
}

int Interfaces::disconnect(unsigned number) {
    if (number >= bound_.size() || bound_[number].empty()) {
        return -ENODATA;
    }
    owners_.erase(number);
    bind(number, "");
    return 0;
}

void Interfaces::disconnect_all() {
    for (unsigned number = 0; number < bound_.size(); ++number) {
        disconnect(number);
    }
}

int Interfaces::connect(unsigned number) {
    if (number >= bound_.size()) {
        return -EINVAL;
    }
    if (!bound_[number].empty()) {
        return -EBUSY;
    }
    bind(number, drivers_[number]);
    return drivers_[number].empty() ? 0 : 1;
}

void Interfaces::rebind(unsigned number) {
    if (owners_.erase(number) != 0 || bound_[number].empty()) {
        bind(number, drivers_[number]);
    }
}

void Interfaces::set_configured(bool configured) {
    configured_ = configured;
    for (unsigned number = 0; number < bound_.size(); ++number) {
        owners_.erase(number);
        bind(number, configured ? drivers_[number] : "");
    }
}

void Interfaces::set_authorized(unsigned number, bool authorized) {
    if (authorized) {
        unauthorized_.erase(number);
    } else {
        disconnect(number);
        unauthorized_.insert(number);
    }
}

void Interfaces::bind(unsigned number, const std::string& driver) {
    bound_[number] = driver;
    const auto folder = device_ / fmt::format("{}:1.{}", device_.filename().string(), number);
    std::error_code none;
    std::filesystem::remove(folder / "driver", none);
    if (!driver.empty() && std::filesystem::exists(folder, none)) {
        std::filesystem::create_symlink("/sys/bus/usb/drivers/" + driver, folder / "driver");
    }
}

}  // namespace gpiofs::tests
