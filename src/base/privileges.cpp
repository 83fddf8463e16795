// SPDX-License-Identifier: MIT
#include "base/privileges.h"

#include <sys/capability.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <type_traits>
#include <unistd.h>

namespace gpiofs {

void keep_needed_privileges() noexcept {
    constexpr std::array needed = {CAP_SYS_ADMIN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH};
    using Caps = std::unique_ptr<std::remove_pointer_t<cap_t>, int (*)(void*)>;
    if (::geteuid() != 0) {
        return;
    }
    const Caps kept(cap_get_proc(), cap_free);
    if (!kept) {
        return;
    }
    for (cap_value_t one = 0; one < cap_max_bits(); ++one) {
        if (std::find(needed.begin(), needed.end(), one) == needed.end()) {
            cap_drop_bound(one);
            for (const auto set : {CAP_EFFECTIVE, CAP_PERMITTED, CAP_INHERITABLE}) {
                cap_set_flag(kept.get(), set, 1, &one, CAP_CLEAR);
            }
        }
    }
    // That it fails takes nothing from anybody: then it was not to be had, or is forbidden.
    static_cast<void>(cap_set_proc(kept.get()));
    static_cast<void>(::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL));
}

}  // namespace gpiofs
