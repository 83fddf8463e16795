// SPDX-License-Identifier: MIT
#include "usb/harness/testbed.h"

#include <stdexcept>

namespace gpiofs::tests {

Testbed::Testbed() {
    testbed_.reset(umockdev_testbed_new());
    if (umockdev_in_mock_environment() == FALSE) {
        throw std::logic_error("this program is not linked with libumockdev-preload");
    }
    const std::unique_ptr<char, decltype(&g_free)> root(
        umockdev_testbed_get_root_dir(testbed_.get()), &g_free);
    root_ = root.get();
}

void Testbed::add(const std::string& description) {
    GError* error = nullptr;
    if (umockdev_testbed_add_from_string(testbed_.get(), description.c_str(), &error) == FALSE) {
        const std::string message = error->message;
        g_error_free(error);
        throw std::runtime_error(message);
    }
}

void Testbed::announce(const std::string& device, const char* action) {
    umockdev_testbed_uevent(testbed_.get(), ("/sys" + device).c_str(), action);
}

void Testbed::remove(const std::string& device) {
    umockdev_testbed_remove_device(testbed_.get(), ("/sys" + device).c_str());
}

}  // namespace gpiofs::tests
