// SPDX-License-Identifier: MIT
// Lines of the control socket, and with them the words of every file below sim/.
#include "base/log.h"
#include "base/text.h"
#include "fuzz/input.h"
#include "support/manual_clock.h"
#include "usbip/bench_control.h"

using namespace gpiofs;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static test::ManualClock clock;
    static sim::Bench bench(clock);
    if (bench.size() == 0) {
        log::set_level(log::Level::error);
        bench.add({"FT2232H", {}, {}, {}, sim::UsbSpeed::instant, {}});
    }
    for (const auto line : split(test::as_text(data, size), '\n')) {
        const std::string answer = usbip::answer_line(bench, line);
        test::require(answer.starts_with("ok") || answer.starts_with("error "));
        test::require(answer.find('\n') == std::string::npos);
    }
    return 0;
}
