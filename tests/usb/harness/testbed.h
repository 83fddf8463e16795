// SPDX-License-Identifier: MIT
#pragma once

#include <umockdev.h>

#include <filesystem>
#include <memory>
#include <string>

namespace gpiofs::tests {

/// Ends a GObject's reference.
struct Unref {
    void operator()(void* object) const noexcept { g_object_unref(object); }
};
template <typename T>
using GObjectPtr = std::unique_ptr<T, Unref>;

/// A private /sys and /dev for this process, as umockdev makes them; one at a time. Whatever uses
/// libusb has to end before it. Thread-bound.
class Testbed {
  public:
    Testbed();

    UMockdevTestbed* get() const noexcept { return testbed_.get(); }
    /// Where the private /sys and /dev really are.
    const std::filesystem::path& root() const noexcept { return root_; }
    /// A device number that no device had before.
    unsigned next_address() noexcept { return ++address_; }

    /// Adds devices in the text form of `umockdev-record`. Throws std::runtime_error.
    void add(const std::string& description);
    /// What udev tells about /sys + `device`: "add", "remove".
    void announce(const std::string& device, const char* action);
    void remove(const std::string& device);

  private:
    GObjectPtr<UMockdevTestbed> testbed_;
    std::filesystem::path root_;
    unsigned address_ = 1;
};

}  // namespace gpiofs::tests
