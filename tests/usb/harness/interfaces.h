// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gpiofs::tests {

/// Who has each interface of a device, with the errnos and the sysfs links of the kernel's
/// drivers/usb/core/devio.c. Functions return 0 or a negative errno. The caller serialises calls.
class Interfaces {
  public:
    /// Names who claims; any pointer will do.
    using Owner = const void*;

    /// `device` is the sysfs folder that has the folder of each interface; `drivers` are the kernel
    /// drivers that bind to them, empty for none. All are bound at first.
    Interfaces(std::filesystem::path device, std::vector<std::string> drivers);

    /// What sysfs calls the driver: "usbfs" if it is claimed, empty if there is none.
    const std::string& driver(unsigned number) const { return bound_.at(number); }
    bool claimed_by(unsigned number, Owner owner) const;
    bool configured() const noexcept { return configured_; }

    int claim(unsigned number, Owner owner);
    int release(unsigned number, Owner owner);
    void release_all(Owner owner);
    /// Takes the driver off, or lets the kernel bind it again.
    int disconnect(unsigned number);
    int connect(unsigned number);

    // What the kernel does when others ask for it.
    /// A program's claim ends, as by a USB reset or a new configuration; the drivers bind again.
    void rebind(unsigned number);
    void bind_driver(unsigned number, const std::string& driver) { bind(number, driver); }
    /// `authorized` of the device: without a configuration there is no interface.
    void set_configured(bool configured);
    /// `authorized` of an interface: nothing can have it.
    void set_authorized(unsigned number, bool authorized);
    /// The device has gone: nobody has any of them any longer, however late they close it.
    void disconnect_all();

  private:
    void bind(unsigned number, const std::string& driver);

    std::filesystem::path device_;
    std::vector<std::string> drivers_;
    std::vector<std::string> bound_;
    std::map<unsigned, Owner> owners_;
    std::set<unsigned> unauthorized_;
    bool configured_ = true;
};

}  // namespace gpiofs::tests
