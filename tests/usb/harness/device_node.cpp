// SPDX-License-Identifier: MIT
#include "usb/harness/device_node.h"

#include "base/error.h"

#include <sys/stat.h>
#include <system_error>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <pty.h>
#include <termios.h>
#include <utility>

namespace gpiofs::tests {

DeviceNode::DeviceNode(std::filesystem::path link) : link_(std::move(link)) {
    int master = -1;
    int slave = -1;
    std::array<char, 64> name{};
    termios raw{};
    cfmakeraw(&raw);
    if (openpty(&master, &slave, name.data(), &raw, nullptr) != 0) {
        throw_errno(errno, "openpty");
    }
    master_.reset(master);
    slave_.reset(slave);
    // A child that kept them open would keep the terminal from hanging up.
    fcntl(master, F_SETFD, FD_CLOEXEC);
    fcntl(slave, F_SETFD, FD_CLOEXEC);
    set_ready(false);
    std::filesystem::create_directories(link_.parent_path());
    std::filesystem::create_symlink(name.data(), link_);
}

DeviceNode::~DeviceNode() { hang_up(); }

void DeviceNode::set_ready(bool ready) noexcept { tcflow(slave_.get(), ready ? TCOON : TCOOFF); }

void DeviceNode::set_mode(unsigned mode) {
    if (fchmod(slave_.get(), mode) != 0) {
        throw_errno(errno, "fchmod");
    }
}

void DeviceNode::hang_up() noexcept {
    std::error_code none;
    std::filesystem::remove(link_, none);
    slave_.reset();
    master_.reset();
}

}  // namespace gpiofs::tests
