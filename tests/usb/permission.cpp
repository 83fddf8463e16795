// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "usb/fixture.h"

#include <doctest/doctest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <system_error>

#include <array>
#include <cerrno>
#include <unistd.h>

namespace gpiofs::tests {
namespace {

/// While it lives, the calling thread may open only what the permission bits allow, as root too.
class PermissionsHold {
  public:
    PermissionsHold() {
        exchange(SYS_capget, before_);
        auto without = before_;
        without[0].effective &= ~(CAP_TO_MASK(CAP_DAC_OVERRIDE) | CAP_TO_MASK(CAP_DAC_READ_SEARCH));
        exchange(SYS_capset, without);
    }
    PermissionsHold(const PermissionsHold&) = delete;
    PermissionsHold& operator=(const PermissionsHold&) = delete;
    ~PermissionsHold() { exchange(SYS_capset, before_); }

  private:
    using Sets = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

    static void exchange(long call, Sets& sets) {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        if (syscall(call, &header, sets.data()) != 0) {
            throw_errno(errno, "capabilities");
        }
    }

    Sets before_{};
};

TEST_CASE("without permission for the node the message says what to do") {
    Fixture fixture({.chip = "FT232H"});
    fixture.fake.usbfs().node().set_mode(0);
    const PermissionsHold hold;
    const Failure failure = failure_of([&] { fixture.open(); });
    CHECK(failure.error == EACCES);
    CHECK(failure.text.starts_with(
        "no permission for 1-1 (0403:6014): install the udev rules or run as root"));
    CHECK(fixture.source.boards().size() == 1);
}

TEST_CASE("a board may be opened once its node is accessible") {
    Fixture fixture;
    fixture.fake.usbfs().node().set_mode(0);
    const PermissionsHold hold;
    REQUIRE(failure_of([&] { fixture.open(); }).error == EACCES);
    fixture.fake.usbfs().node().set_mode(0600);
    CHECK(failure_of([&] { fixture.open(); }).error == 0);
}

}  // namespace
}  // namespace gpiofs::tests
